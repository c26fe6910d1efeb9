package reconcile

import (
	"context"
	"sync"
	"time"
)

// View is what a reconciler may work with.
type View[M any] struct {
	Model M
	Meta  Meta
	// Found is false when there is no such aggregate.
	Found bool
}

// GateOptions says what a Gate works with.
type GateOptions[M any] struct {
	// Writes is what the client notes to; the Models must have been given the same.
	Writes *Writes
	// Fetch reads a model through the internal API; found is false when the API says that there is none.
	Fetch func(ctx context.Context, id string) (model M, meta Meta, found bool, err error)
	// Wake runs a waiting key at once, without touching its failures: Controller.EnqueueAfter(key, 0).
	Wake func(waiter string)
	// Patience is how long a cache may lag behind a write before the API is asked; 0 means 5 s.
	Patience time.Duration
}

// Gate keeps a reconciler from working on a model that is older than what this process itself wrote.
type Gate[M any] struct {
	models  *Models[M]
	options GateOptions[M]

	mu sync.Mutex
	// waiters are the keys that wait for an id.
	waiters map[string]map[string]bool
	// fetched are answers of the API that are newer than the cache.
	fetched map[string]View[M]
}

// NewGate makes a gate before a cache. Make it before the cache runs.
func NewGate[M any](models *Models[M], options GateOptions[M]) *Gate[M] {
	if options.Patience <= 0 {
		options.Patience = 5 * time.Second
	}
	g := &Gate[M]{
		models: models, options: options,
		waiters: map[string]map[string]bool{}, fetched: map[string]View[M]{},
	}
	models.OnChange(g.changed)
	return g
}

// Open gives the model of an id if it is at least as new as every write that was noted for it. ready is false when the
// cache lags behind: the reconciler then returns wait, and waiter is woken by the watch event of that version. When the
// cache lags for longer than Patience the model is fetched, and that answer ends the wait; an error is that of Fetch.
func (g *Gate[M]) Open(ctx context.Context, id, waiter string) (view View[M], ready bool, wait Result, err error) {
	if view, ready := g.current(id); ready {
		return view, true, Result{}, nil
	}
	// Wait first, look again afterwards: the event may come in between.
	g.join(id, waiter)
	if view, ready := g.current(id); ready {
		g.leave(id, waiter)
		return view, true, Result{}, nil
	}
	noted, since, waiting := g.options.Writes.pending(g.models.kind, id)
	if left := g.options.Patience - time.Since(since); waiting && left > 0 {
		return View[M]{}, false, Result{After: left, Skipped: true}, nil
	}
	if view, err = g.fetch(ctx, id, noted); err != nil {
		// It stays among the waiters: the event may come before the back-off is over.
		return View[M]{}, false, Result{}, err
	}
	g.leave(id, waiter)
	g.wake(id)
	return view, true, Result{}, nil
}

// current gives the newest model known, if it is fresh.
func (g *Gate[M]) current(id string) (View[M], bool) {
	model, meta, found := g.models.Get(id)
	view := View[M]{Model: model, Meta: meta, Found: found}
	g.mu.Lock()
	if better, had := g.fetched[id]; had {
		if better.Meta.supersededBy(meta) {
			delete(g.fetched, id)
		} else {
			view = better
		}
	}
	g.mu.Unlock()
	return view, g.options.Writes.Fresh(g.models.kind, id, view.Meta.Version)
}

func (g *Gate[M]) join(id, waiter string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiters[id] == nil {
		g.waiters[id] = map[string]bool{}
	}
	g.waiters[id][waiter] = true
}

func (g *Gate[M]) leave(id, waiter string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.waiters[id], waiter)
	if len(g.waiters[id]) == 0 {
		delete(g.waiters, id)
	}
}

// fetch asks the API. What it answers counts, also when it is older than what was noted: the store may have been restored.
func (g *Gate[M]) fetch(ctx context.Context, id string, noted int64) (View[M], error) {
	model, meta, found, err := g.options.Fetch(ctx, id)
	if err != nil {
		return View[M]{}, err
	}
	view := View[M]{Model: model, Meta: meta, Found: found}
	g.mu.Lock()
	if found {
		g.fetched[id] = view
	}
	g.mu.Unlock()
	g.options.Writes.Forget(g.models.kind, id, noted)
	return view, nil
}

// changed is the cache's listener: it wakes who waits when the version is there.
func (g *Gate[M]) changed(id string, _, now Meta, gone bool) {
	g.mu.Lock()
	if better, had := g.fetched[id]; had && (gone || better.Meta.supersededBy(now)) {
		delete(g.fetched, id)
	}
	g.mu.Unlock()
	if g.options.Writes.Fresh(g.models.kind, id, now.Version) {
		g.wake(id)
	}
}

// supersededBy reports whether a cache's meta is as new as a fetched one. A fetched one may not know its epoch.
func (m Meta) supersededBy(cached Meta) bool {
	if m.Epoch != "" && cached.Epoch != "" && m.Epoch != cached.Epoch {
		return true
	}
	return cached.Version >= m.Version
}

func (g *Gate[M]) wake(id string) {
	g.mu.Lock()
	waiters := g.waiters[id]
	delete(g.waiters, id)
	g.mu.Unlock()
	for waiter := range waiters {
		g.options.Wake(waiter)
	}
}
