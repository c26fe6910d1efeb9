package etcdkv_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
)

// between is a store that lets something happen between two pages of a list.
type between struct {
	*memkv.Store
	pages func(lists int)
	lists int
}

func (b *between) List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error) {
	page, err := b.Store.List(ctx, prefix, after, limit, revision)
	if err == nil && after == "" {
		b.lists++
		b.pages(b.lists)
	}
	return page, err
}

func TestMirrorListsAgainWhenAListIsCompactedUnderIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &between{Store: memkv.New()}
		w := newWorld(t, store.Store)
		random := rand.New(rand.NewPCG(13, 13)) //nolint:gosec // a plan, not a secret
		for range 60 {
			w.mutate(random)
		}
		store.pages = func(lists int) {
			if lists > 3 {
				return
			}
			for range 10 {
				w.mutate(random)
			}
			store.Compact()
		}
		w.run(store)
		<-time.After(time.Second)
		w.requireSame("pages of different revisions are never mixed")
		require.Equal(t, 4, store.lists, "it begins anew each time")
		require.EqualValues(t, 1, w.mirror.Lists(), "and takes only the whole list")
	})
}

// TestMirrorWithAReaderThatHangs holds up the reader of changes for much longer than a silence may last. The mirror shows
// that it is behind, and misses nothing.
func TestMirrorWithAReaderThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		w := newWorld(t, store)
		random := rand.New(rand.NewPCG(14, 14)) //nolint:gosec // a plan, not a secret
		var hang atomic.Bool
		mirror := etcdkv.NewMirror(store, "/m/", func(change etcdkv.Change) {
			if hang.CompareAndSwap(true, false) {
				<-time.After(5 * time.Minute)
			}
			w.change(change)
		})
		w.mirror = mirror
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- mirror.Run(ctx) }()
		defer func() {
			cancel()
			require.NoError(t, <-done)
		}()
		synctest.Wait()
		hang.Store(true)
		for range 100 {
			w.mutate(random)
			<-time.After(time.Second)
		}
		require.Error(t, mirror.Check(), "what it shows is old")
		store.Compact()
		for range 50 {
			w.mutate(random)
		}
		<-time.After(10 * time.Minute)
		w.requireSame("everything came in the end")
		require.NoError(t, mirror.Check())
	})
}

// swapped is a store whose watches deliver the second batch before the first, again and again.
type swapped struct{ *memkv.Store }

func (s swapped) Watch(ctx context.Context, prefix string, fromRevision int64) <-chan etcdkv.Batch {
	out := make(chan etcdkv.Batch)
	go func() {
		defer close(out)
		var kept *etcdkv.Batch
		for batch := range s.Store.Watch(ctx, prefix, fromRevision) {
			pair := []etcdkv.Batch{batch}
			switch {
			case batch.Err != nil:
			case kept == nil:
				kept = &batch
				continue
			default:
				pair, kept = []etcdkv.Batch{batch, *kept}, nil
			}
			for _, b := range pair {
				select {
				case out <- b:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

func TestMirrorThroughReorderedDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		w := newWorld(t, store)
		random := rand.New(rand.NewPCG(15, 15)) //nolint:gosec // a plan, not a secret
		w.run(swapped{store})
		synctest.Wait()
		for range 200 {
			w.mutate(random)
			synctest.Wait()
		}
		<-time.After(30 * time.Second)
		w.requireSame("a revision that falls makes it list again, within 30 s")
	})
}
