package reconcile

import (
	"sync"
	"time"
)

// queue decides what may run when. A key is in one of these states: resting (perhaps with a failure to show), delayed,
// ready, working, or working with another run wanted. All that a key is known by lies in its entry; a key that rests
// without a failure has none. So its memory is bounded by the number of keys, however often they are enqueued.
type queue[K comparable] struct {
	mu      sync.Mutex
	entries map[K]*entry[K]
	ready   lanes[K]
	working int
	// wake has room for one: ready may have become non-empty.
	wake chan struct{}
}

type entry[K comparable] struct {
	key K
	// lane is the line in which the key waits for a worker, nil when it does not; before and after are its neighbours there.
	lane          *lane[K]
	before, after *entry[K]
	// since is when it joined the line, or began to be worked.
	since   time.Time
	working bool
	// urgent tells that a person waits for the key.
	urgent bool
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
	return &queue[K]{entries: map[K]*entry[K]{}, wake: make(chan struct{}, 1)}
}

func (q *queue[K]) entry(key K) *entry[K] {
	e := q.entries[key]
	if e == nil {
		e = &entry[K]{key: key}
		q.entries[key] = e
	}
	return e
}

// makeReady puts a key in line. The lock is held.
func (q *queue[K]) makeReady(e *entry[K]) {
	if e.working {
		return
	}
	if e.lane == nil {
		e.since = time.Now()
	}
	q.ready.push(e)
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
	if q.ready.length() > 0 {
		q.signal()
	}
}

// change is a level change: the key runs at once and its failures no longer count. An urgent one runs before others.
func (q *queue[K]) change(key K, urgent bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.entry(key)
	e.failures, e.terminal, e.err = 0, false, nil
	e.urgent = e.urgent || urgent
	if e.working {
		e.again, e.forced = true, true
		return
	}
	q.makeReady(e)
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
		q.makeReady(e)
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
	q.schedule(e)
}

// schedule sets the timer of an entry to its earliest time, or makes it ready when that has come. The lock is held.
func (q *queue[K]) schedule(e *entry[K]) {
	e.stopTimer()
	due := e.due()
	if due.IsZero() || e.lane != nil || e.working {
		return
	}
	wait := time.Until(due)
	if wait <= 0 {
		q.makeReady(e)
		return
	}
	e.timer = time.AfterFunc(wait, func() { q.fire(e) })
}

func (q *queue[K]) fire(e *entry[K]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.entries[e.key] == e {
		q.schedule(e)
	}
}

func (e *entry[K]) stopTimer() {
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
}

func (e *entry[K]) due() time.Time {
	if e.retry.IsZero() || (!e.wake.IsZero() && e.wake.Before(e.retry)) {
		return e.wake
	}
	return e.retry
}

// taken is a key that a worker has been given.
type taken[K comparable] struct {
	key K
	// waited is how long it stood in line.
	waited time.Duration
	// retry tells that its last run failed.
	retry bool
}

// take gives the next ready key to a worker.
func (q *queue[K]) take() (taken[K], bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.ready.pop()
	if e == nil {
		return taken[K]{}, false
	}
	now := time.Now()
	out := taken[K]{key: e.key, waited: now.Sub(e.since), retry: e.failures > 0}
	e.working, e.since = true, now
	e.urgent, e.again, e.forced = false, false, false
	e.retry = time.Time{}
	if !e.wake.After(now) {
		e.wake = time.Time{}
	}
	e.stopTimer()
	q.working++
	return out, true
}
