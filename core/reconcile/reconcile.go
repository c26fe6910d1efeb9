// Package reconcile holds what every controller shares: a keyed queue with workers that bring one thing after another
// closer to what is wanted, a typed cache of read models, and the rule that a key waits until the cache shows what this
// process itself has written.
package reconcile

import (
	"context"
	"errors"
	"time"
)

// Result tells when to look at a key again.
type Result struct {
	// After is how long until the next look; 0 means that there is nothing to do until something changes.
	After time.Duration
	// Skipped means that the run decided nothing, for example because it waits for its own write: the count of failures
	// stays as it is.
	Skipped bool
}

// Reconciler brings one thing closer to what is wanted.
type Reconciler[K comparable] interface {
	// Reconcile works on one key. It must return soon after ctx ends. An error means: back off and try again. Result.After:
	// look again then. Terminal(err): stop until something changes, and show it. Zero: nothing to do until something changes.
	Reconcile(ctx context.Context, key K) (Result, error)
}

// Func is a Reconciler made of a function.
type Func[K comparable] func(ctx context.Context, key K) (Result, error)

// Reconcile implements Reconciler.
func (f Func[K]) Reconcile(ctx context.Context, key K) (Result, error) { return f(ctx, key) }

type terminalError struct{ cause error }

func (e *terminalError) Error() string { return e.cause.Error() }
func (e *terminalError) Unwrap() error { return e.cause }

// Terminal marks an error that trying again does not cure: the key rests until Enqueue or EnqueueAfter. nil stays nil.
func Terminal(err error) error {
	if err == nil {
		return nil
	}
	return &terminalError{cause: err}
}

// IsTerminal reports whether an error was marked by Terminal.
func IsTerminal(err error) bool {
	_, terminal := errors.AsType[*terminalError](err)
	return terminal
}
