package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testUnique(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	a, b := small("a"), small("b")
	a.Unique = "router@1.0.0"
	require.NoError(t, e.Insert(ctx, things, a))
	require.NoError(t, e.Insert(ctx, things, b))
	require.NoError(t, e.Insert(ctx, others, a), "uniqueness ends at the collection")

	for _, c := range []struct {
		id, unique string
		want       error
		reason     string
	}{
		{"c", "router@1.0.0", store.ErrUnique, "taken"},
		{"c", "b", store.ErrUnique, "the default of b is its id"},
		{"a", "router@1.0.0", store.ErrExists, "both are taken: the id is checked first"},
		{"a", "free", store.ErrExists, "the id is taken"},
		{"b", "router@1.0.0", store.ErrExists, "the id is taken, and another holds the value"},
		{"c", "Router@1.0.0", nil, "case matters"},
	} {
		d := small(c.id)
		d.Unique = c.unique
		err := e.Insert(ctx, things, d)
		if c.want == nil {
			require.NoError(t, err, c.reason)
			continue
		}
		require.ErrorIs(t, err, c.want, c.reason)
	}

	got, err := e.GetUnique(ctx, things, "router@1.0.0")
	require.NoError(t, err)
	require.Equal(t, "a", got.ID)
	got, err = e.GetUnique(ctx, things, "b")
	require.NoError(t, err)
	require.Equal(t, "b", got.ID)
	_, err = e.GetUnique(ctx, things, "a")
	require.ErrorIs(t, err, store.ErrNotFound, "a has a value of its own")

	moved := next(b, "w")
	moved.Unique = "router@1.0.0"
	require.ErrorIs(t, e.Replace(ctx, things, moved, 1), store.ErrUnique)
	got, err = e.Get(ctx, things, "b")
	require.NoError(t, err)
	require.Equal(t, int64(1), got.Version, "a refused replace leaves the document")
	require.NoError(t, e.Delete(ctx, things, "a", 1))
	require.NoError(t, e.Replace(ctx, things, moved, 1), "the value is free again")
}
