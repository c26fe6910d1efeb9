package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testStale(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	d := small("a")
	require.NoError(t, e.Insert(ctx, things, d))
	d2 := next(d, "w2")
	require.NoError(t, e.Replace(ctx, things, d2, 1))

	late := next(d, "late")
	late.Version = 9
	require.ErrorIs(t, e.Replace(ctx, things, late, 1), store.ErrStale, "built on an older version")
	require.ErrorIs(t, e.Replace(ctx, things, late, 3), store.ErrStale, "built on a version that never was")
	require.ErrorIs(t, e.Mark(ctx, things, "a", 1, 1, 1, false), store.ErrStale)
	require.ErrorIs(t, e.Delete(ctx, things, "a", 1), store.ErrStale)

	got, err := e.Get(ctx, things, "a")
	require.NoError(t, err)
	require.Equal(t, int64(2), got.Version)
	require.False(t, hasWrite(t, got, "late"))
	require.Zero(t, got.Journaled)
}

// increment adds n changes to the document, each under the version it read, and returns the versions it made.
func increment(ctx context.Context, e store.Engine, id, writer string, n int) ([]int64, error) {
	var won []int64
	for len(won) < n {
		d, err := e.Get(ctx, things, id)
		if err != nil {
			return won, err
		}
		up := next(d, fmt.Sprintf("%s-%d", writer, len(won)))
		switch err := e.Replace(ctx, things, up, d.Version); {
		case err == nil:
			won = append(won, up.Version)
		case !errors.Is(err, store.ErrStale): // stale: another writer was first; the test's deadline bounds the loop
			return won, err
		}
	}
	return won, nil
}

// requireOneWinnerEach checks that n versions above 1 were made, each by one writer, and that the document holds all their writes.
func requireOneWinnerEach(ctx context.Context, t testing.TB, e store.Engine, id string, won []int64, n int) {
	t.Helper()
	seen := map[int64]bool{}
	for _, v := range won {
		require.False(t, seen[v], "version %d has two winners", v)
		seen[v] = true
	}
	d, err := e.Get(ctx, things, id)
	require.NoError(t, err)
	require.Equal(t, int64(1+n), d.Version)
	require.Len(t, d.Changes, 1+n, "every acknowledged change is there")
}

// load lets writers increment one document at the same time, writer i through engines[i % len].
func load(ctx context.Context, t testing.TB, engines []store.Engine, id string, writers, each int) []int64 {
	t.Helper()
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		won  []int64
		errs []error
	)
	for i := range writers {
		wg.Go(func() {
			mine, err := increment(ctx, engines[i%len(engines)], id, fmt.Sprintf("w%d", i), each)
			mu.Lock()
			defer mu.Unlock()
			won, errs = append(won, mine...), append(errs, err)
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	return won
}

func testConcurrentWriters(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	require.NoError(t, e.Insert(ctx, things, small("a")))
	won := load(ctx, t, []store.Engine{e}, "a", 8, 20)
	requireOneWinnerEach(ctx, t, e, "a", won, 8*20)
}

func testConcurrentInserts(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	const writers, rounds = 6, 5
	for round := range rounds {
		var wg sync.WaitGroup
		var sameID, sameUnique atomic.Int64
		errs := make(chan error, 2*writers)
		for i := range writers {
			wg.Go(func() {
				d := small(fmt.Sprintf("id-%d", round))
				errs <- tally(e.Insert(ctx, things, d), store.ErrExists, &sameID)
				d = small(fmt.Sprintf("id-%d-%d", round, i))
				d.Unique = fmt.Sprintf("unique-%d", round)
				errs <- tally(e.Insert(ctx, things, d), store.ErrUnique, &sameUnique)
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, int64(1), sameID.Load(), "one of the inserts of an id wins")
		require.Equal(t, int64(1), sameUnique.Load(), "one of the inserts of a unique value wins")
	}
}

// tally counts a success and lets the expected refusal pass.
func tally(err, expected error, successes *atomic.Int64) error {
	if err == nil {
		successes.Add(1)
		return nil
	}
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
