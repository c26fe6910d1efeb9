package reconcile

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Controller works the keys of one Reconciler. A key is never worked twice at once; a change during work makes it run
// again. Everything that has news of a key only enqueues it. All methods may be called at any time from any goroutine;
// what is enqueued while Run does not run waits for it.
type Controller[K comparable] struct {
	reconciler Reconciler[K]
	options    Options[K]
	queue      *queue[K]
	running    atomic.Bool
	counts     counts
}

// New makes a controller; Run works.
func New[K comparable](reconciler Reconciler[K], options Options[K]) *Controller[K] {
	options.complete()
	return &Controller[K]{reconciler: reconciler, options: options, queue: newQueue[K]()}
}

// Enqueue tells that a key has changed: it runs at once, and earlier failures no longer count.
func (c *Controller[K]) Enqueue(key K) { c.queue.change(key, false) }

// EnqueueFirst is Enqueue for a key that a person waits for: it runs before those that were enqueued otherwise. While both
// wait, one of four that run is still not urgent.
func (c *Controller[K]) EnqueueFirst(key K) { c.queue.change(key, true) }

// EnqueueAfter asks for a run after d, exactly, or at once when d is not positive. It does not wait for a back-off and
// leaves the count of failures. Of several calls the earliest wins: a reconciler that needs a later look as well asks for
// it when it runs. An earlier run for another reason does not cancel it.
func (c *Controller[K]) EnqueueAfter(key K, d time.Duration) { c.queue.later(key, time.Now().Add(d)) }

// Nudge asks for a run without news of the key: one that backs off goes on doing so, one that failed for good rests.
func (c *Controller[K]) Nudge(key K) { c.queue.nudge(key) }

// Failure tells about the failures in a row of a key: how many, the last error, and when it is tried again (zero when only
// a change wakes it). attempts is 0 when the last run went well.
func (c *Controller[K]) Failure(key K) (attempts int, next time.Time, lastErr error) {
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	if e := c.queue.entries[key]; e != nil {
		return e.failures, e.due(), e.err
	}
	return 0, time.Time{}, nil
}

// Run enqueues all keys and works until ctx ends. Then the runs in flight are cancelled; Run returns nil when they have
// returned, and everything that was due is forgotten, so that the next Run starts afresh. Two at once is an error.
func (c *Controller[K]) Run(ctx context.Context) error {
	if !c.running.CompareAndSwap(false, true) {
		return fmt.Errorf("controller %s runs already", c.options.Name)
	}
	defer c.running.Store(false)
	defer c.queue.clear()
	c.begin()
	var background sync.WaitGroup
	defer background.Wait()
	if c.options.Resync > 0 && c.options.Keys != nil {
		background.Go(func() { c.resync(ctx) })
	}
	for range c.options.Workers {
		background.Go(func() { c.work(ctx) })
	}
	<-ctx.Done()
	return nil
}

// begin looks at all keys; failures that an earlier leader counted go on counting.
func (c *Controller[K]) begin() {
	if c.options.Keys == nil {
		return
	}
	for _, key := range c.options.Keys() {
		if failures := c.options.Failures(key); failures > 0 {
			c.queue.resume(key, failures)
		} else {
			c.Nudge(key)
		}
	}
}

func (c *Controller[K]) resync(ctx context.Context) {
	for {
		timer := time.NewTimer(jittered(c.options.Resync))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		keys := c.options.Keys()
		c.queue.forgetFailures(keys)
		for _, key := range keys {
			c.Nudge(key)
		}
	}
}

// work is one worker.
func (c *Controller[K]) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.queue.wake:
		}
		for ctx.Err() == nil {
			next, ok := c.queue.take()
			if !ok {
				break
			}
			c.queue.rouse()
			c.once(ctx, next)
		}
	}
}

// once runs one key and settles what follows.
func (c *Controller[K]) once(ctx context.Context, next taken[K]) {
	key, begun := next.key, time.Now()
	result, err := c.protected(ctx, key)
	took := time.Since(begun)
	if ctx.Err() != nil && err != nil {
		// Cut short by the end of Run: it says nothing about the key.
		result, err = Result{Skipped: true}, nil
	}
	after := c.queue.settle(key, result, err, c.options.backoff)
	c.count(next, result, err, took)
	if err != nil {
		c.options.Log.WarnContext(ctx, "reconcile failed",
			"key", fmt.Sprint(key), "error", err, "attempts", after.attempts, "next", after.next, "terminal", IsTerminal(err))
	}
	c.options.OnOutcome(Outcome[K]{
		Key: key, Result: result, Err: err, Attempts: after.attempts, Next: after.next, Duration: took,
	})
}

// PanicError is the error of a run that panicked.
type PanicError struct {
	Value any
	Stack []byte
}

// Error implements error.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

func (c *Controller[K]) protected(ctx context.Context, key K) (result Result, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.options.ReconcileTimeout, errReconcileTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			result, err = Result{}, &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return c.reconciler.Reconcile(ctx, key)
}

var errReconcileTimeout = errors.New("the reconcile took too long")
