package delivery

import (
	"context"
	"sync"
	"time"
)

// pace keeps the rate that a sink allows, over all aggregates. The zero value lets all through.
type pace struct {
	mu       sync.Mutex
	interval time.Duration
	next     time.Time
}

func (p *pace) set(interval time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interval = interval
}

// wait waits for the next turn. A pause longer than longest (0 is any) is not begun, but answered.
func (p *pace) wait(ctx context.Context, longest time.Duration) (left time.Duration) {
	p.mu.Lock()
	now := time.Now()
	pause := max(0, p.next.Sub(now))
	if longest > 0 && pause > longest {
		p.mu.Unlock()
		return pause
	}
	p.next = now.Add(pause + p.interval)
	interval := p.interval
	p.mu.Unlock()
	if interval > 0 {
		sleep(ctx, pause)
	}
	return 0
}
