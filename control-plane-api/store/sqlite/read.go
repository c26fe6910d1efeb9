package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// prepareReads prepares the reads of one document, which are the most frequent ones.
func (e *Engine) prepareReads(ctx context.Context) (err error) {
	e.gets, e.bares, e.uniques = map[string]*sql.Stmt{}, map[string]*sql.Stmt{}, map[string]*sql.Stmt{}
	for name, t := range e.tables {
		for query, into := range map[string]map[string]*sql.Stmt{t.get: e.gets, t.getBare: e.bares, t.getUnique: e.uniques} {
			if into[name], err = e.readers.PrepareContext(ctx, query); err != nil {
				return fmt.Errorf("prepare reads of %s: %w", name, err)
			}
		}
	}
	return nil
}

// Get implements store.Engine.
func (e *Engine) Get(ctx context.Context, collection, id string) (store.Document, error) {
	return e.one(ctx, collection, id, e.gets, table.decode)
}

// GetBare implements store.Engine.
func (e *Engine) GetBare(ctx context.Context, collection, id string) (store.Document, error) {
	return e.one(ctx, collection, id, e.bares, table.decodeBare)
}

// GetUnique implements store.Engine.
func (e *Engine) GetUnique(ctx context.Context, collection, unique string) (store.Document, error) {
	return e.one(ctx, collection, unique, e.uniques, table.decode)
}

func (e *Engine) one(
	ctx context.Context, collection, key string, statements map[string]*sql.Stmt, decode func(table, scanner) (store.Document, error),
) (store.Document, error) {
	t, err := e.usable(collection)
	if err != nil {
		return store.Document{}, err
	}
	d, err := decode(t, statements[collection].QueryRowContext(ctx, key))
	if err != nil {
		return store.Document{}, named("get", collection, key, e.readError(ctx, err))
	}
	return d, nil
}

// Find implements store.Engine.
func (e *Engine) Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error) {
	t, f, err := e.filter(collection, q)
	if err != nil {
		return nil, err
	}
	if err := f.after(q); err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit == 0 {
		limit = -1 // SQLite's word for no limit
	}
	query := t.selectAll(q.Bare) + f.where() + orderBy(q) + " LIMIT ? OFFSET ?"
	rows, err := e.readers.QueryContext(ctx, query, append(f.args, limit, q.Skip)...)
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", collection, e.readError(ctx, err))
	}
	defer func() { _ = rows.Close() }()
	var found []store.Document
	for rows.Next() {
		d, err := t.decode(rows)
		if err != nil {
			return nil, fmt.Errorf("find in %s: %w", collection, e.readError(ctx, err))
		}
		found = append(found, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find in %s: %w", collection, e.readError(ctx, err))
	}
	return found, nil
}

// Count implements store.Engine.
func (e *Engine) Count(ctx context.Context, collection string, q store.Query) (int, error) {
	t, f, err := e.filter(collection, q)
	if err != nil {
		return 0, err
	}
	var n int
	if err := e.readers.QueryRowContext(ctx, "SELECT count(*) FROM "+t.quoted+f.where(), f.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", collection, e.readError(ctx, err))
	}
	return n, nil
}

func (e *Engine) filter(collection string, q store.Query) (table, *filter, error) {
	t, err := e.usable(collection)
	if err != nil {
		return table{}, nil, err
	}
	if err := t.CheckQuery(q); err != nil {
		return table{}, nil, err
	}
	f, err := filterOf(q)
	return t, f, err
}

// readError names the cause that the caller can act on: an interrupted statement is the context's end, any error of a closed engine is that.
func (e *Engine) readError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e.isClosed() {
		return errClosed()
	}
	return translate(err)
}

func (e *Engine) isClosed() bool {
	select {
	case <-e.closed:
		return true
	default:
		return false
	}
}
