package storetest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestFaulty(t *testing.T) {
	ctx := context.Background()
	f := storetest.Faulty(storetest.New(t, store.Collection{Name: "things"}), nil)
	d := store.Document{ID: "a", Version: 1}
	require.NoError(t, f.Insert(ctx, "things", d), "no hook, no fault")

	f.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}, storetest.Replace))
	d.Version = 2
	require.ErrorIs(t, f.Replace(ctx, "things", d, 1), store.ErrUnavailable)
	got, err := f.Get(ctx, "things", "a")
	require.NoError(t, err)
	require.Equal(t, int64(1), got.Version, "a failed call has no effect")

	f.SetHook(storetest.OnCall(storetest.Replace, 1, storetest.Fault{Lose: store.ErrUnknown}))
	require.ErrorIs(t, f.Replace(ctx, "things", d, 1), store.ErrUnknown)
	got, err = f.Get(ctx, "things", "a")
	require.NoError(t, err)
	require.Equal(t, int64(2), got.Version, "a lost answer has its effect")
	d.Version = 3
	require.NoError(t, f.Replace(ctx, "things", d, 2), "only the first call was hit")

	f.SetHook(storetest.Always(storetest.Fault{Lose: store.ErrUnavailable}))
	got, err = f.Get(ctx, "things", "a")
	require.ErrorIs(t, err, store.ErrUnavailable)
	require.Empty(t, got)

	f.SetHook(storetest.Always(storetest.Fault{Delay: time.Hour}))
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	require.ErrorIs(t, f.Ping(short), context.DeadlineExceeded)
}

// TestFaultyInterleaves shows how a test lets another writer in at a chosen moment.
func TestFaultyInterleaves(t *testing.T) {
	ctx := context.Background()
	inner := storetest.New(t, store.Collection{Name: "things"})
	require.NoError(t, inner.Insert(ctx, "things", store.Document{ID: "a", Version: 1}))
	f := storetest.Faulty(inner, storetest.OnCall(storetest.Get, 1, storetest.Fault{Then: func() {
		require.NoError(t, inner.Replace(ctx, "things", store.Document{ID: "a", Version: 2}, 1))
	}}))
	d, err := f.Get(ctx, "things", "a")
	require.NoError(t, err)
	require.Equal(t, int64(1), d.Version)
	d.Version = 2
	require.ErrorIs(t, f.Replace(ctx, "things", d, 1), store.ErrStale)
}

func TestHookSeesEveryCall(t *testing.T) {
	ctx := context.Background()
	var ops []storetest.Op
	var writes int
	f := storetest.Faulty(nil, func(_ context.Context, call storetest.Call) storetest.Fault {
		ops = append(ops, call.Op)
		if call.Writes() {
			writes++
		}
		return storetest.Fault{Fail: store.ErrUnavailable}
	})
	for _, call := range []func() error{
		func() error { return f.Insert(ctx, "c", store.Document{}) },
		func() error { _, err := f.Get(ctx, "c", "a"); return err },
		func() error { _, err := f.GetUnique(ctx, "c", "a"); return err },
		func() error { return f.Replace(ctx, "c", store.Document{}, 1) },
		func() error { return f.Mark(ctx, "c", "a", 1, 1, 1, true) },
		func() error { return f.Delete(ctx, "c", "a", 1) },
		func() error { _, err := f.DeleteMany(ctx, "c", store.Query{}, 1); return err },
		func() error { _, err := f.Find(ctx, "c", store.Query{}); return err },
		func() error { _, err := f.Count(ctx, "c", store.Query{}); return err },
		func() error { _, err := f.Meta(ctx); return err },
		func() error { _, err := f.RenewEpoch(ctx); return err },
		func() error { return f.Ping(ctx) },
	} {
		require.ErrorIs(t, call(), store.ErrUnavailable)
	}
	require.Equal(t, []storetest.Op{
		storetest.Insert, storetest.Get, storetest.GetUnique, storetest.Replace, storetest.Mark, storetest.Delete, storetest.DeleteMany,
		storetest.Find, storetest.Count, storetest.GetMeta, storetest.RenewEpoch, storetest.Ping,
	}, ops)
	require.Equal(t, 6, writes)
}
