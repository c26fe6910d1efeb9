package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// TrimEngine is the part of a store that Trim uses.
type TrimEngine interface {
	Engine
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
	DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error)
}

// trimPage is how many entries Trim reads or removes at a time.
const trimPage = 500

// Trim removes the entries that are older than a time and says how many. Of each aggregate it removes from the first entry on
// without a gap, none that waits for delivery, and keeps where the chain goes on, so that it can still be verified: the
// checkpoint is written before an entry goes. It may be cut off at any point and runs again.
func Trim(ctx context.Context, engine TrimEngine, before time.Time) (int, error) {
	t := trimmer{engine: engine, journal: New(engine, false), before: before, seen: map[string]bool{}}
	old := store.Query{Sort: store.ByCreatedAt, Until: map[string]string{store.ByCreatedAt: store.FormatTime(before)}, Bare: true}
	err := store.Walk(ctx, engine, Name, old, trimPage, func(d store.Document) error {
		name := d.Index[fieldAggregate]
		if t.seen[name] {
			return nil
		}
		t.seen[name] = true
		entry, err := entryOf(d)
		if err != nil {
			return err
		}
		return t.trim(ctx, entry.Kind, entry.ID)
	})
	if err != nil {
		return t.removed, fmt.Errorf("audit retention: %w", err)
	}
	return t.removed, nil
}

type trimmer struct {
	engine  TrimEngine
	journal *Journal
	before  time.Time
	seen    map[string]bool
	removed int
}

// trim removes the old entries of one aggregate, some at a time.
func (t *trimmer) trim(ctx context.Context, kind readmodel.Kind, id string) error {
	name := aggregate(kind, id)
	for {
		kept, stored, err := readCheckpoint(ctx, t.engine, name)
		if err != nil {
			return err
		}
		next, more, err := t.last(ctx, name, kept)
		if err != nil {
			return err
		}
		if next.Version > kept.Version {
			if err := t.keep(ctx, name, next, stored); err != nil {
				return err
			}
		}
		if err := t.remove(ctx, name, next.Version); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
}

// last finds how far the aggregate's entries can be removed. more tells that there may be others behind.
func (t *trimmer) last(ctx context.Context, name string, from checkpoint) (last checkpoint, more bool, err error) {
	documents, err := t.engine.Find(ctx, Name, store.Query{
		Equal: map[string][]string{fieldAggregate: {name}}, From: map[string]string{fieldSequence: sequence(from.Version + 1)},
		Sort: fieldSequence, Limit: trimPage,
	})
	if err != nil {
		return from, false, err
	}
	last = from
	for _, d := range documents {
		if d.Dirty || !d.CreatedAt.Before(t.before) {
			return last, false, nil
		}
		entry, err := entryOf(d)
		if err != nil {
			return last, false, err
		}
		// A broken chain is not made good by removing its beginning: it stays for Verify to find.
		if entry.Version != last.Version+1 || entry.PrevHash != last.Hash {
			return last, false, nil
		}
		last = checkpoint{Version: entry.Version, Hash: Hash(entry.Raw), At: entry.At}
	}
	return last, len(documents) == trimPage, nil
}

func (t *trimmer) keep(ctx context.Context, name string, c checkpoint, stored store.Document) error {
	state, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("checkpoint of %s: %w", name, err)
	}
	if stored.ID == "" {
		return t.engine.Insert(ctx, Checkpoints, store.Document{
			ID: name, Schema: 1, Version: c.Version, State: state, CreatedAt: c.At, UpdatedAt: c.At,
		})
	}
	next := stored
	next.Version, next.State, next.UpdatedAt = c.Version, state, c.At
	return t.engine.Replace(ctx, Checkpoints, next, stored.Version)
}

func (t *trimmer) remove(ctx context.Context, name string, version int64) error {
	delivered := false
	gone := store.Query{
		Equal: map[string][]string{fieldAggregate: {name}}, Until: map[string]string{fieldSequence: sequence(version + 1)},
		Dirty: &delivered, Sort: fieldSequence,
	}
	for {
		n, err := t.engine.DeleteMany(ctx, Name, gone, trimPage)
		t.removed += n
		if err != nil || n < trimPage {
			return err
		}
	}
}
