package httpapi

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// TestS5ARushWaitsInLine is control S5: what does not fit waits in a bounded line, and is turned away when that is full or
// when it has waited long enough.
func TestS5ARushWaitsInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(2, 2*time.Second)
		require.NoError(t, r.enter(t.Context()))
		require.NoError(t, r.enter(t.Context()))
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- r.enter(t.Context()) }()
		synctest.Wait()
		go func() { second <- r.enter(t.Context()) }()
		synctest.Wait()
		began := time.Now()
		require.True(t, failure.Is(r.enter(t.Context()), failure.Unavailable), "as many wait as there are places")
		require.Zero(t, time.Since(began), "and the next one is told at once")

		r.leave()
		require.NoError(t, <-first, "who came first goes first")
		require.Equal(t, "overloaded", failure.CodeOf(<-second))
		require.Equal(t, 2*time.Second, time.Since(began))

		r.leave()
		require.NoError(t, r.enter(t.Context()), "who gave up is not in line any more")
	})
}

func TestWhoLeavesTheLineIsNotLetIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(1, time.Minute)
		require.NoError(t, r.enter(t.Context()))
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { gone <- r.enter(ctx) }()
		synctest.Wait()
		cancel()
		require.Error(t, <-gone)
		require.Zero(t, r.waiting.Load())
		r.leave()
		require.NoError(t, r.enter(t.Context()))
	})
}

func TestARoomWithoutABound(t *testing.T) {
	var r *room
	for range 1000 {
		require.NoError(t, r.enter(t.Context()))
	}
	r.leave()
}
