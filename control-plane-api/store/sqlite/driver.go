// Package sqlite is the store engine that needs no server: one file, one table per collection. It serves development, tests and
// installations on one machine. Several processes of that machine may share the file; a network file system may not hold it.
//
// Writes take BEGIN IMMEDIATE on one connection and are acknowledged after COMMIT with the write-ahead log flushed (see Driver for the
// options); those that wait at the same time share a transaction. Reads use a pool of their own and never wait for writes.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite" // registers the database/sql driver "sqlite"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Driver serves URLs of the form sqlite:///absolute/path/file.db. The file is created (mode 0600) if its directory exists. Options,
// as query parameters:
//
//	synchronous=full|normal|off  what a power failure may take: nothing (default), the last writes, the file. The death of a
//	                             process takes nothing in any case.
//	busy_timeout=5s              how long a write waits for another process, a Go duration
//	readers=4                    connections of the read pool, 1 to 64
func Driver() store.Driver {
	return store.Driver{
		Schemes: []string{"sqlite"},
		Open: func(ctx context.Context, url string, collections store.Catalog) (store.Engine, error) {
			return open(ctx, url, collections)
		},
	}
}

func open(ctx context.Context, url string, collections store.Catalog) (_ *Engine, err error) {
	opts, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	file, err := prepareFile(opts.path)
	if err != nil {
		return nil, err
	}
	e := &Engine{file: file, tables: tablesOf(collections), closed: make(chan struct{})}
	defer func() {
		if err != nil {
			err = translate(err)
			_ = e.Close()
		}
	}()
	if e.writer, err = newWriter(ctx, opts, file); err != nil {
		return nil, err
	}
	if err = e.writer.write(ctx, func(s *session) error { return migrate(s, e.tables) }); err != nil {
		return nil, fmt.Errorf("prepare tables: %w", err)
	}
	if e.readers, err = sql.Open("sqlite", opts.readerDSN()); err != nil {
		return nil, fmt.Errorf("open read pool: %w", err)
	}
	e.readers.SetMaxOpenConns(opts.readers)
	e.readers.SetMaxIdleConns(opts.readers)
	if err = e.prepareReads(ctx); err != nil {
		return nil, err
	}
	return e, nil
}
