package storetest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testReopen(t *testing.T, s Suite) {
	ctx, url := deadline(t), s.Fresh(t)
	e, err := s.Open(ctx, url)
	require.NoError(t, err)
	seedColors(ctx, t, e)
	d := small("t0")
	d.Index = map[string]string{"color": "black"}
	d.Version = 2
	require.NoError(t, e.Replace(ctx, things, d, 1))
	require.NoError(t, e.Delete(ctx, things, "t1", 1))
	before, err := e.Find(ctx, things, store.Query{})
	require.NoError(t, err)
	require.NoError(t, e.Close())

	for round := range 3 {
		e, err = s.Open(ctx, url)
		require.NoError(t, err)
		after, err := e.Find(ctx, things, store.Query{})
		require.NoError(t, err)
		require.Equal(t, before, after, "round %d", round)
		require.Equal(t, []string{"t0"}, find(ctx, t, e, store.Query{Equal: map[string][]string{"color": {"black"}}}))
		require.NoError(t, e.Close())
	}
}

func testMeta(t *testing.T, s Suite) {
	ctx, url := deadline(t), s.Fresh(t)
	e, err := s.Open(ctx, url)
	require.NoError(t, err)
	first, err := e.Meta(ctx)
	require.NoError(t, err)
	require.NoError(t, uuid.Validate(first.Epoch))
	require.NotEmpty(t, first.Layout)
	require.False(t, first.CreatedAt.IsZero())
	require.NoError(t, e.Close())

	e = s.open(ctx, t, url)
	again, err := e.Meta(ctx)
	require.NoError(t, err)
	require.Equal(t, first, again, "a restart is no new history")

	second := s.open(ctx, t, url)
	renewed, err := second.RenewEpoch(ctx)
	require.NoError(t, err)
	require.NotEqual(t, first.Epoch, renewed.Epoch)
	require.NoError(t, uuid.Validate(renewed.Epoch))
	seen, err := e.Meta(ctx)
	require.NoError(t, err)
	require.Equal(t, renewed, seen, "every engine on the data sees the new epoch")

	_, other := s.fresh(t)
	foreign, err := other.Meta(ctx)
	require.NoError(t, err)
	require.NotEqual(t, first.Epoch, foreign.Epoch, "two stores share the epoch %s", foreign.Epoch)
}
