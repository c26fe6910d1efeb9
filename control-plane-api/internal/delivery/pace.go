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

func (p *pace) wait(ctx context.Context) {
	p.mu.Lock()
	now := time.Now()
	pause := p.next.Sub(now)
	if pause < 0 {
		pause = 0
	}
	p.next = now.Add(pause + p.interval)
	interval := p.interval
	p.mu.Unlock()
	if interval > 0 {
		sleep(ctx, pause)
	}
}
