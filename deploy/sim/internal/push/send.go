package push

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// verdict is what an answer of the sink means for the event.
type verdict int

const (
	taken       verdict = iota // 2xx
	refused                    // this event is not wanted as it is: only its subject waits
	unavailable                // the sink as a whole: everything waits
	retired                    // 410: the sink wants nothing any more
)

type reply struct {
	verdict verdict
	wait    time.Duration // from Retry-After
}

const maxAsked = 10 * time.Minute

func (p *Pusher) send(ctx context.Context, sink Sink, e Event) reply {
	req, err := request(ctx, sink, e)
	if err != nil {
		p.log.Error("event cannot be sent", "event", e.ID, "error", err)
		return reply{verdict: refused}
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.log.Debug("event sink unreachable", "event", e.ID)
		return reply{verdict: unavailable}
	}
	defer func() { _ = res.Body.Close() }() // nothing of it is used
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return reply{verdict: judge(res.StatusCode), wait: asked(res.Header)}
}

func judge(status int) verdict {
	switch {
	case status >= 200 && status < 300:
		return taken
	case status == http.StatusGone:
		return retired
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout,
		status == http.StatusUnauthorized, status == http.StatusForbidden,
		status >= 300 && status < 400, status >= 500:
		return unavailable
	default:
		return refused
	}
}

func asked(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxAsked)
}

// note keeps the back-off up to date. An answer of a sink that was replaced
// meanwhile says nothing about the new one.
func (p *Pusher) note(sink Sink, e Event, answer reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sink != sink {
		return
	}
	switch answer.verdict {
	case taken:
		p.whole = pause{}
		delete(p.subjects, e.Subject)
	case retired:
		p.gone = true
		p.log.Warn("event sink is gone, sending nothing until it is set again")
	case unavailable:
		p.whole.lengthen(time.Now(), answer.wait)
	case refused:
		wait := p.subjects[e.Subject]
		if wait == nil {
			wait = &pause{}
			p.subjects[e.Subject] = wait
		}
		wait.lengthen(time.Now(), answer.wait)
	}
}
