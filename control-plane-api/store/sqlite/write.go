package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// write runs fn as one transaction, unless the engine is closed.
func (e *Engine) write(ctx context.Context, fn func(*session) error) error {
	select {
	case <-e.closed:
		return errClosed()
	default:
	}
	err := e.writer.write(ctx, fn)
	if err != nil && e.isClosed() && !isStoreError(err) {
		return errClosed()
	}
	return err
}

// Insert implements store.Engine.
func (e *Engine) Insert(ctx context.Context, collection string, d store.Document) error {
	t, err := e.usable(collection)
	if err != nil {
		return err
	}
	if err := t.CheckDocument(d); err != nil {
		return err
	}
	row, err := t.encode(d)
	if err != nil {
		return err
	}
	err = e.write(ctx, func(s *session) error {
		_, err := s.exec(t.insert, row.insert()...)
		if !isConstraint(err) {
			return err
		}
		// The statement alone was undone; the transaction still holds the lock, so this look is the truth.
		var one int
		switch err := s.one(t.exists, []any{d.ID}, &one); {
		case err == nil:
			return store.ErrExists
		case errors.Is(err, sql.ErrNoRows):
			return store.ErrUnique
		default:
			return err
		}
	})
	return named("insert", collection, d.ID, err)
}

// Replace implements store.Engine.
func (e *Engine) Replace(ctx context.Context, collection string, d store.Document, version int64) error {
	t, err := e.usable(collection)
	if err != nil {
		return err
	}
	if err := t.CheckReplace(d, version); err != nil {
		return err
	}
	row, err := t.encode(d)
	if err != nil {
		return err
	}
	err = e.write(ctx, func(s *session) error {
		// Most changes leave the indexed values alone. Setting them to what they are would still rewrite every index.
		changed, err := s.exec(t.replaceBody, row.replaceBody(version)...)
		if err == nil && changed == 0 {
			changed, err = s.exec(t.replace, row.replace(version)...)
		}
		if isConstraint(err) {
			return store.ErrUnique
		}
		return t.explain(s, d.ID, changed, err)
	})
	return named("replace", collection, d.ID, err)
}

// Mark implements store.Engine.
func (e *Engine) Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error {
	t, err := e.usable(collection)
	if err != nil {
		return err
	}
	err = e.write(ctx, func(s *session) error {
		changed, err := s.exec(t.mark, journaled, projected, dirty, id, version)
		return t.explain(s, id, changed, err)
	})
	return named("mark", collection, id, err)
}

// Delete implements store.Engine.
func (e *Engine) Delete(ctx context.Context, collection, id string, version int64) error {
	t, err := e.usable(collection)
	if err != nil {
		return err
	}
	err = e.write(ctx, func(s *session) error {
		changed, err := s.exec(t.remove, id, version)
		return t.explain(s, id, changed, err)
	})
	return named("delete", collection, id, err)
}

// DeleteMany implements store.Engine.
func (e *Engine) DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error) {
	t, err := e.usable(collection)
	if err != nil {
		return 0, err
	}
	if err := t.CheckDeleteMany(q, limit); err != nil {
		return 0, err
	}
	f, err := filterOf(q)
	if err != nil {
		return 0, err
	}
	query := "DELETE FROM " + t.quoted + " WHERE id IN (SELECT id FROM " + t.quoted + f.where() + orderBy(q) + " LIMIT ?)"
	var removed int64
	err = e.write(ctx, func(s *session) (err error) {
		removed, err = s.once(query, append(f.args, limit)...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("delete many of %s: %w", collection, err)
	}
	return int(removed), nil
}

// explain says why a write under a version changed no row.
func (t table) explain(s *session, id string, changed int64, err error) error {
	if err != nil || changed > 0 {
		return err
	}
	var stored int64
	if err := s.one(t.version, []any{id}, &stored); err != nil {
		return err // no row: not found
	}
	return fmt.Errorf("%w: stored version is %d", store.ErrStale, stored)
}

func named(verb, collection, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s %q: %w", verb, collection, id, err)
}
