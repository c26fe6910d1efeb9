package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// errMoved says that another write came first.
var errMoved = errors.New("the session was written meanwhile")

// writeTries bounds how often a write whose answer was lost is sent again.
const writeTries = 3

// replace writes a session over the version that was read. errMoved when that is no longer the stored one.
func (s *Sessions) replace(ctx context.Context, k kept) (kept, error) {
	read := k.document.Version
	k.state.Write = uuid.NewString()
	k.document.Version, k.document.UpdatedAt = read+1, s.config.Now()
	var err error
	if k.document.State, err = json.Marshal(k.state); err != nil {
		return k, fmt.Errorf("session: %w", err)
	}
	for range writeTries {
		err = s.config.Engine.Replace(ctx, Name, k.document, read)
		switch {
		case err == nil:
			return k, nil
		case errors.Is(err, store.ErrNotFound):
			return k, ended()
		case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrUnknown):
			stored, again := s.readKey(ctx, k.document.ID)
			switch {
			case again != nil:
				return k, again
			case stored.state.Write == k.state.Write:
				return k, nil
			case stored.document.Version != read:
				return k, errMoved
			}
		default:
			return k, storeDown(err)
		}
	}
	return k, storeDown(err)
}

// changeTries bounds how often a change is made again because another write came first.
const changeTries = 5

// change makes a change of a session that does not depend on what else is written to it.
func (s *Sessions) change(ctx context.Context, key string, do func(*kept) error) (kept, error) {
	for range changeTries {
		k, err := s.readKey(ctx, key)
		if err != nil {
			return k, err
		}
		if err := do(&k); err != nil {
			return k, err
		}
		k, err = s.replace(ctx, k)
		if !errors.Is(err, errMoved) {
			return k, err
		}
	}
	return kept{}, storeDown(errMoved)
}
