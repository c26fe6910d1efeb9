package repo

import (
	"context"
	"errors"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// CreateOnce creates an aggregate under a new id. With an idempotency key in the call, a repeat creates nothing: it answers
// the aggregate as it is now, with Meta.Repeated; the same key with another body is failure.Reused. build gets the id and
// may run again with the same one; it makes no remote call. failure.Conflict with "{label}_exists" when the unique value
// is taken.
func (r *Repo[T]) CreateOnce(ctx context.Context, build func(id string) (*T, error)) (*T, Meta, error) {
	c := call.From(ctx)
	if err := r.checkIssued(ctx, c); err != nil {
		return nil, Meta{}, err
	}
	w := write{id: r.deps.NewID(), call: c, key: idempotencyOf(c)}
	id := r.deps.NewID()
	if w.key != nil {
		claimed, fresh, err := r.claimID(ctx, *w.key)
		if err != nil {
			return nil, Meta{}, err
		}
		id = claimed
		if !fresh {
			if value, meta, err := r.created(ctx, id); !errors.Is(err, errAgain) {
				return value, meta, err
			}
		}
	}
	value, err := build(id)
	if err != nil {
		return nil, Meta{}, err
	}
	r.kind.Root(value).ID = id
	return r.insert(ctx, value, w)
}

// created answers what an earlier try of the same request made; errAgain when it did not come so far.
func (r *Repo[T]) created(ctx context.Context, id string) (*T, Meta, error) {
	d, err := r.load(ctx, id)
	if err == nil {
		return r.committed(ctx, d, Meta{Repeated: true})
	}
	if !failure.Is(err, failure.NotFound) {
		return nil, Meta{}, err
	}
	_, found, lost := r.journal.Get(ctx, r.kind.Name, id, 1)
	switch {
	case lost != nil:
		return nil, Meta{}, unavailable(lost)
	case !found:
		return nil, Meta{}, errAgain
	}
	// It was made, perhaps only since the look before. What is gone now was removed, and is not made again.
	if d, err = r.load(ctx, id); err != nil {
		return nil, Meta{}, err
	}
	return r.committed(ctx, d, Meta{Repeated: true})
}

// Create stores a new aggregate under the id that its root has, or a new one if that is empty. With an id that is derived
// from what asks for it a repeat makes no second one: failure.Conflict with "{label}_exists", or Meta.Repeated when the call
// brings the idempotency key under which the aggregate was created.
func (r *Repo[T]) Create(ctx context.Context, value *T) (Meta, error) {
	if r.kind.Root(value).ID == "" {
		_, meta, err := r.CreateOnce(ctx, func(string) (*T, error) { return value, nil })
		return meta, err
	}
	c := call.From(ctx)
	if err := r.checkIssued(ctx, c); err != nil {
		return Meta{}, err
	}
	_, meta, err := r.insert(ctx, value, write{id: r.deps.NewID(), call: c, key: idempotencyOf(c)})
	return meta, err
}

func (r *Repo[T]) insert(ctx context.Context, value *T, w write) (*T, Meta, error) {
	at := r.now()
	id := r.kind.Root(value).ID
	d, err := r.build(store.Document{ID: id, CreatedAt: at}, value, w, at)
	if err != nil {
		return nil, Meta{}, err
	}
	for try := range writeTries {
		err = r.deps.Engine.Insert(ctx, r.kind.Collection, d)
		switch {
		case err == nil:
			return r.committed(ctx, d, Meta{Changed: true})
		case errors.Is(err, store.ErrExists):
			return r.existing(ctx, id, w, err)
		case !unknown(err):
			return nil, Meta{}, r.translate(err, id)
		case ended(ctx):
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
			defer cancel()
			return r.existing(late, id, w, err)
		}
		if err := pause(ctx, try); err != nil {
			return nil, Meta{}, unavailable(err)
		}
	}
	return nil, Meta{}, unavailable(err)
}

// existing judges the aggregate that has the id already: this very write, an earlier try of the same request, or another.
func (r *Repo[T]) existing(ctx context.Context, id string, w write, cause error) (*T, Meta, error) {
	d, err := r.load(ctx, id)
	if err != nil {
		return nil, Meta{}, unavailable(errors.Join(cause, err))
	}
	first, err := r.firstChange(ctx, d)
	if err != nil {
		return nil, Meta{}, unavailable(err)
	}
	switch {
	case first.WriteID == w.id:
		return r.committed(ctx, d, Meta{Changed: true})
	case w.key == nil || first.Idempotency == nil || !first.Idempotency.Same(*w.key):
		return nil, Meta{}, r.translate(store.ErrExists, id)
	case first.Idempotency.BodyHash != w.key.BodyHash:
		return nil, Meta{}, reused()
	}
	return r.committed(ctx, d, Meta{Repeated: true})
}

func (r *Repo[T]) firstChange(ctx context.Context, d store.Document) (journal.Change, error) {
	if len(d.Changes) > 0 && firstVersion(d) == 1 {
		return journal.Decode(d.Changes[0])
	}
	entry, _, err := r.journal.Get(ctx, r.kind.Name, d.ID, 1)
	return entry.Change, err
}
