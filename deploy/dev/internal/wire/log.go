// Package wire is control-plane-api as controllers see it in tests of faults: relays in front of the real one, which note every
// call that changes something and disturb those that they are told to, by the rules of the simulators.
package wire

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Call is one call that changes something, as it passed.
type Call struct {
	// Caller names the relay that it came by, Term is what it gave as its leader's term, "" for none.
	Caller, Method, Path, Term string
	// Begun is when it went on to the API, Done when the API had answered.
	Begun, Done time.Time
	// Status is what was answered, 0 where nothing was; Code is that of the problem, if it was one.
	Status int
	Code   string
}

// Accepted reports whether the API did what was asked.
func (c Call) Accepted() bool {
	return c.Status >= http.StatusOK && c.Status < http.StatusMultipleChoices
}

// CodeStale is that of a refusal because of a newer term.
const CodeStale = "stale_term"

// Stale reports whether the API refused the call since a newer leader had been named.
func (c Call) Stale() bool { return c.Status == http.StatusConflict && c.Code == CodeStale }

// Log keeps the calls in the order of their answers. It is safe for concurrent use; the zero value is ready.
type Log struct {
	mu      sync.Mutex
	calls   []Call
	changed chan struct{}
}

func (l *Log) note(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// Calls lists all so far.
func (l *Log) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

// Len counts them.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls)
}

// Await waits until a condition holds of all calls so far, as long as ctx lives. The condition must not keep the list.
func (l *Log) Await(ctx context.Context, holds func(all []Call) bool) error {
	for {
		ok, changed := l.look(holds)
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("not in time: %w", ctx.Err())
		}
	}
}

func (l *Log) look(holds func([]Call) bool) (ok bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return holds(l.calls), l.changed
}
