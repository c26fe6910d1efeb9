package reconcile

import (
	"sync"
	"time"
)

// queue decides what may run when. A key is in one of these states: resting (perhaps with a failure to show), delayed,
// ready, working, or working with another run wanted. All that a key is known by lies in its entry; a key that rests
// without a failure has none.
type queue[K comparable] struct {
	mu      sync.Mutex
	entries map[K]*entry
	ready   []K
	working int
	// wake has room for one: ready may have become non-empty.
	wake chan struct{}
}

type entry struct {
	ready, working bool
	// again tells that a change came during work; forced that it was a level change, which a failure does not hold back.
	again, forced bool
	// retry is when the last run wants to be followed, for back-off or on its wish. wake is set from outside. Zero: not.
	retry, wake time.Time
	timer       *time.Timer
	failures    int
	terminal    bool
	err         error
}

func newQueue[K comparable]() *queue[K] {
	return &queue[K]{entries: map[K]*entry{}, wake: make(chan struct{}, 1)}
}

func (q *queue[K]) entry(key K) *entry {
	e := q.entries[key]
	if e == nil {
		e = &entry{}
		q.entries[key] = e
	}
	return e
}

// makeReady puts a key in line. The lock is held.
func (q *queue[K]) makeReady(key K, e *entry) {
	if e.ready || e.working {
		return
	}
	e.ready = true
	q.ready = append(q.ready, key)
	q.signal()
}

func (q *queue[K]) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// rouse lets another worker look when there is more to do.
func (q *queue[K]) rouse() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.ready) > 0 {
		q.signal()
	}
}

// change is a level change: the key runs at once and its failures no longer count.
func (q *queue[K]) change(key K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.entry(key)
	e.failures, e.terminal, e.err = 0, false, nil
	if e.working {
		e.again, e.forced = true, true
		return
	}
	q.makeReady(key, e)
}

// nudge asks for a run that brings no news: one that backs off or has failed for good is left alone.
func (q *queue[K]) nudge(key K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.entry(key)
	switch {
	case e.working:
		e.again = true
	case e.failures > 0 || e.terminal:
	default:
		q.makeReady(key, e)
	}
}

// later asks for a run at a time, which a failure does not hold back. The earliest of several wins.
func (q *queue[K]) later(key K, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.entry(key)
	if e.wake.IsZero() || at.Before(e.wake) {
		e.wake = at
	}
	q.schedule(key, e)
}

// schedule sets the timer of an entry to its earliest time, or makes it ready when that has come. The lock is held.
func (q *queue[K]) schedule(key K, e *entry) {
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
	due := e.due()
	if due.IsZero() || e.ready || e.working {
		return
	}
	wait := time.Until(due)
	if wait <= 0 {
		q.makeReady(key, e)
		return
	}
	e.timer = time.AfterFunc(wait, func() { q.fire(key, e) })
}

func (q *queue[K]) fire(key K, e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.entries[key] == e {
		q.schedule(key, e)
	}
}

func (e *entry) due() time.Time {
	if e.retry.IsZero() || (!e.wake.IsZero() && e.wake.Before(e.retry)) {
		return e.wake
	}
	return e.retry
}

// take gives the next ready key to a worker.
func (q *queue[K]) take() (key K, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.ready) == 0 {
		return key, false
	}
	key = q.ready[0]
	var none K
	q.ready[0] = none
	q.ready = q.ready[1:]
	e := q.entries[key]
	e.ready, e.working = false, true
	e.again, e.forced = false, false
	e.retry = time.Time{}
	if !e.wake.After(time.Now()) {
		e.wake = time.Time{}
	}
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
	q.working++
	return key, true
}
