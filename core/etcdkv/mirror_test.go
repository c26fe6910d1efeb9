package etcdkv_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
)

// world is a store, a mirror of a part of it, and what each should hold.
type world struct {
	t        *testing.T
	store    *memkv.Store
	mirror   *etcdkv.Mirror
	want     map[string]string
	followed map[string]string
	wrong    []string
	// made counts the changes below the mirrored prefix, told those that the mirror reported.
	made, told int
}

func newWorld(t *testing.T, store *memkv.Store) *world {
	return &world{t: t, store: store, want: map[string]string{}, followed: map[string]string{}}
}

// follow starts a mirror inside a synctest bubble. Its changes are added up and checked one by one.
func follow(t *testing.T, store *memkv.Store) *world {
	t.Helper()
	w := newWorld(t, store)
	w.run(store)
	return w
}

func (w *world) run(through etcdkv.Store) {
	w.t.Helper()
	w.mirror = etcdkv.NewMirror(through, "/m/", w.change, etcdkv.WithPageSize(7))
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.mirror.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		require.NoError(w.t, <-done)
	})
}

// change adds up the changes. It runs in the mirror's goroutine, where a test must not be ended: it writes down what is
// wrong.
func (w *world) change(change etcdkv.Change) {
	w.told++
	before, known := w.followed[change.Key]
	switch {
	case known != (change.Previous != nil):
		w.wrong = append(w.wrong, fmt.Sprintf("%s: previous is %v, known is %v", change.Key, change.Previous, known))
	case known && before != string(change.Previous.Value):
		w.wrong = append(w.wrong, fmt.Sprintf("%s: previous is %q, was %q", change.Key, change.Previous.Value, before))
	case !known && change.Item == nil:
		w.wrong = append(w.wrong, change.Key+": what was never there cannot go")
	}
	if change.Item == nil {
		delete(w.followed, change.Key)
		return
	}
	w.followed[change.Key] = string(change.Item.Value)
	if held, found := w.mirror.Get(change.Key); found && held.ModRevision < change.Item.ModRevision {
		w.wrong = append(w.wrong, change.Key+": the copy must be as new as the report")
	}
}

// mutate puts or deletes a random key, within the mirrored prefix or beside it.
func (w *world) mutate(random *rand.Rand) {
	prefix := "/m/"
	if random.IntN(5) == 0 {
		prefix = "/other/"
	}
	key := fmt.Sprintf("%s%02d", prefix, random.IntN(30))
	item, found, err := w.store.Get(w.t.Context(), key)
	require.NoError(w.t, err)
	if found && random.IntN(3) == 0 {
		ok, err := w.store.DeleteIf(w.t.Context(), key, item.ModRevision)
		require.NoError(w.t, err)
		require.True(w.t, ok)
		if prefix == "/m/" {
			w.made++
		}
		delete(w.want, key)
		return
	}
	value := fmt.Sprint(random.Uint32())
	_, ok, err := w.store.PutIf(w.t.Context(), key, []byte(value), item.ModRevision)
	require.NoError(w.t, err)
	require.True(w.t, ok)
	if prefix == "/m/" {
		w.made++
		w.want[key] = value
	}
}

func (w *world) requireSame(reason string) {
	w.t.Helper()
	synctest.Wait()
	require.Empty(w.t, w.wrong, reason)
	held := map[string]string{}
	last := ""
	w.mirror.Range(func(item etcdkv.Item) bool {
		require.Less(w.t, last, item.Key, "in the order of keys")
		last = item.Key
		held[item.Key] = string(item.Value)
		return true
	})
	require.Equal(w.t, w.want, held, reason)
	require.Equal(w.t, w.want, w.followed, reason)
	require.Equal(w.t, len(held), w.mirror.Len())
}

// TestMirrorThroughFaults makes 10,000 random changes with random faults in between, and lets the mirror settle now and
// then: after less than a minute of quiet it must hold what the store holds.
func TestMirrorThroughFaults(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				w := follow(t, memkv.New())
				for i := range 2000 {
					w.mutate(random)
					switch random.IntN(100) {
					case 0:
						w.store.CutWatches()
					case 1:
						w.store.Compact()
					case 2:
						w.store.CutWatches()
						w.mutate(random)
						w.store.Compact()
					case 3:
						w.store.SetDown(true)
						<-time.After(time.Duration(random.IntN(40)) * time.Second)
						w.store.SetDown(false)
					case 4:
						w.store.Wipe(random.IntN(2) == 0)
						clear(w.want)
						<-time.After(time.Duration(random.IntN(15)) * time.Second)
					case 5, 6, 7, 8:
						<-time.After(time.Duration(random.IntN(3000)) * time.Millisecond)
					}
					if i%500 == 499 {
						w.settle()
					}
				}
			})
		})
	}
}

// settle waits until the mirror must have caught up.
func (w *world) settle() {
	w.t.Helper()
	<-time.After(time.Minute)
	w.requireSame("after a minute of quiet")
}

func TestMirrorSpeed(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  func(*memkv.Store)
		within time.Duration
		lists  int64
		reason string
	}{
		{"nothing", func(*memkv.Store) {}, 0, 1, "a change arrives by the watch"},
		{"cut", (*memkv.Store).CutWatches, time.Second, 2, "a watch that ended is replaced at once"},
		{"new cluster", func(s *memkv.Store) { s.Wipe(true) }, time.Second, 2, "the next word shows another cluster id"},
		{"wipe", func(s *memkv.Store) { s.Wipe(false) }, etcdkv.ProgressInterval + time.Second, 2,
			"the next progress shows a lower revision"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := memkv.New()
				random := rand.New(rand.NewPCG(7, 7))
				w := follow(t, store)
				for range 100 {
					w.mutate(random)
				}
				w.requireSame("before the fault")
				test.fault(store)
				if test.name != "nothing" && test.name != "cut" {
					clear(w.want)
				}
				for range 110 {
					w.mutate(random)
					if test.name == "wipe" {
						break // more would reach the revision that the old watch waits for
					}
				}
				<-time.After(test.within)
				w.requireSame(test.reason)
				require.Equal(t, test.lists, w.mirror.Lists())
			})
		})
	}
}

func TestMirrorSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		w := follow(t, store)
		w.mutate(rand.New(rand.NewPCG(1, 1)))
		synctest.Wait()
		require.NoError(t, w.mirror.Check())
		<-time.After(10 * etcdkv.SilenceLimit)
		require.NoError(t, w.mirror.Check(), "progress is a word too")
		require.EqualValues(t, 1, w.mirror.Lists(), "a quiet store is not listed again")

		store.SetDown(true)
		<-time.After(etcdkv.SilenceLimit + 2*time.Second)
		require.Error(t, w.mirror.Check(), "no word for too long")
		store.SetDown(false)
		<-time.After(10 * time.Second)
		require.NoError(t, w.mirror.Check())
		w.requireSame("the copy stays while etcd is away")
	})
}

func TestMirrorBeforeFirstList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		store.SetDown(true)
		w := follow(t, store)
		wait, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		go func() {
			<-time.After(5 * time.Minute)
			store.SetDown(false)
		}()
		require.False(t, w.mirror.Synced())
		require.Error(t, w.mirror.Check())
		begun := time.Now()
		require.NoError(t, w.mirror.WaitSynced(wait), "a mirror never gives up")
		require.LessOrEqual(t, time.Since(begun), 5*time.Minute+5*time.Second, "the back-off is capped")

		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, w.mirror.WaitSynced(ended), "it is synced, whatever the context")
		require.Error(t, etcdkv.NewMirror(store, "/m/", nil).WaitSynced(ended))
	})
}
