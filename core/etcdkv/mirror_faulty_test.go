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

// faulty is a store whose watches misbehave, and which changes at the worst moment.
type faulty struct {
	*memkv.Store
	// afterList is called when the last page of a list has been read.
	afterList func()
	// repeat delivers every event twice; mute swallows everything while it is set.
	repeat bool
	mute   atomic.Bool
}

func (f *faulty) List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error) {
	page, err := f.Store.List(ctx, prefix, after, limit, revision)
	if err == nil && !page.More && f.afterList != nil {
		f.afterList()
	}
	return page, err
}

func (f *faulty) Watch(ctx context.Context, prefix string, fromRevision int64) <-chan etcdkv.Batch {
	out := make(chan etcdkv.Batch)
	go func() {
		defer close(out)
		for batch := range f.Store.Watch(ctx, prefix, fromRevision) {
			times := 1
			if f.repeat {
				times = 2
			}
			for range times {
				if f.mute.Load() {
					break
				}
				select {
				case out <- batch:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

func TestMirrorMissesNothingBetweenListAndWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &faulty{Store: memkv.New()}
		w := newWorld(t, store.Store)
		random := rand.New(rand.NewPCG(5, 5))
		for range 20 {
			w.mutate(random)
		}
		lists := 0
		store.afterList = func() {
			if lists++; lists == 1 {
				for range 5 {
					w.mutate(random)
				}
			}
		}
		w.run(store)
		w.requireSame("the watch begins right after the list's revision")
		require.EqualValues(t, 1, w.mirror.Lists())
	})
}

func TestMirrorIgnoresDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &faulty{Store: memkv.New(), repeat: true}
		w := newWorld(t, store.Store)
		w.run(store)
		random := rand.New(rand.NewPCG(6, 6))
		for range 100 {
			w.mutate(random)
			synctest.Wait()
		}
		w.requireSame("each change is told once")
		require.Equal(t, w.told, w.made)
	})
}

func TestMirrorListsAgainAfterSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &faulty{Store: memkv.New()}
		w := newWorld(t, store.Store)
		w.run(store)
		random := rand.New(rand.NewPCG(8, 8))
		w.mutate(random)
		synctest.Wait()
		store.mute.Store(true) // a connection that is up and says nothing
		for range 20 {
			w.mutate(random)
		}
		<-time.After(etcdkv.SilenceLimit + time.Second)
		w.requireSame("a stuck watch is repaired within 30 s")
	})
}
