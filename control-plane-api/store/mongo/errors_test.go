package mongo

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func refused(code int) error {
	return mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: code, Message: "secret value"}}}
}

func broken(labels ...string) error { return mongo.CommandError{Message: "reset", Labels: labels} }

func TestWriteErrors(t *testing.T) {
	e := &Engine{closed: make(chan struct{})}
	noMajority := mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64, Message: "waiting for replication timed out"}}
	selection := topology.ServerSelectionError{Wrapped: context.DeadlineExceeded}
	for _, c := range []struct {
		reason  string
		err     error
		want    error
		unknown bool
	}{
		{"duplicate", refused(11000), errDuplicate, false},
		{"too large", refused(10334), store.ErrInvalid, false},
		{"not allowed", mongo.CommandError{Code: 13}, store.ErrUnavailable, false},
		{"disk full", refused(14031), store.ErrUnavailable, false},
		{"connection lost", broken("NetworkError"), store.ErrUnavailable, true},
		{"connection lost, tried again", broken("NetworkError", "RetryableWriteError"), store.ErrUnavailable, true},
		{"primary stepped down", mongo.CommandError{Code: 189, Labels: []string{"RetryableWriteError"}}, store.ErrUnavailable, true},
		{"interrupted", mongo.CommandError{Code: 11600}, store.ErrUnavailable, true},
		{"time limit at the server", mongo.CommandError{Code: 50}, store.ErrUnavailable, true},
		{"no majority confirmed", noMajority, store.ErrUnavailable, true},
		{"refused, but no majority confirmed", mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: 11000}},
			WriteConcernError: &mongo.WriteConcernError{Code: 64}}, store.ErrUnavailable, true},
		{"no primary", selection, store.ErrUnavailable, false},
		{"no connection free", topology.WaitQueueTimeoutError{Wrapped: context.DeadlineExceeded}, store.ErrUnavailable, false},
		{"connecting failed", topology.ConnectionError{Wrapped: errors.New("refused")}, store.ErrUnavailable, false},
		{"closed meanwhile", mongo.ErrClientDisconnected, store.ErrUnavailable, false},
		{"anything else", errors.New("surprise"), nil, true},
	} {
		err := e.writeError(t.Context(), c.err)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, c.reason)
		}
		require.Equal(t, c.unknown, errors.Is(err, store.ErrUnknown), c.reason)
	}
	require.NoError(t, e.writeError(t.Context(), nil))
	require.NotContains(t, e.writeError(t.Context(), refused(11000)).Error(), "secret", "the server repeats values")
}

func TestReadErrors(t *testing.T) {
	e := &Engine{closed: make(chan struct{})}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	limited, cancel := context.WithTimeout(t.Context(), testTime)
	defer cancel()
	for _, c := range []struct {
		reason string
		ctx    context.Context
		err    error
		want   error
	}{
		{"nothing found", t.Context(), mongo.ErrNoDocuments, store.ErrNotFound},
		{"not primary", t.Context(), mongo.CommandError{Code: 10107}, store.ErrUnavailable},
		{"connection lost", t.Context(), broken("NetworkError"), store.ErrUnavailable},
		{"the caller's end", ended, broken("NetworkError"), context.Canceled},
		{"the caller's deadline, noticed by the server first", limited, mongo.CommandError{Code: 50}, context.DeadlineExceeded},
		{"the store's own limit", t.Context(), mongo.CommandError{Code: 50}, store.ErrUnavailable},
	} {
		err := e.readError(c.ctx, c.err)
		require.ErrorIs(t, err, c.want, c.reason)
		require.NotErrorIs(t, err, store.ErrUnknown, c.reason)
	}
	close(e.closed)
	require.ErrorIs(t, e.readError(t.Context(), errors.New("surprise")), store.ErrUnavailable)
}
