package memstore

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Insert implements store.Engine.
func (e *engine) Insert(ctx context.Context, collection string, d store.Document) error {
	return e.on(ctx, collection, func(c store.Collection, documents map[string]store.Document) error {
		if err := c.CheckDocument(d); err != nil {
			return err
		}
		if _, taken := documents[d.ID]; taken {
			return fmt.Errorf("insert %s %q: %w", collection, d.ID, store.ErrExists)
		}
		if err := unique(documents, d); err != nil {
			return fmt.Errorf("insert %s %q: %w", collection, d.ID, err)
		}
		documents[d.ID] = kept(d)
		return nil
	})
}

// Replace implements store.Engine.
func (e *engine) Replace(ctx context.Context, collection string, d store.Document, version int64) error {
	return e.on(ctx, collection, func(c store.Collection, documents map[string]store.Document) error {
		if err := c.CheckReplace(d, version); err != nil {
			return err
		}
		old, err := at(documents, d.ID, version)
		if err != nil {
			return fmt.Errorf("replace %s %q: %w", collection, d.ID, err)
		}
		if err := unique(documents, d); err != nil {
			return fmt.Errorf("replace %s %q: %w", collection, d.ID, err)
		}
		d = kept(d)
		d.Journaled, d.Projected = max(d.Journaled, old.Journaled), max(d.Projected, old.Projected)
		documents[d.ID] = d
		return nil
	})
}

// Mark implements store.Engine.
func (e *engine) Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error {
	return e.on(ctx, collection, func(_ store.Collection, documents map[string]store.Document) error {
		d, err := at(documents, id, version)
		if err != nil {
			return fmt.Errorf("mark %s %q: %w", collection, id, err)
		}
		d.Journaled, d.Projected, d.Dirty = max(d.Journaled, journaled), max(d.Projected, projected), dirty
		documents[id] = d
		return nil
	})
}

// Delete implements store.Engine.
func (e *engine) Delete(ctx context.Context, collection, id string, version int64) error {
	return e.on(ctx, collection, func(_ store.Collection, documents map[string]store.Document) error {
		if _, err := at(documents, id, version); err != nil {
			return fmt.Errorf("delete %s %q: %w", collection, id, err)
		}
		delete(documents, id)
		return nil
	})
}

// DeleteMany implements store.Engine.
func (e *engine) DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (removed int, err error) {
	err = e.on(ctx, collection, func(c store.Collection, documents map[string]store.Document) error {
		if err := c.CheckDeleteMany(q, limit); err != nil {
			return err
		}
		q.Skip, q.Limit, q.After = 0, limit, nil
		found, err := find(documents, q)
		if err != nil {
			return err
		}
		for _, d := range found {
			delete(documents, d.ID)
		}
		removed = len(found)
		return nil
	})
	return removed, err
}

// at gives a document that is still at a version.
func at(documents map[string]store.Document, id string, version int64) (store.Document, error) {
	d, ok := documents[id]
	if !ok {
		return d, store.ErrNotFound
	}
	if d.Version != version {
		return d, fmt.Errorf("%w: stored version is %d", store.ErrStale, d.Version)
	}
	return d, nil
}

// unique refuses a unique value that another document holds.
func unique(documents map[string]store.Document, d store.Document) error {
	wanted := d.UniqueOrID()
	for id, other := range documents {
		if id != d.ID && other.Unique == wanted {
			return store.ErrUnique
		}
	}
	return nil
}
