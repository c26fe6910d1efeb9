// Package kvtest says what every etcdkv.Store and etcdkv.Leases must do, whether it speaks to etcd or is a model of it.
package kvtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

// Store is what the suite runs on.
type Store interface {
	etcdkv.Store
	etcdkv.Leases
}

// Compactor is what a Store has in addition, when compaction is to be tested: it forgets the history so far.
type Compactor interface {
	CompactNow(ctx context.Context) error
}

// patience is how long the suite waits for what must happen.
const patience = 10 * time.Second

// Run runs the suite. open gives an empty store; it is called once for each test and cleans up through t.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"conditional put", conditionalPut},
		{"conditional delete", conditionalDelete},
		{"one of many puts wins", onePutWins},
		{"list pages at one revision", listPages},
		{"list keeps to its prefix", listPrefix},
		{"list refuses a future revision", listFuture},
		{"watch tells all in order", watchOrder},
		{"watch from a past revision", watchPast},
		{"watch from now", watchNow},
		{"watch ends with its context", watchEnds},
		{"lease holds and drops its key", leaseRevoke},
		{"lease expires", leaseExpires},
		{"lease is kept alive", leaseKeptAlive},
		{"leased key is taken once", leasedKeyTaken},
		{"compaction", compaction},
		{"compaction keeps a deletion at its revision", compactedDeletion},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func put(t *testing.T, store Store, key, value string) int64 {
	t.Helper()
	item, _, err := store.Get(within(t), key)
	require.NoError(t, err)
	revision, ok, err := store.PutIf(within(t), key, []byte(value), item.ModRevision)
	require.NoError(t, err)
	require.True(t, ok)
	return revision
}

func remove(t *testing.T, store Store, key string) {
	t.Helper()
	item, found, err := store.Get(within(t), key)
	require.NoError(t, err)
	require.True(t, found)
	ok, err := store.DeleteIf(within(t), key, item.ModRevision)
	require.NoError(t, err)
	require.True(t, ok)
}

// next waits for a batch with events.
func next(t *testing.T, batches <-chan etcdkv.Batch) etcdkv.Batch {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		select {
		case batch, open := <-batches:
			require.True(t, open, "the watch ended")
			require.NoError(t, batch.Err)
			if len(batch.Events) > 0 {
				return batch
			}
		case <-deadline.C:
			require.FailNow(t, "no event came")
		}
	}
}

// collect waits for so many events.
func collect(t *testing.T, batches <-chan etcdkv.Batch, count int) (events []etcdkv.Event) {
	t.Helper()
	for len(events) < count {
		events = append(events, next(t, batches).Events...)
	}
	require.Len(t, events, count)
	return events
}
