package repo

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// writeTries bounds how often a write is tried against other writers.
	writeTries = 20
	// longestPause is the longest wait between two tries.
	longestPause = 80 * time.Millisecond
	// afterwards bounds the look for a write whose caller has gone.
	afterwards = 3 * time.Second
)

// errAgain makes the loop load and apply anew.
var errAgain = errors.New("another write came first")

// Update loads an aggregate, applies a change and stores both in one write. apply may run more than once, each time on a
// freshly loaded aggregate: it makes no remote call. When apply tells of no change, nothing is written and Meta.Changed is
// false; when the call's idempotency key was seen, apply does not run and Meta.Repeated is true.
//
// The checks come in this order: term (failure.StaleTerm), idempotency key with another body (failure.Reused), generation
// (failure.Precondition), then what apply says. failure.NotFound when there is no such aggregate. failure.Unavailable when
// the store does not answer; then the change may or may not be stored, and a repeat with the same key finds out.
//
// An idempotency key stands for one update of one aggregate: a command that updates an aggregate again, for example to take
// something back, does so in a call without the key, else the second update is taken for a repeat of the first.
func (r *Repo[T]) Update(ctx context.Context, id string, apply func(*T) error) (*T, Meta, error) {
	c := call.From(ctx)
	if err := r.checkIssued(ctx, c); err != nil {
		return nil, Meta{}, err
	}
	w := write{id: r.deps.NewID(), call: c, key: idempotencyOf(c)}
	value, meta, err := r.tryUpdate(ctx, id, w, apply)
	if !errors.Is(err, errAgain) {
		return value, meta, err
	}
	done, err := r.turns.take(ctx, id)
	if err != nil {
		return nil, Meta{}, unavailable(err)
	}
	defer done()
	for try := range writeTries {
		value, meta, err = r.tryUpdate(ctx, id, w, apply)
		if !errors.Is(err, errAgain) {
			return value, meta, err
		}
		if err := pause(ctx, try); err != nil {
			return nil, Meta{}, unavailable(err)
		}
	}
	busy := failure.New(failure.Unavailable, CodeContention, "too many write %s %s at once; try again", r.kind.Label, id)
	busy.RetryAfter = time.Second
	return nil, Meta{}, busy
}

func (r *Repo[T]) tryUpdate(ctx context.Context, id string, w write, apply func(*T) error) (*T, Meta, error) {
	d, err := r.load(ctx, id)
	if err != nil {
		return nil, Meta{}, err
	}
	switch done, err := landed(d, w); {
	case err != nil:
		return nil, Meta{}, err
	case done:
		return r.committed(ctx, d, Meta{Changed: true})
	}
	if err := checkSeen(w.call, d); err != nil {
		return nil, Meta{}, err
	}
	switch repeated, err := r.repeated(ctx, w.key, d); {
	case err != nil:
		return nil, Meta{}, err
	case repeated:
		return r.committed(ctx, d, Meta{Repeated: true})
	}
	if err := checkGeneration(w.call, d); err != nil {
		return nil, Meta{}, err
	}
	return r.apply(ctx, d, w, apply)
}

func (r *Repo[T]) apply(ctx context.Context, d store.Document, w write, apply func(*T) error) (*T, Meta, error) {
	value, _, err := r.kind.decode(d)
	if err != nil {
		return nil, Meta{}, err
	}
	if err := apply(value); err != nil {
		return nil, Meta{}, err
	}
	if _, changed, _ := r.kind.Root(value).Changes(); !changed {
		return r.committed(ctx, d, Meta{})
	}
	next, err := r.build(d, value, w, r.now())
	if err != nil {
		return nil, Meta{}, err
	}
	err = r.deps.Engine.Replace(ctx, r.kind.Collection, next, d.Version)
	switch {
	case err == nil:
		return r.committed(ctx, next, Meta{Changed: true})
	case errors.Is(err, store.ErrStale):
		return nil, Meta{}, errAgain
	case unknown(err):
		return r.lookUp(ctx, d, w, err)
	}
	return nil, Meta{}, r.translate(err, d.ID)
}

// lookUp finds out whether a write whose answer was lost has been done, also when the caller has gone meanwhile.
func (r *Repo[T]) lookUp(ctx context.Context, before store.Document, w write, cause error) (*T, Meta, error) {
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	d, err := r.load(late, before.ID)
	if err != nil {
		return nil, Meta{}, unavailable(errors.Join(cause, err))
	}
	done, err := landed(d, w)
	if err != nil {
		return nil, Meta{}, err
	}
	if !done && len(d.Changes) > 0 && firstVersion(d) > before.Version+1 {
		// So much has happened since that the change is only in the journal.
		entry, found, err := r.journal.Get(late, r.kind.Name, before.ID, before.Version+1)
		if err != nil {
			return nil, Meta{}, unavailable(errors.Join(cause, err))
		}
		done = found && entry.WriteID == w.id
	}
	switch {
	case done:
		return r.committed(late, d, Meta{Changed: true})
	case ended(ctx):
		return nil, Meta{}, unavailable(cause)
	}
	return nil, Meta{}, errAgain
}

// committed tells what stands in the store, and has the relay look at it where something was written.
func (r *Repo[T]) committed(ctx context.Context, d store.Document, how Meta) (*T, Meta, error) {
	if d.Dirty {
		r.deps.Relay.Committed(ctx, r.kind.Collection, d.ID)
	}
	noteWritten(ctx, api.Written{Kind: string(r.kind.Name), ID: d.ID, Version: d.Version, Generation: d.Generation})
	value, meta, err := r.kind.decode(d)
	meta.Changed, meta.Repeated = how.Changed, how.Repeated
	return value, meta, err
}

func (r *Repo[T]) load(ctx context.Context, id string) (store.Document, error) {
	d, err := r.deps.Engine.Get(ctx, r.kind.Collection, id)
	if err != nil {
		return d, r.translate(err, id)
	}
	return d, nil
}

// pause waits a random moment that grows with the tries, so that writers get out of step.
func pause(ctx context.Context, try int) error {
	limit := min(time.Millisecond<<min(try, 10), longestPause)
	timer := time.NewTimer(rand.N(limit) + time.Microsecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
