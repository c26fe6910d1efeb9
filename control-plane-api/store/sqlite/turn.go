package sqlite

import (
	"context"
	"errors"
	"sync/atomic"
)

// Where a turn stands.
const (
	turnWaiting int32 = iota
	// turnTaken is in a transaction.
	turnTaken
	// turnLeft was given up by its caller before it was taken.
	turnLeft
)

// turn is one write that waits for its transaction, or is in it.
type turn struct {
	ctx   context.Context
	fn    func(*session) error
	state atomic.Int32
	// failed is why its own work was undone; nil when it stands.
	failed error
	// committing is closed when the statements stand and the commit begins.
	committing chan struct{}
	done       chan error
}

func newTurn(ctx context.Context, fn func(*session) error) *turn {
	return &turn{ctx: ctx, fn: fn, committing: make(chan struct{}), done: make(chan error, 1)}
}

// take is the writer's: false when the caller has left.
func (t *turn) take() bool { return t.state.CompareAndSwap(turnWaiting, turnTaken) }

// leave is the caller's: false when the writer has taken the turn.
func (t *turn) leave() bool { return t.state.CompareAndSwap(turnWaiting, turnLeft) }

func (t *turn) left() bool { return t.state.Load() == turnLeft }

// answer tells the caller, if it still listens, how it went.
func (t *turn) answer(err error) { t.done <- err }

// settle answers a turn when its transaction has ended: with the transaction's error, or its own.
func (t *turn) settle(transaction error) {
	switch {
	case t.failed != nil && (transaction == nil || isEnd(t.failed) || !isStoreError(t.failed)):
		t.answer(translate(t.failed))
	default:
		t.answer(transaction)
	}
}

// isEnd reports that a context has ended, which is true whatever became of the transaction.
func isEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
