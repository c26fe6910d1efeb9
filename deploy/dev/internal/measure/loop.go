package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

const (
	// loopEvents is how many changes are timed at most, loopRounds how often all keys are run.
	loopEvents, loopRounds = 2000, 20
	// loopPace is the time between two changes.
	loopPace = 2 * time.Millisecond
)

// bench is a cache of read models in etcd with a controller that does nothing but take the time.
type bench struct {
	etcd   etcdkv.Store
	models *reconcile.Models[readmodel.Instance]
	queue  *reconcile.Controller[string]
	ids    []string
	runs   atomic.Int64

	mu    sync.Mutex
	begun map[string]chan time.Time
}

// loop measures the reconcile loop on so many keys: from a change in etcd to the start of its reconcile, runs per second, and
// what the keys cost in memory.
func loop(ctx context.Context, etcd etcdkv.Store, keys int) ([]Figure, error) {
	if keys < 1 {
		return nil, nil
	}
	b := &bench{etcd: etcd, begun: map[string]chan time.Time{}}
	if err := b.fill(ctx, keys); err != nil {
		return nil, err
	}
	before := heap()
	b.models = reconcile.NewModels[readmodel.Instance](etcd, readmodel.KindInstance, reconcile.ModelsOptions{})
	b.queue = reconcile.New(reconcile.Func[string](b.reconcile), reconcile.Options[string]{Keys: b.models.IDs})
	b.models.OnChange(reconcile.EnqueueChanges(b.queue.Enqueue))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	parts.Go(func() { _ = b.models.Run(ctx) }) // it ends with ctx
	if err := b.models.WaitSynced(ctx); err != nil {
		return nil, err
	}
	parts.Go(func() { _ = b.queue.Run(ctx) })
	if err := b.await(ctx, int64(keys)); err != nil {
		return nil, err
	}
	memory := heap() - before
	events, err := b.events(ctx)
	if err != nil {
		return nil, err
	}
	rate, err := b.rate(ctx)
	if err != nil {
		return nil, err
	}
	sorted := sortedCopy(events)
	of := fmt.Sprintf("%d keys", keys)
	return []Figure{
		single("R1", "change sent to etcd (fsync included) to reconcile start, p50, "+of, percentile(sorted, 0.50), "ms"),
		single("R1", "change sent to etcd (fsync included) to reconcile start, p99, "+of, percentile(sorted, 0.99), "ms"),
		single("R2", "reconciles per second of a reconciler that does nothing, "+of, rate, "1/s"),
		single("R3", "memory of the cache and of the queue, every key with a later look, "+of, float64(memory)/(1<<20), "MiB"),
	}, nil
}

// reconcile takes the time for whoever waits for the key, and asks for a later look.
func (b *bench) reconcile(_ context.Context, id string) (reconcile.Result, error) {
	b.runs.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if waiting, ok := b.begun[id]; ok {
		waiting <- time.Now()
		delete(b.begun, id)
	}
	return reconcile.Result{After: time.Hour}, nil
}

func (b *bench) fill(ctx context.Context, keys int) error {
	for n := range keys {
		id := fmt.Sprintf("i-%05d", n)
		b.ids = append(b.ids, id)
		if _, err := b.put(ctx, id, 1); err != nil {
			return err
		}
	}
	return nil
}

// put puts an instance's read model of a version, and tells when it was sent.
func (b *bench) put(ctx context.Context, id string, version int64) (sent time.Time, err error) {
	model, err := json.Marshal(readmodel.Instance{ID: id, Version: version, Generation: version, OwnerID: "owner", DefinitionID: "definition"})
	if err != nil {
		return sent, fmt.Errorf("model: %w", err)
	}
	value, err := json.Marshal(readmodel.Envelope{Epoch: "bench", Version: version, Generation: version, Model: model})
	if err != nil {
		return sent, fmt.Errorf("envelope: %w", err)
	}
	key := readmodel.Key(readmodel.KindInstance, id)
	item, _, err := b.etcd.Get(ctx, key)
	if err != nil {
		return sent, err
	}
	sent = time.Now()
	_, _, err = b.etcd.PutIf(ctx, key, value, item.ModRevision)
	return sent, err
}

// events changes keys at a pace and times how long after it was sent each is reconciled.
func (b *bench) events(ctx context.Context) (took []time.Duration, err error) {
	for n := range min(loopEvents, len(b.ids)) {
		id := b.ids[(n*7919)%len(b.ids)]
		start := make(chan time.Time, 1)
		b.mu.Lock()
		b.begun[id] = start
		b.mu.Unlock()
		sent, err := b.put(ctx, id, int64(n)+2)
		if err != nil {
			return nil, err
		}
		select {
		case at := <-start:
			took = append(took, at.Sub(sent))
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		<-time.After(loopPace)
	}
	return took, nil
}

// rate runs all keys some times over and tells how many run in a second.
func (b *bench) rate(ctx context.Context) (perSecond float64, err error) {
	begun, from := time.Now(), b.runs.Load()
	for n := range loopRounds {
		for _, id := range b.ids {
			b.queue.Enqueue(id)
		}
		if err := b.await(ctx, from+int64((n+1)*len(b.ids))); err != nil {
			return 0, err
		}
	}
	return float64(b.runs.Load()-from) / time.Since(begun).Seconds(), nil
}

// await waits until there were so many runs in all. A key that was enqueued twice before it ran has run once; all keys are
// waited for before they are enqueued again.
func (b *bench) await(ctx context.Context, runs int64) error {
	for b.runs.Load() < runs {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%d of %d runs: %w", b.runs.Load(), runs, ctx.Err())
		}
	}
	return nil
}

// heap is what is in use, in bytes.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
