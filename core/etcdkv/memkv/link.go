package memkv

import (
	"context"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Link is one client's way to a Store, with faults of its own.
type Link struct {
	store *Store

	mu sync.Mutex
	// open is closed while calls go through; a frozen link replaces it.
	open   chan struct{}
	frozen bool
}

var (
	_ etcdkv.Store  = (*Link)(nil)
	_ etcdkv.Leases = (*Link)(nil)
)

// NewLink makes a link that works.
func NewLink(store *Store) *Link {
	open := make(chan struct{})
	close(open)
	return &Link{store: store, open: open}
}

// Freeze holds up all calls and watches until Thaw; a call returns when its context ends.
func (l *Link) Freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.frozen {
		l.frozen, l.open = true, make(chan struct{})
	}
}

// Thaw ends Freeze. What was held up goes on.
func (l *Link) Thaw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.frozen {
		l.frozen = false
		close(l.open)
	}
}

func (l *Link) pass(ctx context.Context) error {
	l.mu.Lock()
	open := l.open
	l.mu.Unlock()
	select {
	case <-open:
		return nil
	case <-ctx.Done():
		return failure.Wrap(ctx.Err(), failure.Unavailable, "etcd_unavailable", "etcd did not answer in time")
	}
}

// Get implements etcdkv.Store.
func (l *Link) Get(ctx context.Context, key string) (etcdkv.Item, bool, error) {
	if err := l.pass(ctx); err != nil {
		return etcdkv.Item{}, false, err
	}
	return l.store.Get(ctx, key)
}

// List implements etcdkv.Store.
func (l *Link) List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error) {
	if err := l.pass(ctx); err != nil {
		return etcdkv.Page{}, err
	}
	return l.store.List(ctx, prefix, after, limit, revision)
}

// PutIf implements etcdkv.Store.
func (l *Link) PutIf(ctx context.Context, key string, value []byte, modRevision int64) (int64, bool, error) {
	if err := l.pass(ctx); err != nil {
		return 0, false, err
	}
	return l.store.PutIf(ctx, key, value, modRevision)
}

// DeleteIf implements etcdkv.Store.
func (l *Link) DeleteIf(ctx context.Context, key string, modRevision int64) (bool, error) {
	if err := l.pass(ctx); err != nil {
		return false, err
	}
	return l.store.DeleteIf(ctx, key, modRevision)
}

// Watch implements etcdkv.Store.
func (l *Link) Watch(ctx context.Context, prefix string, fromRevision int64) <-chan etcdkv.Batch {
	out := make(chan etcdkv.Batch)
	go func() {
		defer close(out)
		if l.pass(ctx) != nil {
			return
		}
		for batch := range l.store.Watch(ctx, prefix, fromRevision) {
			if l.pass(ctx) != nil {
				return
			}
			select {
			case out <- batch:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Grant implements etcdkv.Leases.
func (l *Link) Grant(ctx context.Context, ttl time.Duration) (int64, error) {
	if err := l.pass(ctx); err != nil {
		return 0, err
	}
	return l.store.Grant(ctx, ttl)
}

// KeepAlive implements etcdkv.Leases.
func (l *Link) KeepAlive(ctx context.Context, lease int64) (time.Duration, error) {
	if err := l.pass(ctx); err != nil {
		return 0, err
	}
	return l.store.KeepAlive(ctx, lease)
}

// Revoke implements etcdkv.Leases.
func (l *Link) Revoke(ctx context.Context, lease int64) error {
	if err := l.pass(ctx); err != nil {
		return err
	}
	return l.store.Revoke(ctx, lease)
}

// PutLeased implements etcdkv.Leases.
func (l *Link) PutLeased(ctx context.Context, key string, value []byte, lease int64) (int64, error) {
	if err := l.pass(ctx); err != nil {
		return 0, err
	}
	return l.store.PutLeased(ctx, key, value, lease)
}

// Delete implements etcdkv.Leases.
func (l *Link) Delete(ctx context.Context, key string) error {
	if err := l.pass(ctx); err != nil {
		return err
	}
	return l.store.Delete(ctx, key)
}
