package memstore

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

type engine struct {
	data   *Data
	closed atomic.Bool
}

var _ store.Engine = (*engine)(nil)

// enter checks that a call may go on and takes the lock; the caller unlocks when the error is nil.
func (e *engine) enter(ctx context.Context) error {
	if e.closed.Load() {
		return fmt.Errorf("%w: the store is closed", store.ErrUnavailable)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	e.data.mu.Lock()
	return nil
}

// on runs a call on the documents of one collection, which it may change.
func (e *engine) on(ctx context.Context, collection string, do func(store.Collection, map[string]store.Document) error) error {
	c, err := e.data.catalog.Get(collection)
	if err != nil {
		return err
	}
	if err := e.enter(ctx); err != nil {
		return err
	}
	defer e.data.mu.Unlock()
	return do(c, e.data.collections[collection])
}

// Meta implements store.Engine.
func (e *engine) Meta(ctx context.Context) (store.Meta, error) {
	if err := e.enter(ctx); err != nil {
		return store.Meta{}, err
	}
	defer e.data.mu.Unlock()
	return e.data.meta, nil
}

// RenewEpoch implements store.Engine.
func (e *engine) RenewEpoch(ctx context.Context) (store.Meta, error) {
	if err := e.enter(ctx); err != nil {
		return store.Meta{}, err
	}
	defer e.data.mu.Unlock()
	e.data.meta.Epoch = uuid.NewString()
	return e.data.meta, nil
}

// Ping implements store.Engine.
func (e *engine) Ping(ctx context.Context) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	e.data.mu.Unlock()
	return nil
}

// Close implements store.Engine.
func (e *engine) Close() error {
	e.closed.Store(true)
	return nil
}
