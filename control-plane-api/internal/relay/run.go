package relay

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// sweepEvery is how often documents are looked for that were left behind; awayEvery while etcd is away, when all that
	// change pile up.
	sweepEvery = time.Second
	awayEvery  = 4 * time.Second
	// grace leaves a fresh commit to the replica that made it.
	grace = 500 * time.Millisecond
	// sweepPage is how many documents are read at a time.
	sweepPage = 100
	// longLine is the length of the line from which a sweep is put off, since nearly all that is dirty then is in line; putOff is
	// how often in a row at most, so that what a dead replica left behind does not wait for long.
	longLine, putOff = 64, 10
	// retireEvery is how often settled aggregates are looked for.
	retireEvery = 15 * time.Second
)

// Run carries commits on until ctx ends, and sweeps. What is left then is found by the sweep of another replica or of the
// next start.
func (r *Relay) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { r.work(ctx) })
	}
	all.Go(func() { r.sweeps(ctx) })
	all.Go(func() { r.retires(ctx) })
	all.Wait()
	return nil
}

func (r *Relay) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-r.pending.line:
			r.pending.begin(j)
			r.report(ctx, r.carryID(ctx, j))
			r.pending.end(j)
		}
	}
}

func (r *Relay) sweeps(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var off int
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-r.etcd.reopened:
			off = putOff
		}
		if off = r.pending.putOff(off); off == 0 {
			r.report(ctx, r.Sweep(ctx))
		}
		wait := sweepEvery
		if r.etcd.isClosed() {
			wait = awayEvery
		}
		timer.Reset(wait)
	}
}

// Sweep carries on what was left behind, once, and tells what could not be. What is in line here is not left behind.
func (r *Relay) Sweep(ctx context.Context) error {
	var errs []error
	for _, kind := range r.kinds {
		errs = append(errs, r.sweepKind(ctx, kind))
	}
	return errors.Join(errs...)
}

func (r *Relay) sweepKind(ctx context.Context, kind repo.Stored) error {
	dirty := true
	var group errgroup.Group
	group.SetLimit(workers)
	var mu sync.Mutex
	var first error
	failed := 0
	// Most of what is dirty is mostly in line, so the walk does not read the changes.
	query := store.Query{Dirty: &dirty, Bare: true}
	err := store.Walk(ctx, r.config.Engine, kind.Collection.Name, query, sweepPage, func(d store.Document) error {
		j := job{kind.Collection.Name, d.ID}
		if r.config.Now().Sub(d.UpdatedAt) < grace || r.pending.has(j) {
			return nil
		}
		group.Go(func() error {
			if err := r.carryID(ctx, j); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed++
				if first == nil {
					first = err
				}
			}
			return nil
		})
		return nil
	})
	// Nothing in the group returns an error: one document must not hold up the others.
	_ = group.Wait()
	if err == nil && failed > 0 {
		err = &leftBehind{kind: string(kind.Name), documents: failed, first: first}
	}
	return err
}

func (r *Relay) retires(ctx context.Context) {
	ticker := time.NewTicker(retireEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, l := range r.settled.due(r.config.Now()) {
			err := r.throughGate(ctx, func(ctx context.Context) error { return r.config.Projection.Retire(ctx, l.kind, l.id) })
			if failure.Is(err, failure.Unavailable) {
				// The comparison would find it, but only much later.
				r.settled.add(l.kind, l.id, r.config.Now())
			}
			r.report(ctx, err)
		}
	}
}

// report logs what failed. That etcd is away is told by readiness and by its own metric, not by each put.
func (r *Relay) report(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil || errors.Is(err, errEtcdAway) {
		return
	}
	r.config.Log.Warn("not carried on yet", "error", err)
}
