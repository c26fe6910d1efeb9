package kvtest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func conditionalPut(t *testing.T, store Store) {
	first, ok, err := store.PutIf(within(t), "/a", []byte("1"), 0)
	require.NoError(t, err)
	require.True(t, ok, "a key that does not exist may be created")

	_, ok, err = store.PutIf(within(t), "/a", []byte("2"), 0)
	require.NoError(t, err)
	require.False(t, ok, "it exists now")

	second, ok, err := store.PutIf(within(t), "/a", []byte("2"), first)
	require.NoError(t, err)
	require.True(t, ok)
	require.Greater(t, second, first)

	_, ok, err = store.PutIf(within(t), "/a", []byte("3"), first)
	require.NoError(t, err)
	require.False(t, ok, "another revision is there")

	item, found, err := store.Get(within(t), "/a")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "2", string(item.Value))
	require.Equal(t, first, item.CreateRevision)
	require.Equal(t, second, item.ModRevision)

	_, found, err = store.Get(within(t), "/b")
	require.NoError(t, err)
	require.False(t, found)
}

func conditionalDelete(t *testing.T, store Store) {
	first := put(t, store, "/a", "1")
	second := put(t, store, "/a", "2")

	_, err := store.DeleteIf(within(t), "/a", 0)
	require.Error(t, err, "a delete without a condition is a mistake")
	ok, err := store.DeleteIf(within(t), "/a", first)
	require.NoError(t, err)
	require.False(t, ok)
	ok, err = store.DeleteIf(within(t), "/a", second)
	require.NoError(t, err)
	require.True(t, ok)
	_, found, err := store.Get(within(t), "/a")
	require.NoError(t, err)
	require.False(t, found)
	ok, err = store.DeleteIf(within(t), "/a", second)
	require.NoError(t, err)
	require.False(t, ok, "it is gone already")

	third, ok, err := store.PutIf(within(t), "/a", []byte("3"), 0)
	require.NoError(t, err)
	require.True(t, ok)
	item, _, err := store.Get(within(t), "/a")
	require.NoError(t, err)
	require.Equal(t, third, item.CreateRevision, "a key that came back is a new one")
}

func onePutWins(t *testing.T, store Store) {
	base := put(t, store, "/a", "0")
	ctx := within(t)
	var wins atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, ok, err := store.PutIf(ctx, "/a", []byte("x"), base); err == nil && ok {
				wins.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 1, wins.Load())
}
