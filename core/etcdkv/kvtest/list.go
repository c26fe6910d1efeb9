package kvtest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

func listPages(t *testing.T, store Store) {
	for i := range 7 {
		put(t, store, fmt.Sprintf("/p/%d", i), "old")
	}
	page, err := store.List(within(t), "/p/", "", 3, 0)
	require.NoError(t, err)
	require.True(t, page.More)
	require.Len(t, page.Items, 3)
	require.NotZero(t, page.ClusterID)
	revision := page.Revision

	put(t, store, "/p/4", "new")
	remove(t, store, "/p/5")
	put(t, store, "/p/9", "new")

	var keys, values []string
	for {
		for _, item := range page.Items {
			keys, values = append(keys, item.Key), append(values, string(item.Value))
		}
		if !page.More {
			break
		}
		page, err = store.List(within(t), "/p/", keys[len(keys)-1], 3, revision)
		require.NoError(t, err)
		require.Equal(t, revision, page.Revision)
	}
	require.Equal(t, []string{"/p/0", "/p/1", "/p/2", "/p/3", "/p/4", "/p/5", "/p/6"}, keys)
	for _, value := range values {
		require.Equal(t, "old", value, "later pages show what was when the first was read")
	}
}

func listPrefix(t *testing.T, store Store) {
	put(t, store, "/p", "outside")
	put(t, store, "/p/1", "inside")
	put(t, store, "/p0", "outside")
	page, err := store.List(within(t), "/p/", "", 0, 0)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, "/p/1", page.Items[0].Key)
	require.False(t, page.More)
}

func listFuture(t *testing.T, store Store) {
	revision := put(t, store, "/p/1", "x")
	_, err := store.List(within(t), "/p/", "", 0, revision+100)
	require.ErrorIs(t, err, etcdkv.ErrFutureRevision)
}

func compaction(t *testing.T, store Store) {
	compactor, can := store.(Compactor)
	if !can {
		t.Skip("this store is not compacted")
	}
	first := put(t, store, "/p/1", "a")
	put(t, store, "/p/1", "b")
	put(t, store, "/p/1", "c")
	require.NoError(t, compactor.CompactNow(within(t)))
	last := put(t, store, "/p/1", "d")

	_, err := store.List(within(t), "/p/", "", 0, first)
	require.ErrorIs(t, err, etcdkv.ErrCompacted)
	ended := store.Watch(within(t), "/p/", first)
	batch := <-ended
	require.ErrorIs(t, batch.Err, etcdkv.ErrCompacted)
	_, open := <-ended
	require.False(t, open, "the channel closes after the error")

	batch = next(t, store.Watch(within(t), "/p/", last))
	require.Equal(t, "d", string(batch.Events[0].Item.Value))
}

// compactedDeletion: a watch from the compacted revision itself must not lose a deletion that happened there.
func compactedDeletion(t *testing.T, store Store) {
	compactor, can := store.(Compactor)
	if !can {
		t.Skip("this store is not compacted")
	}
	put(t, store, "/p/1", "a")
	put(t, store, "/p/2", "b")
	item, _, err := store.Get(within(t), "/p/2")
	require.NoError(t, err)
	remove(t, store, "/p/1")
	require.NoError(t, compactor.CompactNow(within(t)))
	events := collect(t, store.Watch(within(t), "/p/", item.ModRevision+1), 1)
	require.True(t, events[0].Deleted)
}
