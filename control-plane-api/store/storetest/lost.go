package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// testLostAnswers ends the context at all moments of a write. Whatever the caller is told, the document then holds the write or not, as
// told; and where the outcome is unknown, looking up the write id and trying again applies it exactly once.
func testLostAnswers(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	d := small("a")
	require.NoError(t, e.Insert(ctx, things, d))
	took := replaceTime(ctx, t, e)
	d, err := e.Get(ctx, things, "a")
	require.NoError(t, err)

	const rounds = 120
	for i := range rounds {
		write := fmt.Sprintf("write-%d", i)
		up := next(d, write)
		up.Changes = up.Changes[max(0, len(up.Changes)-16):]
		short, cancel := context.WithTimeout(ctx, time.Duration(i)*2*took/rounds)
		err := e.Replace(short, things, up, d.Version)
		cancel()

		got, readErr := e.Get(ctx, things, "a")
		require.NoError(t, readErr)
		switch {
		case err == nil:
			require.True(t, hasWrite(t, got, write), "acknowledged")
		case errors.Is(err, store.ErrUnknown):
			if !hasWrite(t, got, write) {
				if err := e.Replace(ctx, things, up, d.Version); err != nil {
					require.ErrorIs(t, err, store.ErrStale, "the first attempt was still on its way")
				}
				got, readErr = e.Get(ctx, things, "a")
				require.NoError(t, readErr)
			}
			require.True(t, hasWrite(t, got, write), "looked up or tried again")
		default:
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, d.Version, got.Version, "refused writes aren't applied")
		}
		require.LessOrEqual(t, got.Version, up.Version, "applied twice")
		d = got
	}
}

// replaceTime is about how long a replace takes.
func replaceTime(ctx context.Context, t testing.TB, e store.Engine) time.Duration {
	t.Helper()
	const n = 5
	start := time.Now()
	_, err := increment(ctx, e, "a", "warm-up", n)
	require.NoError(t, err)
	return time.Since(start) / n
}

func testEndedContexts(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	d := small("a")
	require.NoError(t, e.Insert(ctx, things, d))
	ended, cancel := context.WithCancel(ctx)
	cancel()

	calls := map[string]func() error{
		"insert":      func() error { return e.Insert(ended, things, small("b")) },
		"replace":     func() error { return e.Replace(ended, things, next(d, "w"), 1) },
		"mark":        func() error { return e.Mark(ended, things, "a", 1, 1, 1, false) },
		"delete":      func() error { return e.Delete(ended, things, "a", 1) },
		"get":         func() error { _, err := e.Get(ended, things, "a"); return err },
		"get unique":  func() error { _, err := e.GetUnique(ended, things, "a"); return err },
		"find":        func() error { _, err := e.Find(ended, things, store.Query{}); return err },
		"count":       func() error { _, err := e.Count(ended, things, store.Query{}); return err },
		"delete many": func() error { _, err := e.DeleteMany(ended, things, store.Query{IDs: []string{"a"}}, 1); return err },
		"ping":        func() error { return e.Ping(ended) },
		"meta":        func() error { _, err := e.Meta(ended); return err },
		"renew epoch": func() error { _, err := e.RenewEpoch(ended); return err },
	}
	for name, call := range calls {
		err := call()
		require.ErrorIs(t, err, context.Canceled, name)
		require.NotErrorIs(t, err, store.ErrUnknown, name)
	}
	got, err := e.Find(ctx, things, store.Query{})
	require.NoError(t, err)
	d.Unique = "a"
	require.Equal(t, []store.Document{d}, got, "nothing was applied")
}
