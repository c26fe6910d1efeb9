package kvtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

func grant(t *testing.T, store Store, key string) (lease, created int64) {
	t.Helper()
	lease, err := store.Grant(within(t), time.Second)
	require.NoError(t, err)
	created, err = store.PutLeased(within(t), key, []byte("me"), lease)
	require.NoError(t, err)
	require.Positive(t, created)
	return lease, created
}

func leaseRevoke(t *testing.T, store Store) {
	lease, created := grant(t, store, "/l/1")
	again, err := store.PutLeased(within(t), "/l/1", []byte("me"), lease)
	require.NoError(t, err)
	require.Equal(t, created, again, "a repeat keeps the key")
	item, found, err := store.Get(within(t), "/l/1")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, created, item.CreateRevision)

	batches := store.Watch(within(t), "/l/", created+1)
	require.NoError(t, store.Revoke(within(t), lease))
	require.True(t, collect(t, batches, 1)[0].Deleted)
	require.NoError(t, store.Revoke(within(t), lease), "a lease that is gone is no error")
	_, err = store.KeepAlive(within(t), lease)
	require.ErrorIs(t, err, etcdkv.ErrLeaseGone)
	_, err = store.PutLeased(within(t), "/l/1", []byte("me"), lease)
	require.ErrorIs(t, err, etcdkv.ErrLeaseGone)
	require.NoError(t, store.Delete(within(t), "/l/1"), "a key that is absent is no error")
}

func leaseExpires(t *testing.T, store Store) {
	_, created := grant(t, store, "/l/1")
	event := collect(t, store.Watch(within(t), "/l/", created+1), 1)[0]
	require.True(t, event.Deleted)
	require.Equal(t, "/l/1", event.Item.Key)
}

func leaseKeptAlive(t *testing.T, store Store) {
	lease, created := grant(t, store, "/l/1")
	begun := time.Now()
	batches := store.Watch(within(t), "/l/", created+1)
	renew := time.NewTicker(250 * time.Millisecond)
	defer renew.Stop()
	for time.Since(begun) < 2500*time.Millisecond {
		select {
		case <-renew.C:
			ttl, err := store.KeepAlive(within(t), lease)
			require.NoError(t, err)
			require.Equal(t, time.Second, ttl)
		case batch := <-batches:
			require.Empty(t, batch.Events, "the key must stay while the lease is renewed")
		}
	}
	require.True(t, collect(t, batches, 1)[0].Deleted, "it goes when the renewals end")
}

func leasedKeyTaken(t *testing.T, store Store) {
	lease, _ := grant(t, store, "/l/1")
	other, err := store.Grant(within(t), 5*time.Second)
	require.NoError(t, err)
	_, err = store.PutLeased(within(t), "/l/1", []byte("you"), other)
	require.ErrorIs(t, err, etcdkv.ErrKeyTaken)
	require.NoError(t, store.Delete(within(t), "/l/1"))
	_, err = store.PutLeased(within(t), "/l/1", []byte("you"), other)
	require.NoError(t, err)
	require.NoError(t, store.Revoke(within(t), lease))
	_, found, err := store.Get(within(t), "/l/1")
	require.NoError(t, err)
	require.True(t, found, "the end of a lease takes only its own keys")
}
