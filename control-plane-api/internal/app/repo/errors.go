package repo

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// The codes of a repository that do not name a kind.
const (
	CodeStaleTerm         = "stale_term"
	CodeGenerationChanged = "generation_changed"
	CodeVersionChanged    = "version_changed"
	CodeKeyReused         = "idempotency_key_reused"
	CodeStoreUnavailable  = "store_unavailable"
	CodeContention        = "write_contention"
)

// translate makes a failure of an engine's error; name is the id or unique value that was asked for.
func (r *Repo[T]) translate(err error, name string) error {
	label := r.kind.Label
	switch {
	case errors.Is(err, store.ErrNotFound):
		return failure.Wrap(err, failure.NotFound, label+"_not_found", "there is no %s %s", label, name)
	case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrUnique):
		return failure.Wrap(err, failure.Conflict, label+"_exists", "such a %s exists already", label)
	case errors.Is(err, store.ErrInvalid):
		return failure.Wrap(err, failure.Internal, "store_call_invalid", "the %s cannot be stored or found like this", label)
	}
	return unavailable(err)
}

func unavailable(err error) error {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f
	}
	e := failure.Wrap(err, failure.Unavailable, CodeStoreUnavailable, "the store does not answer; try again")
	e.RetryAfter = time.Second
	return e
}

// unknown reports that a write may have been done.
func unknown(err error) bool { return errors.Is(err, store.ErrUnknown) }

// ended reports that the caller's time is over.
func ended(ctx context.Context) bool { return ctx.Err() != nil }
