package reconcile

import "time"

// settled tells what a run left behind.
type settled struct {
	attempts int
	next     time.Time
}

// settle ends the work on a key and decides when it runs next.
func (q *queue[K]) settle(key K, result Result, err error, backoff func(failures int) time.Duration) settled {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.working--
	e := q.entries[key]
	e.working = false
	e.record(result, err, backoff)
	// A change during work calls for another run. One that brings no news waits out a failure like any other.
	if e.again && (e.forced || (e.failures == 0 && !e.terminal)) {
		if e.forced {
			e.failures, e.terminal, e.err = 0, false, nil
		}
		q.makeReady(e)
	} else {
		q.schedule(e)
	}
	out := settled{attempts: e.failures, next: e.due()}
	if e.resting() {
		delete(q.entries, key)
	}
	return out
}

func (e *entry[K]) record(result Result, err error, backoff func(int) time.Duration) {
	e.retry = time.Time{}
	switch {
	case err != nil && IsTerminal(err):
		e.failures++
		e.terminal, e.err = true, err
	case err != nil:
		e.failures++
		e.terminal, e.err = false, err
		e.retry = time.Now().Add(backoff(e.failures))
	case result.After > 0:
		e.retry = time.Now().Add(result.After)
	case result.Skipped && e.failures > 0 && !e.terminal:
		// The failure has still to be tried again.
		e.retry = time.Now().Add(backoff(e.failures))
	}
	if err == nil && !result.Skipped {
		e.failures, e.terminal, e.err = 0, false, nil
	}
}

func (e *entry[K]) resting() bool {
	return e.lane == nil && !e.working && e.due().IsZero() && e.failures == 0 && !e.terminal
}

// resume makes a key ready whose failures were counted before, by an earlier leader: it is tried at once, and when it fails
// again its back-off goes on where it was. What the queue knows itself counts more.
func (q *queue[K]) resume(key K, failures int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.entry(key)
	if e.failures == 0 && !e.terminal {
		e.failures = failures
	}
	q.makeReady(e)
}

// clear forgets everything but what is being worked. Nothing is due afterwards.
func (q *queue[K]) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range q.entries {
		e.stopTimer()
	}
	q.entries, q.ready = map[K]*entry[K]{}, lanes[K]{}
}

// forgetFailures drops what failed for good and is no longer among the keys.
func (q *queue[K]) forgetFailures(keys []K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	known := make(map[K]bool, len(keys))
	for _, key := range keys {
		known[key] = true
	}
	for key, e := range q.entries {
		if e.terminal && !known[key] && !e.working && e.lane == nil && e.due().IsZero() {
			delete(q.entries, key)
		}
	}
}
