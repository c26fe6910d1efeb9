package memkv_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/kvtest"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

type compactable struct{ *memkv.Store }

func (c compactable) CompactNow(context.Context) error {
	c.Compact()
	return nil
}

func TestConformance(t *testing.T) {
	defer goleak.VerifyNone(t)
	kvtest.Run(t, func(*testing.T) kvtest.Store { return compactable{memkv.New()} })
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		revision, _, err := store.PutIf(t.Context(), "/a", []byte("1"), 0)
		require.NoError(t, err)
		watch := store.Watch(t.Context(), "/", revision+1)

		store.SetDown(true)
		_, _, err = store.Get(t.Context(), "/a")
		require.Equal(t, failure.Unavailable, failure.KindOf(err))
		store.SetDown(false)

		store.Wipe(false)
		batch := <-watch
		require.Less(t, batch.Revision, revision, "after a wipe a watch shows only that the revision fell")
		require.Empty(t, batch.Events)

		store.CutWatches()
		batch = <-watch
		require.ErrorIs(t, batch.Err, etcdkv.ErrNoLeader)
		_, open := <-watch
		require.False(t, open)
	})
}
