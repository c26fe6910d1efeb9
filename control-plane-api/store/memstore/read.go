package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Get implements store.Engine.
func (e *engine) Get(ctx context.Context, collection, id string) (found store.Document, err error) {
	err = e.on(ctx, collection, func(_ store.Collection, documents map[string]store.Document) error {
		d, ok := documents[id]
		if !ok {
			return fmt.Errorf("get %s %q: %w", collection, id, store.ErrNotFound)
		}
		found = shown(d)
		return nil
	})
	return found, err
}

// GetBare implements store.Engine.
func (e *engine) GetBare(ctx context.Context, collection, id string) (store.Document, error) {
	d, err := e.Get(ctx, collection, id)
	d.Changes, d.Blob, d.Index = nil, nil, nil
	return d, err
}

// GetUnique implements store.Engine.
func (e *engine) GetUnique(ctx context.Context, collection, unique string) (found store.Document, err error) {
	err = e.on(ctx, collection, func(_ store.Collection, documents map[string]store.Document) error {
		for _, d := range documents {
			if d.Unique == unique {
				found = shown(d)
				return nil
			}
		}
		return fmt.Errorf("get %s by %q: %w", collection, unique, store.ErrNotFound)
	})
	return found, err
}

// Find implements store.Engine.
func (e *engine) Find(ctx context.Context, collection string, q store.Query) (found []store.Document, err error) {
	err = e.on(ctx, collection, func(c store.Collection, documents map[string]store.Document) error {
		if err := c.CheckQuery(q); err != nil {
			return err
		}
		found, err = find(documents, q)
		for i, d := range found {
			found[i] = shown(d)
			if q.Bare {
				found[i].Changes, found[i].Blob = nil, nil
			}
		}
		return err
	})
	return found, err
}

// Count implements store.Engine.
func (e *engine) Count(ctx context.Context, collection string, q store.Query) (n int, err error) {
	err = e.on(ctx, collection, func(c store.Collection, documents map[string]store.Document) error {
		if err := c.CheckQuery(q); err != nil {
			return err
		}
		q.Sort, q.Skip, q.Limit, q.After = "", 0, 0, nil
		found, err := find(documents, q)
		n = len(found)
		return err
	})
	return n, err
}

// find gives what matches, in order, one page of it.
func find(documents map[string]store.Document, q store.Query) ([]store.Document, error) {
	matches, err := condition(q)
	if err != nil {
		return nil, err
	}
	var found []store.Document
	for _, d := range documents {
		if matches(d) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b store.Document) int { return order(q, q.CursorAfter(a), q.CursorAfter(b)) })
	if q.After != nil {
		after, err := position(q)
		if err != nil {
			return nil, err
		}
		first := slices.IndexFunc(found, func(d store.Document) bool { return order(q, q.CursorAfter(d), after) > 0 })
		if first < 0 {
			return nil, nil
		}
		found = found[first:]
	}
	found = found[min(q.Skip, len(found)):]
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

func order(q store.Query, a, b store.Cursor) int {
	first := cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.ID, b.ID))
	if q.Desc {
		return -first
	}
	return first
}

// position is where a page begins; a time is compared in the form that the store writes.
func position(q store.Query) (store.Cursor, error) {
	after := *q.After
	switch q.Sort {
	case "":
		after.Value = ""
	case store.ByCreatedAt:
		at, err := store.ParseTime(after.Value)
		if err != nil {
			return after, err
		}
		after.Value = store.FormatTime(at)
	}
	return after, nil
}
