// Package projection carries read models to etcd, one key per aggregate. The store wins: what etcd has beyond it, or
// against it, is put right.
package projection

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Keys is the part of etcd that a projection writes.
type Keys interface {
	Get(ctx context.Context, key string) (etcdkv.Item, bool, error)
	List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error)
	PutIf(ctx context.Context, key string, value []byte, modRevision int64) (revision int64, ok bool, err error)
	DeleteIf(ctx context.Context, key string, modRevision int64) (ok bool, err error)
}

// Engine is the part of the store that a projection reads.
type Engine interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
}

// SettledFor is how long a settled aggregate stays in etcd after its last change.
const SettledFor = 10 * time.Minute

// putTries bounds how often a put is tried against other replicas that put the same key.
const putTries = 5

// Stats counts what comparisons had to put right, since the start of the process.
type Stats struct {
	// Put counts missing or older keys, Removed unknown and settled ones, Newer keys that were ahead of the store.
	Put, Removed, Newer atomic.Int64
	// Unreadable counts documents that could not be projected.
	Unreadable atomic.Int64
	// Compared counts completed comparisons.
	Compared atomic.Int64
}

// Projection puts envelopes. It is safe for concurrent use, also by several replicas.
type Projection struct {
	keys   Keys
	engine Engine
	kinds  map[readmodel.Kind]repo.Stored
	epoch  string
	now    func() time.Time
	// Stats may be read at any time.
	Stats Stats
}

// New makes a projection of the kinds that have a read model. epoch is that of the store.
func New(keys Keys, engine Engine, epoch string, kinds []repo.Stored, now func() time.Time) *Projection {
	p := &Projection{keys: keys, engine: engine, kinds: map[readmodel.Kind]repo.Stored{}, epoch: epoch, now: now}
	for _, kind := range kinds {
		if kind.Project != nil {
			p.kinds[kind.Name] = kind
		}
	}
	return p
}

// Put puts the envelope of a document, unless etcd has that version or a newer one. failure.Unavailable when etcd does not
// answer. A kind without a read model is left alone. settled tells that the key may leave etcd after SettledFor.
func (p *Projection) Put(ctx context.Context, kind readmodel.Kind, d store.Document) (settled bool, err error) {
	stored, ok := p.kinds[kind]
	if !ok {
		return false, nil
	}
	value, settled, err := p.envelope(stored, d)
	if err != nil {
		return false, err
	}
	return settled, p.put(ctx, readmodel.Key(kind, d.ID), d.Version, value)
}

// errUnreadable marks a document that cannot be projected, whatever etcd does.
var errUnreadable = errors.New("document cannot be projected")

func (p *Projection) envelope(kind repo.Stored, d store.Document) (value []byte, settled bool, err error) {
	model, settled, err := kind.Project(d)
	if err == nil {
		value, err = cut(p.epoch, d, model)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%w: %s %s: %w", errUnreadable, kind.Name, d.ID, err)
	}
	return value, settled, nil
}

func (p *Projection) put(ctx context.Context, key string, version int64, value []byte) error {
	for try := range putTries {
		var item etcdkv.Item
		if version > 1 || try > 0 { // what has just been made is most likely not there yet
			var reached bool
			var err error
			if item, reached, err = p.look(ctx, key, version); err != nil || reached {
				return err
			}
		}
		_, ok, err := p.keys.PutIf(ctx, key, value, item.ModRevision)
		if err != nil {
			return fmt.Errorf("project %s: %w", key, err)
		}
		if ok {
			return nil
		}
	}
	return failure.New(failure.Unavailable, "projection_contention", "too many put %s at once", key)
}

// look reads a key, which may be missing, and tells whether it has the version already.
func (p *Projection) look(ctx context.Context, key string, version int64) (item etcdkv.Item, reached bool, err error) {
	item, found, err := p.keys.Get(ctx, key)
	if err != nil {
		return item, false, fmt.Errorf("project %s: %w", key, err)
	}
	return item, found && p.reaches(item.Value, version), nil
}

// reaches reports that a value is of our epoch and of the version or a newer one.
func (p *Projection) reaches(value []byte, version int64) bool {
	h := headOf(value)
	return h.Epoch == p.epoch && h.Version >= version
}

// Retire takes the key of an aggregate out of etcd that has been settled for SettledFor, or is gone. One that has come to life
// again keeps its key. The key is read first: a put that comes meanwhile makes the deletion fail.
func (p *Projection) Retire(ctx context.Context, kind readmodel.Kind, id string) error {
	stored, ok := p.kinds[kind]
	if !ok {
		return nil
	}
	key := readmodel.Key(kind, id)
	item, found, err := p.keys.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("retire %s: %w", key, err)
	}
	if !found {
		return nil
	}
	d, err := p.engine.Get(ctx, stored.Collection.Name, id)
	if err == nil {
		leaves, err := p.leaves(stored, d)
		if err != nil || !leaves {
			return err
		}
	} else if !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("retire %s: %w", key, err)
	}
	return p.dropKey(ctx, key, item.ModRevision)
}

// Remove takes the key of an aggregate that is no longer in the store out of etcd.
func (p *Projection) Remove(ctx context.Context, kind readmodel.Kind, id string) error {
	if _, ok := p.kinds[kind]; !ok {
		return nil
	}
	key := readmodel.Key(kind, id)
	item, found, err := p.keys.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	if !found {
		return nil
	}
	if _, err := p.keys.DeleteIf(ctx, key, item.ModRevision); err != nil {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	return nil
}
