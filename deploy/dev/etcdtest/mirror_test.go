package etcdtest_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/etcdtest"
)

// follower keeps what a mirror's changes add up to, which must be what the mirror holds.
type follower struct {
	mu    sync.Mutex
	items map[string]string
	// pace is how long it takes over each change.
	pace time.Duration
}

func (f *follower) change(change etcdkv.Change) {
	if f.pace > 0 {
		<-time.After(f.pace)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if change.Item == nil {
		delete(f.items, change.Key)
	} else {
		f.items[change.Key] = string(change.Item.Value)
	}
}

func (f *follower) copy() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.items)
}

func start(t *testing.T, store etcdkv.Store, pageSize int) (*etcdkv.Mirror, *follower) {
	t.Helper()
	follower := &follower{items: map[string]string{}}
	return follow(t, store, follower, pageSize), follower
}

func follow(t *testing.T, store etcdkv.Store, follower *follower, pageSize int) *etcdkv.Mirror {
	t.Helper()
	mirror := etcdkv.NewMirror(store, "/m/", follower.change, etcdkv.WithPageSize(pageSize))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- mirror.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	wait, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	require.NoError(t, mirror.WaitSynced(wait))
	return mirror
}

// change writes or deletes a random key and keeps the books.
func change(t *testing.T, store etcdkv.Store, random *rand.Rand, want map[string]string) {
	t.Helper()
	key := fmt.Sprintf("/m/%02d", random.IntN(40))
	require.Eventually(t, func() bool {
		item, found, err := store.Get(t.Context(), key)
		if err != nil {
			return false
		}
		if found && random.IntN(3) == 0 {
			ok, err := store.DeleteIf(t.Context(), key, item.ModRevision)
			if ok {
				delete(want, key)
			}
			return err == nil && ok
		}
		value := fmt.Sprint(random.Uint64())
		_, ok, err := store.PutIf(t.Context(), key, []byte(value), item.ModRevision)
		if ok {
			want[key] = value
		}
		return err == nil && ok
	}, 20*time.Second, 20*time.Millisecond)
}

func requireSame(t *testing.T, want map[string]string, mirror *etcdkv.Mirror, follower *follower, patience time.Duration) {
	t.Helper()
	require.Eventually(t, func() bool {
		held := map[string]string{}
		mirror.Range(func(item etcdkv.Item) bool {
			held[item.Key] = string(item.Value)
			return true
		})
		return maps.Equal(want, held) && maps.Equal(want, follower.copy())
	}, patience, 20*time.Millisecond)
}

func TestMirrorFollowsThroughRestartsAndCompaction(t *testing.T) {
	t.Parallel()
	server := etcdtest.New(t)
	store := server.Client()
	random := rand.New(rand.NewPCG(1, 2))
	want := map[string]string{}
	for range 50 {
		change(t, store, random, want)
	}
	mirror, follower := start(t, store, 7)
	for round := range 6 {
		for range 60 {
			change(t, store, random, want)
		}
		switch round % 3 {
		case 0:
			server.Restart()
		case 1:
			require.NoError(t, server.Compact(t.Context()))
		}
	}
	requireSame(t, want, mirror, follower, 25*time.Second)
}

func TestMirrorSeesAWipe(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a progress interval")
	}
	server := etcdtest.New(t)
	store := server.Client()
	random := rand.New(rand.NewPCG(3, 4))
	want := map[string]string{}
	for range 60 {
		change(t, store, random, want)
	}
	mirror, follower := start(t, store, 7)
	requireSame(t, want, mirror, follower, 10*time.Second)

	server.Wipe()
	clear(want)
	for range 5 {
		change(t, store, random, want)
	}
	// The watch stays silent, since the revision that it waits for is far away: what tells is the progress.
	requireSame(t, want, mirror, follower, 40*time.Second)
	require.EqualValues(t, 2, mirror.Lists())
	for range 20 {
		change(t, store, random, want)
	}
	requireSame(t, want, mirror, follower, 10*time.Second)
}

func TestMirrorSeesARestoredBackup(t *testing.T) {
	t.Parallel()
	server := etcdtest.New(t)
	store := server.Client()
	random := rand.New(rand.NewPCG(5, 6))
	want := map[string]string{}
	for range 60 {
		change(t, store, random, want)
	}
	server.Backup()
	then := maps.Clone(want)
	for range 60 {
		change(t, store, random, want)
	}
	mirror, follower := start(t, store, 7)
	requireSame(t, want, mirror, follower, 10*time.Second)
	server.Restore()
	requireSame(t, then, mirror, follower, 40*time.Second)
	for range 60 {
		change(t, store, random, then)
	}
	requireSame(t, then, mirror, follower, 10*time.Second)
}
