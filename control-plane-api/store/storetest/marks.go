package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testMarks(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, e.Insert(ctx, things, small(id)))
	}
	require.ErrorIs(t, e.Mark(ctx, things, "nobody", 1, 1, 1, false), store.ErrNotFound)

	for _, step := range []struct {
		journaled, projected         int64
		dirty                        bool
		wantJournaled, wantProjected int64
		reason                       string
	}{
		{1, 0, true, 1, 0, "journal first"},
		{0, 1, false, 1, 1, "a lower mark leaves the stored one"},
		{1, 1, true, 1, 1, "work may come back, as when etcd lost a key"},
		{1, 1, false, 1, 1, "and be done again"},
	} {
		require.NoError(t, e.Mark(ctx, things, "a", 1, step.journaled, step.projected, step.dirty), step.reason)
		got, err := e.Get(ctx, things, "a")
		require.NoError(t, err)
		want := small("a")
		want.Unique, want.Journaled, want.Projected, want.Dirty = "a", step.wantJournaled, step.wantProjected, step.dirty
		require.Equal(t, want, got, step.reason)
	}

	dirty, clean := true, false
	require.Equal(t, []string{"b", "c"}, find(ctx, t, e, store.Query{Dirty: &dirty}))
	require.Equal(t, []string{"b"}, find(ctx, t, e, store.Query{Dirty: &dirty, Limit: 1}))
	require.Equal(t, []string{"a"}, find(ctx, t, e, store.Query{Dirty: &clean}))

	d, err := e.Get(ctx, things, "a")
	require.NoError(t, err)
	up := next(d, "w2")
	up.Journaled, up.Projected = 0, 0
	require.NoError(t, e.Replace(ctx, things, up, 1))
	d, err = e.Get(ctx, things, "a")
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1}, []int64{d.Journaled, d.Projected}, "replace doesn't lower a mark either")
	require.True(t, d.Dirty)
}

// testMarksRace: a relay that marks while a writer replaces never hides a change, and never sees a mark fall.
func testMarksRace(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	require.NoError(t, e.Insert(ctx, things, small("a")))
	const changes = 60
	done := make(chan error, 1)
	go func() {
		_, err := increment(ctx, e, "a", "writer", changes)
		done <- err
	}()
	marks := int64(0)
	for finished := false; !finished; {
		select {
		case err := <-done:
			require.NoError(t, err)
			finished = true // one more round, which nobody disturbs
		default:
		}
		marks = relay(ctx, t, e, marks, finished)
	}
	d, err := e.Get(ctx, things, "a")
	require.NoError(t, err)
	require.Equal(t, []int64{1 + changes, 1 + changes, 1 + changes}, []int64{d.Version, d.Journaled, d.Projected})
	require.False(t, d.Dirty)
	require.Len(t, d.Changes, 1+changes)
}

// relay does one round of a relay's work and returns the mark it saw.
func relay(ctx context.Context, t *testing.T, e store.Engine, before int64, alone bool) int64 {
	t.Helper()
	d, err := e.Get(ctx, things, "a")
	require.NoError(t, err)
	require.GreaterOrEqual(t, d.Projected, before, "a mark fell")
	require.LessOrEqual(t, d.Projected, d.Version)
	if !d.Dirty {
		require.Equal(t, d.Version, d.Projected, "a change is hidden: not projected and not dirty")
		return d.Projected
	}
	err = e.Mark(ctx, things, "a", d.Version, d.Version, d.Version, false)
	if !alone && errors.Is(err, store.ErrStale) {
		return d.Projected
	}
	require.NoError(t, err)
	return d.Version
}

func find(ctx context.Context, t testing.TB, e store.Engine, q store.Query) []string {
	t.Helper()
	found, err := e.Find(ctx, things, q)
	require.NoError(t, err)
	return ids(found)
}
