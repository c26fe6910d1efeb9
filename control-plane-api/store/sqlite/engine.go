package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Engine is a store.Engine over one SQLite file. Driver makes it.
type Engine struct {
	file    dataFile
	tables  map[string]table
	writer  *writer
	readers *sql.DB
	// gets, bares and uniques are the prepared reads, by collection.
	gets, bares, uniques map[string]*sql.Stmt

	closing sync.Once
	closed  chan struct{}
}

var _ store.Engine = (*Engine)(nil)

// usable is the first step of every call.
func (e *Engine) usable(collection string) (table, error) {
	select {
	case <-e.closed:
		return table{}, errClosed()
	default:
	}
	t, ok := e.tables[collection]
	if !ok {
		return table{}, fmt.Errorf("%w: collection %q is not declared", store.ErrInvalid, collection)
	}
	return t, nil
}

func errClosed() error { return fmt.Errorf("%w: closed", store.ErrUnavailable) }

// Meta implements store.Engine.
func (e *Engine) Meta(ctx context.Context) (store.Meta, error) {
	var epoch, created string
	var version int
	err := e.readers.QueryRowContext(ctx, `SELECT (SELECT value FROM lcm_meta WHERE key = 'epoch'),
		(SELECT value FROM lcm_meta WHERE key = 'created_at'), (SELECT user_version FROM pragma_user_version)`).Scan(&epoch, &created, &version)
	if err != nil {
		return store.Meta{}, fmt.Errorf("read meta: %w", e.readError(ctx, err))
	}
	at, err := store.ParseTime(created)
	if err != nil {
		return store.Meta{}, fmt.Errorf("read meta: %w", err)
	}
	return store.Meta{Epoch: epoch, Layout: layoutName(version), CreatedAt: at}, nil
}

// RenewEpoch implements store.Engine.
func (e *Engine) RenewEpoch(ctx context.Context) (store.Meta, error) {
	epoch, err := uuid.NewRandom()
	if err != nil {
		return store.Meta{}, fmt.Errorf("make an epoch: %w", err)
	}
	err = e.write(ctx, func(s *session) error {
		_, err := s.exec(`UPDATE lcm_meta SET value = ? WHERE key = 'epoch'`, epoch.String())
		return err
	})
	if err != nil {
		return store.Meta{}, fmt.Errorf("renew epoch: %w", err)
	}
	return e.Meta(ctx)
}

// Ping implements store.Engine.
func (e *Engine) Ping(ctx context.Context) error {
	if err := e.file.check(); err != nil {
		return err
	}
	var one int
	if err := e.readers.QueryRowContext(ctx, `SELECT 1 FROM lcm_meta WHERE key = 'epoch'`).Scan(&one); err != nil {
		return fmt.Errorf("ping: %w", e.readError(ctx, err))
	}
	return nil
}

// Close implements store.Engine.
func (e *Engine) Close() (err error) {
	e.closing.Do(func() {
		close(e.closed)
		var errs []error
		if e.readers != nil {
			errs = append(errs, e.readers.Close())
		}
		if e.writer != nil { // last, so that it is the connection which empties the log
			errs = append(errs, e.writer.close())
		}
		err = errors.Join(errs...)
	})
	return err
}
