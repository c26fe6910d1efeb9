package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testExpiry(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	for i := range 6 {
		d := small(fmt.Sprintf("t%d", i))
		at := day.Add(time.Duration(i) * time.Minute)
		d.ExpiresAt = &at
		d.Index = map[string]string{"rank": fmt.Sprint(9 - i)}
		require.NoError(t, e.Insert(ctx, things, d))
	}
	require.NoError(t, e.Insert(ctx, things, small("forever")))

	until := day.Add(4 * time.Minute)
	expired := store.Query{ExpiredBefore: &until}
	require.Equal(t, []string{"t0", "t1", "t2", "t3"}, find(ctx, t, e, expired), "the moment itself is not before")

	n, err := e.DeleteMany(ctx, things, store.Query{ExpiredBefore: &until, Sort: "rank"}, 1)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"t0", "t1", "t2"}, find(ctx, t, e, expired), "the order decides which goes first")
	n, err = e.DeleteMany(ctx, things, expired, 2)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = e.DeleteMany(ctx, things, expired, 2)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = e.DeleteMany(ctx, things, expired, 2)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, []string{"forever", "t4", "t5"}, find(ctx, t, e, store.Query{}))

	_, err = e.DeleteMany(ctx, things, store.Query{}, 10)
	require.ErrorIs(t, err, store.ErrInvalid, "a sweep without a condition would empty the collection")
	_, err = e.DeleteMany(ctx, things, store.Query{Limit: 5, Skip: 1}, 10)
	require.ErrorIs(t, err, store.ErrInvalid, "a page is no condition")
	_, err = e.DeleteMany(ctx, things, expired, 0)
	require.ErrorIs(t, err, store.ErrInvalid)
	n, err = e.DeleteMany(ctx, things, store.Query{IDs: []string{}}, 10)
	require.NoError(t, err)
	require.Zero(t, n)
}
