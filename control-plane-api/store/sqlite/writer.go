package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// maxLine is how many writes wait in line at most; the callers of further ones wait to enter it, within the same time.
const maxLine = 1024

// writer is the only one of this process that writes to the file. Writes that wait at the same time share a transaction, and
// with it the flush to disk; each stands or falls for itself.
type writer struct {
	db   *sql.DB
	file dataFile
	busy time.Duration
	line chan *turn
	// session belongs to run, once that has begun.
	session *session

	closing sync.Once
	closed  chan struct{}
	ended   chan struct{}
}

// newWriter opens the file, switches it to write-ahead logging and begins to serve. close ends it.
func newWriter(ctx context.Context, o options, file dataFile) (*writer, error) {
	db, err := sql.Open("sqlite", o.writerDSN())
	if err != nil {
		return nil, fmt.Errorf("open writer: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(-1) // the session holds the connection; one that comes back is never used again
	w := &writer{
		db: db, file: file, busy: o.busy, line: make(chan *turn, maxLine), closed: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := w.enterWAL(ctx); err != nil {
		w.drop()
		_ = db.Close()
		return nil, fmt.Errorf("switch to the write-ahead log: %w", err)
	}
	go w.run()
	return w, nil
}

// write runs fn inside a transaction and commits it. fn may be one of several in it, and what it did is undone where it
// fails. An error without ErrUnknown means that nothing was written.
func (w *writer) write(ctx context.Context, fn func(*session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := newTurn(ctx, fn)
	patience := time.NewTimer(w.busy)
	defer patience.Stop()
	select {
	case w.line <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closed:
		return errClosed()
	case <-patience.C:
		return w.impatient()
	}
	select {
	case err := <-t.done:
		return err
	case <-w.ended:
		return w.afterEnd(t)
	case <-ctx.Done():
		if t.leave() {
			return ctx.Err()
		}
	case <-patience.C:
		if t.leave() {
			return w.impatient()
		}
	}
	return w.outcome(ctx, t)
}

func (w *writer) impatient() error {
	return fmt.Errorf("%w: no turn to write within %s", store.ErrUnavailable, w.busy)
}

// afterEnd judges a turn of a writer that serves no more: it was answered before, or never taken.
func (w *writer) afterEnd(t *turn) error {
	select {
	case err := <-t.done:
		return err
	default:
		return errClosed()
	}
}

// outcome waits for a turn that is being served. When the context ends during its commit it leaves the commit to finish on
// its own and reports ErrUnknown.
func (w *writer) outcome(ctx context.Context, t *turn) error {
	select {
	case err := <-t.done:
		return err
	case <-ctx.Done():
	}
	// A turn whose commit has not begun sees the end of the context itself.
	select {
	case err := <-t.done:
		return err
	case <-t.committing:
	}
	select {
	case err := <-t.done:
		return err
	default:
		return fmt.Errorf("commit: %w: %w", store.ErrUnknown, ctx.Err())
	}
}

// close waits for the transaction in progress and closes the connection. Who waits in line is answered that it is closed.
func (w *writer) close() error {
	w.closing.Do(func() { close(w.closed) })
	<-w.ended
	return w.db.Close()
}
