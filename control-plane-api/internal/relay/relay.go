// Package relay carries what is committed on: first to the journal, then to etcd, and then raises the marks that say so. The
// replica that committed does it at once; a sweep in every replica finds what was left behind. Both may do the same work
// twice, which is harmless. Neither a dead etcd nor a dead journal holds up a commit.
package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Engine is the part of the store that a relay uses.
type Engine interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
	Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error
}

// Journal takes changes. Taking one twice is harmless.
type Journal interface {
	Append(ctx context.Context, kind readmodel.Kind, id string, raw json.RawMessage) error
}

// Projection takes read models. Taking one twice, or an old one late, is harmless.
type Projection interface {
	Put(ctx context.Context, kind readmodel.Kind, d store.Document) (settled bool, err error)
	Remove(ctx context.Context, kind readmodel.Kind, id string) error
	Retire(ctx context.Context, kind readmodel.Kind, id string) error
}

// Config is what a relay works with.
type Config struct {
	Engine     Engine
	Journal    Journal
	Projection Projection
	Kinds      []repo.Stored
	Now        func() time.Time
	Log        *slog.Logger
}

const (
	// workers carry on at once.
	workers = 16
	// backlog is how many documents wait; what does not fit is left to the sweep.
	backlog = 8192
	// carryTimeout bounds the work on one document.
	carryTimeout = 10 * time.Second
	// etcdTimeout bounds a put, so that a frozen etcd does not hold up the journal.
	etcdTimeout = 2 * time.Second
	// markEarly is the number of changes from which the journal's mark is raised before etcd is asked, so that a document
	// that is written all the time does not grow.
	markEarly = 64
)

// Relay carries commits on while Run runs.
type Relay struct {
	config  Config
	kinds   map[string]repo.Stored
	pending *pending
	etcd    *gate
	settled *settled
}

// New makes a relay.
func New(config Config) *Relay {
	r := &Relay{
		config: config, kinds: map[string]repo.Stored{}, pending: newPending(backlog),
		etcd: newGate(config.Now), settled: &settled{},
	}
	for _, kind := range config.Kinds {
		r.kinds[kind.Collection.Name] = kind
	}
	return r
}

// Committed tells of a commit, or of a deletion. It returns at once.
func (r *Relay) Committed(_ context.Context, collection, id string) {
	r.pending.add(job{collection, id})
}

// EtcdDown reports that etcd did not answer the last put.
func (r *Relay) EtcdDown() bool { return r.etcd.isClosed() }

// carryID carries a document on by its id.
func (r *Relay) carryID(ctx context.Context, j job) error {
	kind, ok := r.kinds[j.collection]
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, carryTimeout)
	defer cancel()
	d, err := r.config.Engine.Get(ctx, j.collection, j.id)
	if errors.Is(err, store.ErrNotFound) {
		return r.throughGate(ctx, func(ctx context.Context) error { return r.config.Projection.Remove(ctx, kind.Name, j.id) })
	}
	if err != nil {
		return fmt.Errorf("relay %s %s: %w", j.collection, j.id, err)
	}
	if !d.Dirty {
		return nil
	}
	return r.carry(ctx, kind, d)
}

// carry brings one document to the journal and to etcd and raises its marks as far as it came.
func (r *Relay) carry(ctx context.Context, kind repo.Stored, d store.Document) error {
	journaled, err := r.toJournal(ctx, kind, d)
	if err == nil && len(d.Changes) > markEarly && journaled > d.Journaled {
		err = r.mark(ctx, kind, d, journaled, d.Projected)
	}
	projected := d.Version
	var unprojected error
	if kind.Project != nil && d.Projected < d.Version {
		unprojected = r.throughGate(ctx, func(ctx context.Context) error {
			settled, err := r.config.Projection.Put(ctx, kind.Name, d)
			if settled && err == nil {
				r.settled.add(kind.Name, d.ID, d.UpdatedAt)
			}
			return err
		})
		if unprojected != nil {
			projected = d.Projected
		}
	}
	if journaled > d.Journaled || projected > d.Projected || journaled == d.Version && projected == d.Version {
		err = errors.Join(err, r.mark(ctx, kind, d, journaled, projected))
	}
	return errors.Join(err, unprojected)
}

// toJournal adds the changes above the mark, oldest first, and tells how far it came.
func (r *Relay) toJournal(ctx context.Context, kind repo.Stored, d store.Document) (journaled int64, err error) {
	journaled = d.Journaled
	// Versions follow one another without a gap: positions tell them.
	first := d.Version - int64(len(d.Changes)) + 1
	for i, raw := range d.Changes {
		version := first + int64(i)
		if version <= journaled {
			continue
		}
		if err := r.config.Journal.Append(ctx, kind.Name, d.ID, raw); err != nil {
			return journaled, fmt.Errorf("relay %s %s version %d: %w", kind.Name, d.ID, version, err)
		}
		journaled = version
	}
	return journaled, nil
}

// mark raises the marks. Losing to a newer version is harmless: that one is dirty itself.
func (r *Relay) mark(ctx context.Context, kind repo.Stored, d store.Document, journaled, projected int64) error {
	dirty := journaled < d.Version || projected < d.Version
	err := r.config.Engine.Mark(ctx, kind.Collection.Name, d.ID, d.Version, journaled, projected, dirty)
	if err == nil || errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return fmt.Errorf("mark %s %s: %w", kind.Name, d.ID, err)
}

// throughGate asks etcd unless it is known to be away; then it fails at once.
func (r *Relay) throughGate(ctx context.Context, do func(context.Context) error) error {
	if !r.etcd.enter() {
		return errEtcdAway
	}
	ctx, cancel := context.WithTimeout(ctx, etcdTimeout)
	defer cancel()
	err := do(ctx)
	r.etcd.leave(err)
	return err
}
