package repo

import (
	"context"
	"errors"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Delete removes an aggregate for good. apply tells of the deletion as a last change, or refuses it; that change is in the
// journal before the document goes. The checks and errors are those of Update. A repeat after a crash in between finishes
// the work, if apply tells its change again.
func (r *Repo[T]) Delete(ctx context.Context, id string, apply func(*T) error) error {
	for try := range writeTries {
		_, meta, err := r.Update(ctx, id, apply)
		if try > 0 && failure.Is(err, failure.NotFound) {
			// The deletion whose answer was lost has been done.
			r.deps.Relay.Committed(ctx, r.kind.Collection, id)
			return nil
		}
		if err != nil {
			return err
		}
		err = r.remove(ctx, id, meta.Version)
		if !errors.Is(err, errAgain) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return unavailable(err)
		}
	}
	return unavailable(errAgain)
}

func (r *Repo[T]) remove(ctx context.Context, id string, version int64) error {
	d, err := r.load(ctx, id)
	if err != nil {
		return err
	}
	if d.Version != version {
		return errAgain // something came after the last change: decide anew
	}
	for i, raw := range d.Changes {
		if firstVersion(d)+int64(i) <= d.Journaled {
			continue
		}
		if err := r.journal.Append(ctx, r.kind.Name, id, raw); err != nil {
			return unavailable(err)
		}
	}
	err = r.deps.Engine.Delete(ctx, r.kind.Collection, id, version)
	switch {
	case errors.Is(err, store.ErrStale), unknown(err) && !ended(ctx):
		return errAgain
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return r.translate(err, id)
	}
	// The relay sees that it is gone and takes the key out of etcd.
	r.deps.Relay.Committed(ctx, r.kind.Collection, id)
	return nil
}
