package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// connect makes the session when there is none (at first, and after a rollback failed).
func (w *writer) connect() error {
	if w.session != nil {
		return nil
	}
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return err
	}
	w.session = &session{conn: conn, statements: map[string]*sql.Stmt{}}
	return nil
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
	return waitBusy(4*longestPoll, func() error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(deadline):
			return fmt.Errorf("%w: locked by another process for %s", store.ErrUnavailable, w.busy)
		}
		if err := w.connect(); err != nil {
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

// waitBusy repeats try while another process holds the lock, in steps of at most longest. try tells when to give up.
func waitBusy(longest time.Duration, try func() error) error {
	for pause := 250 * time.Microsecond; ; pause = min(2*pause, longest) {
		err := try()
		if !isBusy(err) {
			return translate(err)
		}
		<-time.After(pause)
	}
}
