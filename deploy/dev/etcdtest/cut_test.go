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

const (
	writers       = 50
	keysPerWriter = 200
)

// TestMirrorThroughRandomCuts changes 10,000 keys while the mirror's connection is cut at random, and compares the end.
// Nothing is polled: the mirror lists once for each watch that it lost, and its changes add up to what it holds.
func TestMirrorThroughRandomCuts(t *testing.T) {
	t.Parallel()
	server := etcdtest.New(t)
	direct, relay := server.Client(), etcdtest.NewRelay(t, server.Endpoint)
	mirror, follower := start(t, relay.Client(t), 500)

	writing, done := context.WithCancel(t.Context())
	var cutter sync.WaitGroup
	cutter.Go(func() {
		random := rand.New(rand.NewPCG(21, 1)) //nolint:gosec // a plan, not a secret
		for writing.Err() == nil {
			select {
			case <-time.After(time.Duration(50+random.IntN(700)) * time.Millisecond):
				relay.Cut()
			case <-writing.Done():
			}
		}
	})
	want, err := changeMany(t.Context(), direct)
	done()
	cutter.Wait()
	require.NoError(t, err)
	require.Greater(t, len(want), writers*keysPerWriter/2, "the plan deletes a part")
	require.Greater(t, relay.Cuts(), 2, "the connection was cut")
	requireSame(t, want, mirror, follower, 30*time.Second)
	require.Greater(t, mirror.Lists(), int64(1), "a lost watch is followed by a list")
	require.LessOrEqual(t, mirror.Lists(), int64(2*relay.Cuts()+2), "and by no more")
}

// changeMany lets writers put, change and delete keys of their own, and tells what must be there at the end.
func changeMany(ctx context.Context, store etcdkv.Store) (map[string]string, error) {
	var mu sync.Mutex
	want, errs := map[string]string{}, make(chan error, writers)
	for writer := range writers {
		go func() {
			own, err := write(ctx, store, writer)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(want, own)
			errs <- err
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			return nil, err
		}
	}
	mu.Lock()
	defer mu.Unlock()
	return want, nil
}

func write(ctx context.Context, store etcdkv.Store, writer int) (map[string]string, error) {
	random := rand.New(rand.NewPCG(uint64(writer), 22)) //nolint:gosec // a plan, not a secret
	own := map[string]string{}
	for i := range keysPerWriter {
		key := fmt.Sprintf("/m/%d-%04d", writer, i)
		revision, value := int64(0), ""
		for range 1 + random.IntN(5)/4 {
			value = fmt.Sprint(random.Uint64())
			put, ok, err := store.PutIf(ctx, key, []byte(value), revision)
			if err != nil || !ok {
				return nil, fmt.Errorf("put %s: %t %w", key, ok, err)
			}
			revision = put
		}
		own[key] = value
		if random.IntN(5) > 0 {
			continue
		}
		if ok, err := store.DeleteIf(ctx, key, revision); err != nil || !ok {
			return nil, fmt.Errorf("delete %s: %t %w", key, ok, err)
		}
		delete(own, key)
	}
	return own, nil
}

// TestMirrorWithASlowReader lets the reader lag seconds behind the changes.
func TestMirrorWithASlowReader(t *testing.T) {
	t.Parallel()
	server := etcdtest.New(t)
	direct := server.Client()
	follower := &follower{items: map[string]string{}, pace: 2 * time.Millisecond}
	mirror := follow(t, server.Client(), follower, 500)
	random, want := rand.New(rand.NewPCG(23, 1)), map[string]string{} //nolint:gosec // a plan, not a secret
	for range 1500 {
		change(t, direct, random, want)
	}
	requireSame(t, want, mirror, follower, 30*time.Second)
	require.EqualValues(t, 1, mirror.Lists(), "what comes late has not been missed")
}
