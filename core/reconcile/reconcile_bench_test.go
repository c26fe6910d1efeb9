package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

const benchKeys = 10_000

func benchKey(i int) string { return fmt.Sprintf("instance-%06d", i) }

// run runs a controller for the length of a benchmark.
func run(b *testing.B, c interface{ Run(context.Context) error }) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		require.NoError(b, <-done)
	})
}

// BenchmarkEmptyReconcile is how many keys a second pass through the queue when the work is nothing.
func BenchmarkEmptyReconcile(b *testing.B) {
	for _, workers := range []int{1, 10} {
		b.Run(fmt.Sprint(workers, " workers"), func(b *testing.B) {
			done := make(chan struct{}, benchKeys)
			c := reconcile.New(reconcile.Func[string](func(context.Context, string) (reconcile.Result, error) {
				done <- struct{}{}
				return reconcile.Result{}, nil
			}), reconcile.Options[string]{Workers: workers})
			run(b, c)
			keys := make([]string, benchKeys)
			for i := range keys {
				keys[i] = benchKey(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for begun := 0; begun < b.N; begun += benchKeys {
				n := min(benchKeys, b.N-begun)
				for i := range n {
					c.Enqueue(keys[i])
				}
				for range n {
					<-done
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reconciles/s")
		})
	}
}

// envelope is a read model of an instance at a version, as the API projects it.
func envelope(b *testing.B, id string, version int64) []byte {
	b.Helper()
	model, err := json.Marshal(readmodel.Instance{ID: id, Version: version, Generation: version, DefinitionID: "definition-1", OwnerID: "owner"})
	require.NoError(b, err)
	value, err := json.Marshal(readmodel.Envelope{Epoch: "e", Version: version, Generation: version, Model: model})
	require.NoError(b, err)
	return value
}

// BenchmarkEventToStart is how long after a put in the store the reconcile of that key begins, with 10,000 keys cached:
// watch, decode, cache, queue, worker.
func BenchmarkEventToStart(b *testing.B) {
	store := memkv.New()
	ids := make([]string, benchKeys)
	revisions := make([]int64, benchKeys)
	for i := range ids {
		ids[i] = benchKey(i)
		revision, _, err := store.PutIf(b.Context(), readmodel.Key(readmodel.KindInstance, ids[i]), envelope(b, ids[i], 1), 0)
		require.NoError(b, err)
		revisions[i] = revision
	}
	store.Compact()
	models := reconcile.NewModels[readmodel.Instance](store, readmodel.KindInstance, reconcile.ModelsOptions{})
	started := make(chan time.Time, 1)
	c := reconcile.New(reconcile.Func[string](func(context.Context, string) (reconcile.Result, error) {
		started <- time.Now()
		return reconcile.Result{}, nil
	}), reconcile.Options[string]{})
	run(b, models)
	require.NoError(b, models.WaitSynced(b.Context()))
	models.OnChange(reconcile.EnqueueChanges(c.Enqueue))
	run(b, c)
	waits := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for n := range b.N {
		i := n % benchKeys
		b.StopTimer()
		value := envelope(b, ids[i], int64(2+n/benchKeys))
		b.StartTimer()
		put := time.Now()
		revisions[i] = replace(b, store, ids[i], value, revisions[i])
		waits = append(waits, (<-started).Sub(put))
		if i%1000 == 999 {
			store.Compact()
		}
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds()), "p99-µs")
}

func replace(b *testing.B, store etcdkv.Store, id string, value []byte, known int64) (revision int64) {
	b.Helper()
	revision, ok, err := store.PutIf(b.Context(), readmodel.Key(readmodel.KindInstance, id), value, known)
	require.NoError(b, err)
	require.True(b, ok)
	return revision
}

// BenchmarkMemory is what 10,000 keys take: in line, and waiting for their time.
func BenchmarkMemory(b *testing.B) {
	for name, enqueue := range map[string]func(c *reconcile.Controller[string], key string){
		"queued":  func(c *reconcile.Controller[string], key string) { c.Enqueue(key) },
		"delayed": func(c *reconcile.Controller[string], key string) { c.EnqueueAfter(key, time.Hour) },
	} {
		b.Run(name, func(b *testing.B) {
			keys := make([]string, benchKeys)
			for i := range keys {
				keys[i] = benchKey(i)
			}
			var took uint64
			for range b.N {
				before := heap()
				c := reconcile.New(reconcile.Func[string](nil), reconcile.Options[string]{})
				for _, key := range keys {
					enqueue(c, key)
				}
				took = heap() - before
				runtime.KeepAlive(c)
			}
			b.ReportMetric(float64(took)/1024, "KiB/10k-keys")
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
