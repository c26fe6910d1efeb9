package kvtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func watchOrder(t *testing.T, store Store) {
	base := put(t, store, "/other", "x")
	batches := store.Watch(within(t), "/p/", base+1)
	var want []string
	for i := range 5 {
		put(t, store, fmt.Sprintf("/p/%d", i), "a")
		put(t, store, fmt.Sprintf("/p/%d", i), "b")
		remove(t, store, fmt.Sprintf("/p/%d", i))
		put(t, store, "/other", "y")
		want = append(want, fmt.Sprintf("/p/%d=a", i), fmt.Sprintf("/p/%d=b", i), fmt.Sprintf("/p/%d=", i))
	}
	var got []string
	revision := base
	for _, event := range collect(t, batches, len(want)) {
		require.Greater(t, event.Item.ModRevision, revision)
		revision = event.Item.ModRevision
		require.Equal(t, event.Deleted, len(event.Item.Value) == 0)
		got = append(got, event.Item.Key+"="+string(event.Item.Value))
	}
	require.Equal(t, want, got)
}

func watchPast(t *testing.T, store Store) {
	put(t, store, "/p/1", "a")
	from := put(t, store, "/p/1", "b")
	put(t, store, "/p/1", "c")
	events := collect(t, store.Watch(within(t), "/p/", from), 2)
	require.Equal(t, "b", string(events[0].Item.Value))
	require.Equal(t, "c", string(events[1].Item.Value))
	require.Less(t, events[0].Item.CreateRevision, from)
}

func watchNow(t *testing.T, store Store) {
	put(t, store, "/p/1", "before")
	batches := store.Watch(within(t), "/p/", 0)
	// The watch begins at some moment after the call: put until it shows.
	seen := make(chan string, 1)
	go func() {
		for batch := range batches {
			if len(batch.Events) > 0 {
				seen <- string(batch.Events[0].Item.Value)
				return
			}
		}
	}()
	for range 200 {
		put(t, store, "/p/1", "after")
		select {
		case value := <-seen:
			require.Equal(t, "after", value)
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	require.FailNow(t, "no event came")
}

func watchEnds(t *testing.T, store Store) {
	ctx, cancel := context.WithCancel(within(t))
	batches := store.Watch(ctx, "/p/", 0)
	cancel()
	deadline := time.After(patience)
	for {
		select {
		case batch, open := <-batches:
			if !open {
				return
			}
			require.NoError(t, batch.Err, "the end of its context is no error of a watch")
		case <-deadline:
			require.FailNow(t, "the channel was not closed")
		}
	}
}
