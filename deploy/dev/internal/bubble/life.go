package bubble

import (
	"context"
	"errors"
	"sync"
)

// errDead is what the calls of a killed process answer; nobody is left to see it.
var errDead = errors.New("the process was killed")

// life is whether a process runs, is paused or dead. Every call of it to the outside passes here, before and after.
type life struct {
	mu   sync.Mutex
	dead bool
	// open is closed while calls pass; pausing replaces it.
	open   chan struct{}
	paused bool
}

func newLife() *life {
	open := make(chan struct{})
	close(open)
	return &life{open: open}
}

// pass waits while the process is paused. It fails when the process is dead.
func (l *life) pass(ctx context.Context) error {
	l.mu.Lock()
	open := l.open
	l.mu.Unlock()
	select {
	case <-open:
	case <-ctx.Done():
		return ctx.Err()
	}
	if l.ended() {
		return errDead
	}
	return nil
}

func (l *life) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

func (l *life) pause() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.paused && !l.dead {
		l.paused, l.open = true, make(chan struct{})
	}
}

func (l *life) resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused {
		l.paused = false
		close(l.open)
	}
}

func (l *life) kill() {
	l.mu.Lock()
	l.dead = true
	l.mu.Unlock()
	l.resume()
}
