package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// writer lets one write transaction at a time through to the file.
type writer struct {
	db   *sql.DB
	file dataFile
	busy time.Duration
	// slot holds its token while no write is in progress. Whoever takes the token owns session.
	slot    chan struct{}
	session *session
}

func newWriter(o options, file dataFile) (*writer, error) {
	db, err := sql.Open("sqlite", o.writerDSN())
	if err != nil {
		return nil, fmt.Errorf("open writer: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(-1) // the session holds the connection; one that comes back is never used again
	w := &writer{db: db, file: file, busy: o.busy, slot: make(chan struct{}, 1)}
	w.slot <- struct{}{}
	return w, nil
}

// write runs fn inside BEGIN IMMEDIATE and commits. An error without ErrUnknown means that nothing was written.
func (w *writer) write(ctx context.Context, fn func(*session) error) error {
	deadline := time.Now().Add(w.busy)
	if err := w.acquire(ctx, deadline); err != nil {
		return err
	}
	if err := w.begin(ctx, deadline); err != nil {
		w.release()
		return err
	}
	err := fn(w.session)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		w.rollback()
		w.release()
		return translate(err)
	}
	return w.commit(ctx)
}

// acquire takes the slot, within the context and the busy time-out.
func (w *writer) acquire(ctx context.Context, deadline time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-w.slot:
		return nil
	default:
	}
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-w.slot:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fmt.Errorf("%w: no turn to write within %s", store.ErrUnavailable, w.busy)
	}
}

func (w *writer) release() { w.slot <- struct{}{} }

// begin opens the transaction, waiting for other processes. It polls in shorter steps than SQLite's own busy handler, whose
// waits of up to 100 ms let a process that writes all the time shut others out.
func (w *writer) begin(ctx context.Context, deadline time.Time) error {
	const longest = 5 * time.Millisecond
	if err := w.file.check(); err != nil {
		return err
	}
	return w.waitBusy(ctx, deadline, longest, func() error {
		if err := w.connect(ctx); err != nil {
			return err
		}
		_, err := w.session.exec("BEGIN IMMEDIATE")
		if err != nil && !isBusy(err) {
			w.drop()
		}
		return err
	})
}

// waitBusy repeats try while another process holds the lock, until the deadline or the context's end.
func (w *writer) waitBusy(ctx context.Context, deadline time.Time, longest time.Duration, try func() error) error {
	for pause := 250 * time.Microsecond; ; pause = min(2*pause, longest) {
		err := try()
		if err == nil || !isBusy(err) {
			return translate(err)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: locked by another process for %s", store.ErrUnavailable, w.busy)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// connect makes the session when there is none (at first, and after a rollback failed).
func (w *writer) connect(ctx context.Context) error {
	if w.session != nil {
		return nil
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	w.session = &session{conn: conn, statements: map[string]*sql.Stmt{}}
	return nil
}

// commit ends the transaction and gives the slot back. When the context ends first it leaves the commit to finish on its own and reports
// ErrUnknown.
func (w *writer) commit(ctx context.Context) error {
	finish := func() error {
		defer w.release()
		_, err := w.session.exec("COMMIT")
		if err == nil {
			return nil
		}
		w.rollback()
		// Part of the commit may have reached the disk: after a crash it could even come back.
		return fmt.Errorf("commit: %w: %w", store.ErrUnknown, translate(err))
	}
	if ctx.Done() == nil {
		return finish()
	}
	done := make(chan error, 1)
	go func() { done <- finish() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	default:
		return fmt.Errorf("commit: %w: %w", store.ErrUnknown, ctx.Err())
	}
}

// rollback leaves the session without a transaction, or drops it: SQLite ends some transactions by itself, and then can't roll back.
func (w *writer) rollback() {
	if _, err := w.session.exec("ROLLBACK"); err != nil {
		w.drop()
	}
}

// drop closes the session's connection; the next write makes a new one.
func (w *writer) drop() {
	if w.session != nil {
		w.session.discard()
		w.session = nil
	}
}

// enterWAL switches the file to write-ahead logging, which it remembers.
func (w *writer) enterWAL(ctx context.Context) error {
	deadline := time.Now().Add(w.busy)
	if err := w.acquire(ctx, deadline); err != nil {
		return err
	}
	defer w.release()
	return w.waitBusy(ctx, deadline, 20*time.Millisecond, func() error {
		if err := w.connect(ctx); err != nil {
			return err
		}
		var mode string
		if err := w.session.conn.QueryRowContext(ctx, "PRAGMA journal_mode = wal").Scan(&mode); err != nil {
			return err
		}
		if mode != "wal" {
			return fmt.Errorf("%w: the file system does not allow write-ahead logging (journal mode %s)", store.ErrUnavailable, mode)
		}
		return nil
	})
}

// close waits for the write in progress and closes the connection. The slot's token is never given back.
func (w *writer) close() error {
	<-w.slot
	w.drop()
	return w.db.Close()
}
