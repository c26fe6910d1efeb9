package push

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	scanEvery   = 50 * time.Millisecond
	sendTimeout = 5 * time.Second
	firstPause  = 100 * time.Millisecond
	longPause   = 10 * time.Second
	perScan     = 1000
)

// Item is an event that waits to be accepted.
type Item struct {
	Event Event
	// Accepted records that the sink took the event; after an error the event
	// stays due and is sent again with the same id.
	Accepted func() error
}

// Feed is where the events come from. What it offers must be derived from state
// on disk, so that an event not accepted survives a restart.
type Feed interface {
	// Due returns, for each subject that has one, its oldest event not accepted.
	Due() []Item
}

// Pusher sends what is due. Its methods may be called concurrently; events are
// sent by one caller of Push or Run at a time.
type Pusher struct {
	feed   Feed
	client *http.Client
	log    *slog.Logger

	sending sync.Mutex // one scan at a time

	mu       sync.Mutex
	sink     Sink
	gone     bool // the sink answered 410: nothing more until SetSink
	whole    pause
	subjects map[string]*pause
}

// New returns a pusher. A nil transport is the default one.
func New(feed Feed, sink Sink, transport http.RoundTripper, log *slog.Logger) *Pusher {
	client := &http.Client{
		Transport: transport,
		Timeout:   sendTimeout,
		// The CloudEvents webhook rules forbid following a redirect.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Pusher{feed: feed, client: client, log: log, sink: sink, subjects: map[string]*pause{}}
}

// SetSink changes the receiver; what waits goes there at once.
func (p *Pusher) SetSink(sink Sink) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sink, p.gone, p.whole, p.subjects = sink, false, pause{}, map[string]*pause{}
}

// Sink returns the present receiver.
func (p *Pusher) Sink() Sink {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sink
}

// Run pushes until ctx ends and returns nil then.
func (p *Pusher) Run(ctx context.Context) error {
	tick := time.NewTicker(scanEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			p.Push(ctx)
		}
	}
}

// Push sends what is due now, at most 1000 events, and returns how many were
// accepted.
func (p *Pusher) Push(ctx context.Context) int {
	p.sending.Lock()
	defer p.sending.Unlock()
	accepted := 0
	for accepted < perScan {
		progress := p.round(ctx)
		if progress == 0 {
			break
		}
		accepted += progress
	}
	return accepted
}

// round offers each subject's oldest event once.
func (p *Pusher) round(ctx context.Context) int {
	sink, ready := p.ready()
	if !ready {
		return 0
	}
	accepted := 0
	for _, item := range p.feed.Due() {
		if ctx.Err() != nil || !p.open(item.Event.Subject) {
			continue
		}
		answer := p.send(ctx, sink, item.Event)
		if answer.verdict == taken {
			if err := item.Accepted(); err != nil {
				p.log.Error("accepted event not recorded", "event", item.Event.ID, "error", err)
				answer = reply{verdict: refused}
			} else {
				accepted++
			}
		}
		p.note(sink, item.Event, answer)
	}
	return accepted
}

func (p *Pusher) ready() (Sink, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sink, p.sink.URL != "" && !p.gone && p.whole.over(time.Now())
}

func (p *Pusher) open(subject string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	wait := p.subjects[subject]
	return !p.gone && p.whole.over(now) && (wait == nil || wait.over(now))
}
