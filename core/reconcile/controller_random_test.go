package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// TestRandomLoad throws random enqueues at a controller whose work takes time and fails at random. A key is never worked
// twice at once, no more keys than workers are, and after it all every key has been worked since its last change.
func TestRandomLoad(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomLoad(t, rand.New(rand.NewPCG(seed, 3))) })
		})
	}
}

func randomLoad(t *testing.T, random *rand.Rand) {
	const workers, keys = 4, 12
	var mu sync.Mutex
	level := map[string]int{}  // what is wanted
	actual := map[string]int{} // what a run that went well has seen
	working := map[string]bool{}
	var wrong []string
	b := start(t, reconcile.Options[string]{Workers: workers}, func(_ context.Context, key string, _ int) (reconcile.Result, error) {
		mu.Lock()
		if working[key] || len(working) >= workers {
			wrong = append(wrong, key)
		}
		working[key] = true
		seen, took, fail := level[key], time.Duration(random.IntN(3000))*time.Millisecond, random.IntN(3) == 0
		mu.Unlock()
		<-time.After(took)
		mu.Lock()
		defer mu.Unlock()
		delete(working, key)
		if fail {
			if random.IntN(10) == 0 {
				panic("at random")
			}
			return reconcile.Result{}, errBroken
		}
		actual[key] = seen
		return reconcile.Result{After: time.Duration(random.IntN(2)) * time.Minute}, nil
	})
	for range 1000 {
		mu.Lock()
		key := fmt.Sprint("key-", random.IntN(keys))
		act := random.IntN(4)
		if act == 0 {
			level[key]++
		}
		pause := time.Duration(random.IntN(400)) * time.Millisecond
		mu.Unlock()
		switch act {
		case 0:
			if pause%2 == 0 {
				b.Enqueue(key)
			} else {
				b.EnqueueFirst(key)
			}
		case 1:
			b.Nudge(key)
		case 2:
			b.EnqueueAfter(key, pause*10)
		}
		<-time.After(pause)
	}
	<-time.After(time.Hour)
	mu.Lock()
	defer mu.Unlock()
	require.Empty(t, wrong)
	require.Equal(t, level, actual, "no change may be lost")
}
