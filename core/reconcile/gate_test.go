package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// gated is a controller whose reconciler asks a gate, with everything around it.
type gated struct {
	*bench
	store  *memkv.Store
	writes *reconcile.Writes
	gate   *reconcile.Gate[thing]

	mu      sync.Mutex
	fetches int
	// api is what the internal API would answer; nil means unreachable.
	api *reconcile.View[thing]
	// saw are the views that the reconciler worked with.
	saw []reconcile.View[thing]
}

func newGated(t *testing.T) *gated {
	t.Helper()
	g := &gated{store: memkv.New(), writes: reconcile.NewWrites()}
	project(t, g.store, "a", "e1", 1, 1, "v1")
	models := watchThings(t, g.store, g.writes)
	g.gate = reconcile.NewGate(models, reconcile.GateOptions[thing]{
		Writes: g.writes,
		Fetch: func(context.Context, string) (thing, reconcile.Meta, bool, error) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.fetches++
			if g.api == nil {
				return thing{}, reconcile.Meta{}, false, errBroken
			}
			return g.api.Model, g.api.Meta, g.api.Found, nil
		},
		Wake: func(waiter string) { g.EnqueueAfter(waiter, 0) },
	})
	models.OnChange(reconcile.EnqueueChanges(func(id string) { g.Enqueue(id) }))
	g.bench = start(t, reconcile.Options[string]{}, func(ctx context.Context, key string, _ int) (reconcile.Result, error) {
		view, ready, wait, err := g.gate.Open(ctx, key, key)
		if err != nil || !ready {
			return wait, err
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.saw = append(g.saw, view)
		return reconcile.Result{}, nil
	})
	runModels(t, models)
	require.Len(t, g.views(), 1, "nothing noted, nothing to wait for")
	return g
}

func note(version int64) reconcile.Ref {
	return reconcile.Ref{Kind: readmodel.KindInstance, ID: "a", Version: version, Generation: 1}
}

// answer sets what the internal API would answer from now on.
func (g *gated) answer(view reconcile.View[thing]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.api = &view
}

func (g *gated) last() reconcile.View[thing] {
	views := g.views()
	return views[len(views)-1]
}

func (g *gated) views() []reconcile.View[thing] {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.saw)
}

func (g *gated) fetched() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.fetches
}

func TestGateWaitsForTheWatchEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGated(t)
		g.writes.Note(note(3))
		g.writes.Note(note(2)) // answers may arrive in any order
		g.Enqueue("a")
		synctest.Wait()
		require.Len(t, g.views(), 1, "the cache is older than what was written")
		attempts, next, _ := g.Failure("a")
		require.Zero(t, attempts, "waiting is no failure")
		require.Equal(t, 5*time.Second, time.Until(next))

		<-time.After(time.Second)
		project(t, g.store, "a", "e1", 2, 1, "v2")
		require.Len(t, g.views(), 1, "still older")
		project(t, g.store, "a", "e1", 3, 1, "v3")
		require.Len(t, g.views(), 2, "woken at once, though the generation did not rise")
		require.Equal(t, "v3", g.last().Model.Name)
		require.True(t, g.writes.Fresh(readmodel.KindInstance, "a", 0), "the note is done with")
		<-time.After(time.Minute)
		require.Zero(t, g.fetched())
		require.LessOrEqual(t, len(g.views()), 3, "the timer of the wait may look once more")
	})
}

func TestGateFetchesWhenTheCacheLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGated(t)
		g.answer(reconcile.View[thing]{
			Model: thing{"from the API"}, Meta: reconcile.Meta{Version: 3, Generation: 2}, Found: true,
		})
		g.writes.Note(note(3))
		g.Enqueue("a")
		<-time.After(5*time.Second + time.Millisecond)
		synctest.Wait()
		require.Equal(t, 1, g.fetched())
		require.Equal(t, "from the API", g.last().Model.Name)

		g.Enqueue("a")
		synctest.Wait()
		require.Equal(t, "from the API", g.last().Model.Name, "the cache is still older than the answer")
		require.Equal(t, 1, g.fetched(), "that answer ended the wait")

		project(t, g.store, "a", "e1", 4, 3, "v4")
		require.Equal(t, "v4", g.last().Model.Name, "the cache has caught up")
	})
}

func TestGateTakesAnOlderOrNoAnswer(t *testing.T) {
	for _, test := range []struct {
		name, reason string
		api          reconcile.View[thing]
	}{
		{"older", "the store may have been restored", reconcile.View[thing]{Meta: reconcile.Meta{Version: 2}, Found: true}},
		{"gone", "it may have been deleted", reconcile.View[thing]{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGated(t)
				g.answer(test.api)
				g.writes.Note(note(9))
				g.Enqueue("a")
				<-time.After(time.Minute)
				synctest.Wait()
				require.Equal(t, 1, g.fetched())
				require.Equal(t, test.api, g.views()[1], test.reason)
			})
		})
	}
}

func TestGateBacksOffWhileTheAPIIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGated(t)
		g.writes.Note(note(3))
		g.Enqueue("a")
		<-time.After(time.Minute)
		synctest.Wait()
		require.Len(t, g.views(), 1, "it never works on the old model")
		require.InDelta(t, 6, g.fetched(), 2, "with back-off")
		attempts, _, err := g.Failure("a")
		require.Equal(t, g.fetched(), attempts)
		require.ErrorIs(t, err, errBroken)
		project(t, g.store, "a", "e1", 3, 1, "v3")
		require.Len(t, g.views(), 2, "the event ends the back-off too")
	})
}

func TestGateForAnotherKeysModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, writes := memkv.New(), reconcile.NewWrites()
		project(t, store, "worker", "e1", 1, 1, "w")
		models := watchThings(t, store, writes)
		var woken []string
		gate := reconcile.NewGate(models, reconcile.GateOptions[thing]{
			Writes: writes, Wake: func(waiter string) { woken = append(woken, waiter) },
		})
		runModels(t, models)
		writes.Note(reconcile.Ref{Kind: readmodel.KindInstance, ID: "worker", Version: 2})
		for _, waiter := range []string{"instance-1", "instance-2", "instance-1"} {
			_, ready, _, err := gate.Open(t.Context(), "worker", waiter)
			require.NoError(t, err)
			require.False(t, ready)
		}
		project(t, store, "worker", "e1", 2, 1, "w")
		require.ElementsMatch(t, []string{"instance-1", "instance-2"}, woken)
		project(t, store, "worker", "e1", 3, 1, "w")
		require.Len(t, woken, 2, "once")
	})
}

func TestWaitForAndLifeOfNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		writes := reconcile.NewWrites()
		require.NoError(t, writes.WaitFor(t.Context(), readmodel.KindInstance, "a"), "nothing noted")
		writes.Note(note(2))
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Error(t, writes.WaitFor(short, readmodel.KindInstance, "a"))
		go func() {
			<-time.After(time.Second)
			writes.Seen(readmodel.KindInstance, "a", 1)
			<-time.After(time.Second)
			writes.Seen(readmodel.KindInstance, "a", 2)
		}()
		begun := time.Now()
		require.NoError(t, writes.WaitFor(t.Context(), readmodel.KindInstance, "a"))
		require.Equal(t, 2*time.Second, time.Since(begun))

		writes.Note(note(7))
		<-time.After(time.Hour)
		writes.Note(reconcile.Ref{Kind: readmodel.KindWorker, ID: "b", Version: 1})
		require.True(t, writes.Fresh(readmodel.KindInstance, "a", 0), "a note that nobody asks for does not stay for ever")
	})
}

// TestNeverActsOnItsOwnPast writes at random and lets the projection lag at random: no run may see a version below one
// that was noted before the run began.
func TestNeverActsOnItsOwnPast(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 4))
				g := newGated(t)
				stored, projected := int64(1), int64(1)
				for range 500 {
					switch random.IntN(4) {
					case 0:
						stored++
						g.writes.Note(note(stored))
						g.answer(reconcile.View[thing]{Meta: reconcile.Meta{Epoch: "e1", Version: stored}, Found: true})
					case 1:
						if projected < stored {
							projected += 1 + random.Int64N(stored-projected)
							project(t, g.store, "a", "e1", projected, 1, "x")
						}
					case 2:
						synctest.Wait()
						before := len(g.views())
						g.Enqueue("a")
						synctest.Wait()
						for _, view := range g.views()[before:] {
							require.GreaterOrEqual(t, view.Meta.Version, stored)
						}
					case 3:
						<-time.After(time.Duration(random.IntN(2000)) * time.Millisecond)
					}
				}
				g.Enqueue("a")
				<-time.After(time.Minute)
				synctest.Wait()
				require.GreaterOrEqual(t, g.last().Meta.Version, stored, "and every wait has ended")
			})
		})
	}
}
