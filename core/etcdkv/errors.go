package etcdkv

import (
	"context"
	"errors"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Errors that a caller tells apart with errors.Is.
var (
	// ErrCompacted means that the revision asked for is no longer kept: list again.
	ErrCompacted = failure.New(failure.Precondition, "etcd_compacted", "the revision asked for is compacted")
	// ErrFutureRevision means that the store has not reached the revision asked for: it was wiped or restored.
	ErrFutureRevision = failure.New(failure.Precondition, "etcd_future_revision", "the revision asked for lies in the future")
	// ErrNoLeader means that the member that answers sees no leader of the etcd cluster.
	ErrNoLeader = failure.New(failure.Unavailable, "etcd_no_leader", "etcd has no leader")
	// ErrLeaseGone means that the lease has expired or was revoked.
	ErrLeaseGone = failure.New(failure.NotFound, "etcd_lease_gone", "the lease is gone")
	// ErrKeyTaken means that a key is held by another lease.
	ErrKeyTaken = failure.New(failure.Conflict, "etcd_key_taken", "the key is held by another lease")
	// ErrWatchEnded means that the server ended a watch without a reason.
	ErrWatchEnded = failure.New(failure.Unavailable, "etcd_watch_ended", "the watch ended")
	// ErrClosed means that the client was closed.
	ErrClosed = failure.New(failure.Unavailable, "etcd_closed", "the etcd client is closed")
)

// translate makes a failure of an error of etcd's client; nil stays nil.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f
	}
	err = rpctypes.Error(err)
	switch {
	case errors.Is(err, rpctypes.ErrCompacted):
		return ErrCompacted
	case errors.Is(err, rpctypes.ErrFutureRev):
		return ErrFutureRevision
	case errors.Is(err, rpctypes.ErrNoLeader):
		return ErrNoLeader
	case errors.Is(err, rpctypes.ErrLeaseNotFound):
		return ErrLeaseGone
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return failure.Wrap(err, failure.Unavailable, "etcd_unavailable", "etcd did not answer in time")
	}
	return translateCode(err)
}

func translateCode(err error) error {
	code := status.Code(err)
	if e, ok := errors.AsType[rpctypes.EtcdError](err); ok {
		code = e.Code()
	}
	switch code {
	case codes.PermissionDenied:
		return failure.Wrap(err, failure.Forbidden, "etcd_forbidden", "etcd does not permit this to its user")
	case codes.Unauthenticated:
		return failure.Wrap(err, failure.Unauthenticated, "etcd_unauthenticated", "etcd does not know the user")
	case codes.ResourceExhausted:
		return failure.Wrap(err, failure.Unavailable, "etcd_full", "etcd has no room or is overloaded")
	case codes.InvalidArgument:
		// A wrong password arrives with this code as well as a request that is too large; neither helps to repeat at once,
		// and both may be cured from outside.
		return failure.Wrap(err, failure.Internal, "etcd_rejected", "etcd rejected the request")
	default:
		return failure.Wrap(err, failure.Unavailable, "etcd_unavailable", "etcd does not answer")
	}
}
