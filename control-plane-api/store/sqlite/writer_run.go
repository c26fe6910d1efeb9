package sqlite

import (
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// maxTurns bounds how many writes share a transaction, so that none waits long for the others' statements.
	maxTurns = 128
	// longestPoll is the longest wait between two looks for a lock that another process holds. SQLite's own busy handler waits
	// up to 100 ms, which lets a process that writes all the time shut others out.
	longestPoll = 5 * time.Millisecond
)

// errLeft says that nobody waits any more for what was tried.
var errLeft = errors.New("the caller has left")

// run serves the line until the writer is closed.
func (w *writer) run() {
	defer close(w.ended)
	defer w.drop()
	for {
		select {
		case <-w.closed:
			return
		default:
		}
		select {
		case <-w.closed:
			return
		case t := <-w.line:
			w.serve(t)
		}
	}
}

// serve runs one transaction: for the turn that is given, and for those that have come in line by the time it has the lock.
func (w *writer) serve(first *turn) {
	if err := w.begin(first); err != nil {
		if first.take() {
			first.answer(err)
		}
		return
	}
	taken, stand, err := w.statements(first)
	switch {
	case err != nil:
		// The transaction is lost with all that was in it: nothing of it was written.
		w.rollback()
		err = fmt.Errorf("%w: the transaction was undone: %w", store.ErrUnavailable, err)
	case stand == 0:
		w.rollback()
	default:
		err = w.commit(taken)
	}
	// Also what a turn was refused is true only now: it may have been for what another one did.
	for _, t := range taken {
		t.settle(err)
	}
}

// begin opens the transaction, waiting for other processes for as long as the turn's caller does.
func (w *writer) begin(t *turn) error {
	if err := w.file.check(); err != nil {
		return err
	}
	return waitBusy(longestPoll, func() error {
		switch {
		case t.left():
			return errLeft
		case w.isClosed():
			return errClosed()
		}
		if err := w.connect(); err != nil {
			return err
		}
		_, err := w.session.exec("BEGIN IMMEDIATE")
		if err != nil && !isBusy(err) {
			w.drop()
		}
		return err
	})
}

// statements runs turns inside the transaction. taken are those that were not answered, stand is how many of them did not
// fail. An error means that the transaction is lost.
func (w *writer) statements(first *turn) (taken []*turn, stand int, err error) {
	for t := first; t != nil; t = w.next(len(taken)) {
		if !t.take() {
			continue
		}
		if ended := t.ctx.Err(); ended != nil {
			t.answer(ended)
			continue
		}
		taken = append(taken, t)
		if t.failed, err = w.statement(t); err != nil {
			return taken, stand, err
		}
		if t.failed == nil {
			stand++
		}
	}
	return taken, stand, nil
}

// next takes who waits in line by now; nil when no one does, and when the transaction has all the turns it may. Who is not
// taken stays in line.
func (w *writer) next(taken int) *turn {
	if taken >= maxTurns {
		return nil
	}
	select {
	case t := <-w.line:
		return t
	default:
		return nil
	}
}

// statement runs a turn so that it can be undone alone. failed is the turn's own error; err says that it could not be undone.
func (w *writer) statement(t *turn) (failed, err error) {
	if _, err := w.session.exec("SAVEPOINT turn"); err != nil {
		return nil, err
	}
	if failed = t.fn(w.session); failed == nil {
		failed = t.ctx.Err()
	}
	if failed != nil {
		if _, err := w.session.exec("ROLLBACK TO turn"); err != nil {
			return failed, err
		}
	}
	_, err = w.session.exec("RELEASE turn")
	return failed, err
}

// commit ends the transaction.
func (w *writer) commit(taken []*turn) error {
	for _, t := range taken {
		close(t.committing)
	}
	_, err := w.session.exec("COMMIT")
	if err == nil {
		return nil
	}
	w.rollback()
	// Part of the commit may have reached the disk: after a crash it could even come back.
	return fmt.Errorf("commit: %w: %w", store.ErrUnknown, translate(err))
}

func (w *writer) isClosed() bool {
	select {
	case <-w.closed:
		return true
	default:
		return false
	}
}
