package mongo

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// testTime is longer than any test takes.
const testTime = time.Minute

// nobody is the address of a port that nobody listens on.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func TestOpenWithoutServer(t *testing.T) {
	collections := []store.Collection{{Name: "things"}}
	url := "mongodb://user:hunter2@" + nobody(t) + "/lcm?serverSelectionTimeoutMS=150"
	_, err := store.Open(t.Context(), url, collections, Driver())
	require.ErrorIs(t, err, store.ErrUnavailable)
	require.NotErrorIs(t, err, store.ErrUnknown)
	require.NotContains(t, err.Error(), "hunter2")

	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = store.Open(short, url, collections, Driver())
	require.ErrorIs(t, err, context.DeadlineExceeded, "the caller's deadline comes first")
}

func TestBound(t *testing.T) {
	e := &Engine{patience: time.Minute}
	ctx, cancel := e.bound(t.Context())
	defer cancel()
	_, has := ctx.Deadline()
	require.True(t, has, "a call without a deadline gets one")

	short, cancelShort := context.WithTimeout(t.Context(), time.Hour)
	defer cancelShort()
	ctx, cancel = e.bound(short)
	defer cancel()
	want, _ := short.Deadline()
	got, _ := ctx.Deadline()
	require.Equal(t, want, got, "the caller's own stays")
}
