// Package samples keeps the last figures of workers. Figures are not state: they raise no event, are in no audit record and
// decide nothing. What has moved is put to etcd for those who show it.
package samples

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/figures"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Name is the collection of the figures.
const Name = "worker_samples"

// Collection declares it.
func Collection() store.Collection { return store.Collection{Name: Name} }

// Engine is the part of the store that figures are kept in.
type Engine interface {
	Insert(ctx context.Context, collection string, d store.Document) error
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
	Delete(ctx context.Context, collection, id string, version int64) error
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
}

// Keys is the part of etcd that figures are put to.
type Keys interface {
	Get(ctx context.Context, key string) (etcdkv.Item, bool, error)
	PutIf(ctx context.Context, key string, value []byte, modRevision int64) (revision int64, ok bool, err error)
	DeleteIf(ctx context.Context, key string, modRevision int64) (ok bool, err error)
}

// Samples keeps figures. It is safe for concurrent use, also by several replicas.
type Samples struct {
	engine Engine
	keys   Keys
	now    func() time.Time
	log    *slog.Logger
	step   float64
}

// New makes them. keys may be nil: then nothing is put to etcd.
func New(engine Engine, keys Keys, now func() time.Time, log *slog.Logger) *Samples {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Samples{engine: engine, keys: keys, now: now, log: log, step: usualStep}
}

// Stepping says by how many per cent a figure must move to be put to etcd before it is stale; 0 puts every report. The usual ones are
// 5. It is for the set-up, before figures are reported.
func (s *Samples) Stepping(percent float64) *Samples {
	s.step = percent
	return s
}

// tries bounds how often a write is tried against other writers of the same figures.
const tries = 5

// Report takes figures of a worker (store_unavailable). Older ones than are there are left out, each part for itself.
func (s *Samples) Report(ctx context.Context, workerID string, r figures.Report) error {
	now := s.now().UTC().Truncate(time.Millisecond)
	for range tries {
		had, d, err := s.load(ctx, workerID)
		if err != nil {
			return err
		}
		next := merge(had, r, now)
		next.WorkerID = workerID
		publish := s.keys != nil && moved(next, s.step, now)
		if publish {
			shown := next.WorkerSample
			next.Published, next.PublishedAt = &shown, now
		}
		switch err := s.save(ctx, d, next, workerID, now); {
		case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrExists), errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return unavailable(err)
		}
		if publish {
			s.publish(ctx, next.WorkerSample)
		}
		return nil
	}
	return unavailable(errors.New("too many writers"))
}

func (s *Samples) load(ctx context.Context, id string) (figures.Sample, store.Document, error) {
	d, err := s.engine.Get(ctx, Name, id)
	if errors.Is(err, store.ErrNotFound) {
		return figures.Sample{}, store.Document{}, nil
	}
	if err != nil {
		return figures.Sample{}, d, unavailable(err)
	}
	var had figures.Sample
	if err := json.Unmarshal(d.State, &had); err != nil {
		return figures.Sample{}, d, fmt.Errorf("figures of worker %s: %w", id, err)
	}
	return had, d, nil
}

func (s *Samples) save(ctx context.Context, d store.Document, next figures.Sample, id string, now time.Time) error {
	state, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("figures of worker %s: %w", id, err)
	}
	if d.Version == 0 {
		return s.engine.Insert(ctx, Name, store.Document{ID: id, Schema: 1, Version: 1, State: state, CreatedAt: now, UpdatedAt: now})
	}
	before := d.Version
	d.Version, d.State, d.UpdatedAt = before+1, state, now
	return s.engine.Replace(ctx, Name, d, before)
}

// Get gives the figures of workers by id; a worker without any is left out (store_unavailable).
func (s *Samples) Get(ctx context.Context, ids ...string) (map[string]figures.Sample, error) {
	found := make(map[string]figures.Sample, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	documents, err := s.engine.Find(ctx, Name, store.Query{IDs: ids})
	if err != nil {
		return nil, unavailable(err)
	}
	for _, d := range documents {
		var one figures.Sample
		if err := json.Unmarshal(d.State, &one); err != nil {
			return nil, fmt.Errorf("figures of worker %s: %w", d.ID, err)
		}
		found[d.ID] = one
	}
	return found, nil
}

// Drop forgets the figures of a worker that is gone. Nothing there is no error.
func (s *Samples) Drop(ctx context.Context, id string) error {
	s.retract(ctx, id)
	d, err := s.engine.Get(ctx, Name, id)
	if err == nil {
		err = s.engine.Delete(ctx, Name, id, d.Version)
	}
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return unavailable(err)
}

func unavailable(err error) error {
	e := failure.Wrap(err, failure.Unavailable, "store_unavailable", "The figures cannot be read or kept now; try again.")
	e.RetryAfter = time.Second
	return e
}
