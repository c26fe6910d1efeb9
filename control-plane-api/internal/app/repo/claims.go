package repo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Claims is the collection in which requests that create claim an id before they use it. What has expired may be swept.
const Claims = "claims"

// ClaimsCollection declares Claims.
func ClaimsCollection() store.Collection { return store.Collection{Name: Claims} }

// claim says which id a request creates.
type claim struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	BodyHash string `json:"body_hash"`
}

// claimID tells the id that a request creates: that of its first try if there was one. fresh is false for a repeat.
func (r *Repo[T]) claimID(ctx context.Context, key journal.Idempotency) (id string, fresh bool, err error) {
	now := r.now()
	until := now.Add(journal.IdempotencyFor)
	mine := claim{Kind: string(r.kind.Name), ID: r.deps.NewID(), BodyHash: key.BodyHash}
	state, err := json.Marshal(mine)
	if err != nil {
		return "", false, fmt.Errorf("claim: %w", err)
	}
	d := store.Document{
		ID: string(r.kind.Name) + "/" + key.Digest(), Schema: 1, Version: 1, State: state,
		CreatedAt: now, UpdatedAt: now, ExpiresAt: &until,
	}
	for try := range writeTries {
		held, won, err := r.tryClaim(ctx, d, mine)
		if err == nil {
			if !won && held.BodyHash != key.BodyHash {
				return "", false, reused()
			}
			return held.ID, won, nil
		}
		if !errors.Is(err, errAgain) {
			return "", false, unavailable(err)
		}
		if err := pause(ctx, try); err != nil {
			return "", false, unavailable(err)
		}
	}
	return "", false, unavailable(errAgain)
}

// tryClaim inserts a claim, or reads the one that is there; one that has expired is taken over.
func (r *Repo[T]) tryClaim(ctx context.Context, d store.Document, mine claim) (held claim, won bool, err error) {
	err = r.deps.Engine.Insert(ctx, Claims, d)
	if err == nil {
		return mine, true, nil
	}
	if !errors.Is(err, store.ErrExists) {
		if unknown(err) && !ended(ctx) {
			return claim{}, false, errAgain
		}
		return claim{}, false, err
	}
	there, err := r.deps.Engine.Get(ctx, Claims, d.ID)
	if errors.Is(err, store.ErrNotFound) {
		return claim{}, false, errAgain // swept in between
	}
	if err != nil {
		return claim{}, false, err
	}
	if there.ExpiresAt != nil && there.ExpiresAt.Before(d.CreatedAt) {
		return r.takeOver(ctx, d, there, mine)
	}
	if err := json.Unmarshal(there.State, &held); err != nil {
		return claim{}, false, fmt.Errorf("claim: %w", err)
	}
	// The id of an insert whose answer was lost is our own.
	return held, held.ID == mine.ID, nil
}

func (r *Repo[T]) takeOver(ctx context.Context, d, expired store.Document, mine claim) (claim, bool, error) {
	d.Version = expired.Version + 1
	err := r.deps.Engine.Replace(ctx, Claims, d, expired.Version)
	switch {
	case err == nil:
		return mine, true, nil
	case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrNotFound), unknown(err) && !ended(ctx):
		return claim{}, false, errAgain
	}
	return claim{}, false, err
}
