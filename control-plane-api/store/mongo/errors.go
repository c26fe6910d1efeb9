package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// errDuplicate says that the id or the unique value is taken. It never leaves the package, and doesn't wrap the server's error, which repeats values.
var errDuplicate = errors.New("duplicate key")

// Server codes, by what they mean for us.
const (
	codeUnauthorized         = 13
	codeAuthenticationFailed = 18
	codeMaxTimeExpired       = 50
	codeTooLarge             = 10334
	codeDiskFull             = 14031
)

// labelRetryable is how servers and the driver mark a write whose failure says nothing about it.
const labelRetryable = "RetryableWriteError"

// interrupted are the codes of a server that stopped before or while it did what it was told: host unreachable or not found, network
// time-out, shutting down, stepping down, time limit, socket error, not or no longer primary, interrupted.
func interrupted(code int) bool {
	return slices.Contains([]int{6, 7, 89, 91, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436}, code)
}

// readError adds the store's error to one that the driver made. Errors that already carry one pass through.
func (e *Engine) readError(ctx context.Context, err error) error {
	switch {
	case err == nil, isStoreError(err):
		return err
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.ErrNotFound
	case e.isClosed():
		return errClosed()
	case ctx.Err() != nil:
		return ctx.Err()
	case mongo.IsTimeout(err):
		return timeout(ctx, err)
	case mongo.IsNetworkError(err), notSent(err), errors.Is(err, mongo.ErrClientDisconnected):
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	var answer mongo.ServerError
	if !errors.As(err, &answer) {
		return err
	}
	for _, code := range answer.ErrorCodes() {
		switch {
		case interrupted(code), code == codeUnauthorized, code == codeAuthenticationFailed, code == codeDiskFull:
			return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
		case code == codeTooLarge:
			return fmt.Errorf("%w: %w", store.ErrInvalid, err)
		}
	}
	return err
}

// timeout tells the end of the caller's time, which the driver or the server may see a moment before the context does, from the store's own
// limits: of a call without a deadline, and of the wait for a primary.
func timeout(ctx context.Context, err error) error {
	if _, has := ctx.Deadline(); has && !notSent(err) {
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// writeError is readError for writes: it adds ErrUnknown where the write may have been applied.
func (e *Engine) writeError(ctx context.Context, err error) error {
	switch {
	case err == nil, isStoreError(err):
		return err
	case outcomeOpen(err):
		return fmt.Errorf("%w: %w", store.ErrUnknown, unconfirmed(e.readError(ctx, err)))
	case mongo.IsDuplicateKeyError(err):
		return errDuplicate
	default:
		return e.readError(ctx, err)
	}
}

// unconfirmed names a lack of majority, which has no error of ours: the primary took the write but the others didn't confirm it.
func unconfirmed(err error) error {
	if failed := (mongo.WriteException{}); errors.As(err, &failed) && !isStoreError(err) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}

// outcomeOpen says whether a failed write may have been applied, or may still be. Only what the server clearly refused and what never
// left this process wasn't.
func outcomeOpen(err error) bool {
	if failed := (mongo.WriteException{}); errors.As(err, &failed) {
		// Without a majority even a refusal may be about data that will be rolled back.
		return failed.WriteConcernError != nil || len(failed.WriteErrors) == 0 || failed.HasErrorLabel(labelRetryable)
	}
	if failed := (mongo.CommandError{}); errors.As(err, &failed) {
		return failed.Code == 0 || failed.Code == codeMaxTimeExpired || interrupted(int(failed.Code)) ||
			mongo.IsNetworkError(err) || failed.HasErrorLabel(labelRetryable)
	}
	if failed := (mongo.MarshalError{}); errors.As(err, &failed) {
		return false
	}
	return !notSent(err) && !errors.Is(err, mongo.ErrClientDisconnected)
}

// notSent says that the call ended before it had a connection: no primary was found, the pool had none, or connecting failed. The driver
// reports these only when no earlier attempt of the same call was sent.
func notSent(err error) bool {
	if failed := (mongo.CommandError{}); errors.As(err, &failed) {
		return false
	}
	var (
		selection topology.ServerSelectionError
		queue     topology.WaitQueueTimeoutError
		connect   topology.ConnectionError
	)
	return errors.As(err, &selection) || errors.As(err, &queue) || errors.As(err, &connect)
}

func isStoreError(err error) bool {
	for _, known := range []error{
		store.ErrNotFound, store.ErrExists, store.ErrUnique, store.ErrStale, store.ErrUnavailable, store.ErrInvalid,
		store.ErrUnsupported, store.ErrUnknown,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
