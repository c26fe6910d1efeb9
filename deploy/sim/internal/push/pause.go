package push

import "time"

// pause is an exponential back-off in real time.
type pause struct {
	failures int
	until    time.Time
}

func (p *pause) over(now time.Time) bool { return !now.Before(p.until) }

// lengthen notes one more failure; a wait asked for by the sink counts when it
// is longer than the back-off.
func (p *pause) lengthen(now time.Time, asked time.Duration) {
	wait := longPause
	if p.failures < 7 { // 100 ms doubled seven times passes longPause
		wait = firstPause << p.failures
	}
	p.failures++
	p.until = now.Add(max(wait, asked))
}
