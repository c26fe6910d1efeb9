package relay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/relay"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// bench is a store and an etcd that outlive the relays that work on them.
type bench struct {
	engine *storetest.FaultyEngine
	kv     *memkv.Store
	keys   *cutKeys
	log    *journal.Journal
	now    time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	engine := storetest.Faulty(storetest.New(t, repotest.Collections()...), nil)
	kv := memkv.New()
	return &bench{
		engine: engine, kv: kv, keys: &cutKeys{Store: kv}, log: journal.New(engine, true),
		now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	}
}

// cutKeys fails puts on demand, before or after they are done.
type cutKeys struct {
	etcdkv.Store
	before, after error
}

func (c *cutKeys) PutIf(ctx context.Context, key string, value []byte, modRevision int64) (int64, bool, error) {
	if c.before != nil {
		return 0, false, c.before
	}
	revision, ok, err := c.Store.PutIf(ctx, key, value, modRevision)
	if c.after != nil {
		return 0, false, c.after
	}
	return revision, ok, err
}

// clock stands past the grace that a sweep leaves to the replica that committed.
func (b *bench) clock() time.Time { return b.now.Add(time.Minute) }

func (b *bench) repo() *repo.Repo[repotest.Thing] {
	return repo.New(repotest.Kind(), repo.Deps{Engine: b.engine, Now: func() time.Time { return b.now }})
}

// replica is what a fresh process would have.
func (b *bench) replica() *relay.Relay {
	kinds := []repo.Stored{repotest.Kind().Stored()}
	return relay.New(relay.Config{
		Engine: b.engine, Journal: b.log, Kinds: kinds, Now: b.clock, Log: slog.New(slog.DiscardHandler),
		Projection: projection.New(b.keys, b.engine, "epoch-1", kinds, b.clock),
	})
}

func (b *bench) envelope(t *testing.T, id string) (readmodel.Envelope, repotest.Model) {
	t.Helper()
	item, found, err := b.kv.Get(t.Context(), readmodel.Key(readmodel.KindTemplate, id))
	require.NoError(t, err)
	require.True(t, found, "there is a key for %s", id)
	envelope, model, err := readmodel.Decode[repotest.Model](item.Value)
	require.NoError(t, err)
	return envelope, model
}

func add(by int) func(*repotest.Thing) error {
	return func(t *repotest.Thing) error {
		t.Add(by)
		return nil
	}
}

func (b *bench) change(t *testing.T, id string, times int) {
	t.Helper()
	things := b.repo()
	if _, _, err := things.Get(t.Context(), id); failure.Is(err, failure.NotFound) {
		_, err := things.Create(t.Context(), repotest.New(id, id))
		require.NoError(t, err)
	}
	for range times {
		_, _, err := things.Update(t.Context(), id, add(1))
		require.NoError(t, err)
	}
}

func (b *bench) requireCarried(t *testing.T, id string, versions int64) {
	t.Helper()
	n, err := b.log.Verify(t.Context(), readmodel.KindTemplate, id)
	require.NoError(t, err)
	require.Equal(t, versions, n, "every change is in the journal once, in order")
	envelope, model := b.envelope(t, id)
	require.Equal(t, versions, envelope.Version)
	require.EqualValues(t, versions-1, model.Count)
	d, err := b.engine.Get(t.Context(), "things", id)
	require.NoError(t, err)
	require.False(t, d.Dirty)
	require.Equal(t, []int64{versions, versions}, []int64{d.Journaled, d.Projected})
}

func TestASweepCarriesOnWhatWasLeftBehind(t *testing.T) {
	b := newBench(t)
	b.change(t, "a", 20)
	require.NoError(t, b.replica().Sweep(t.Context()))
	b.requireCarried(t, "a", 21)
	envelope, _ := b.envelope(t, "a")
	require.Equal(t, "epoch-1", envelope.Epoch)
	require.Len(t, envelope.Changes, 16)
	require.EqualValues(t, 21, envelope.Changes[15].Version)
	require.Equal(t, "thing.counted.v1", envelope.Changes[15].Events[0].Type)
}

func TestACommitIsCarriedOnAtOnce(t *testing.T) {
	b := newBench(t)
	r := b.replica()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	things := repo.New(repotest.Kind(), repo.Deps{Engine: b.engine, Relay: r})
	_, err := things.Create(t.Context(), repotest.New("a", "a"))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		d, err := b.engine.Get(t.Context(), "things", "a")
		return err == nil && !d.Dirty
	}, 5*time.Second, 5*time.Millisecond)
	b.requireCarried(t, "a", 1)

	require.NoError(t, things.Delete(t.Context(), "a", add(1)))
	require.Eventually(t, func() bool {
		_, found, err := b.kv.Get(t.Context(), readmodel.Key(readmodel.KindTemplate, "a"))
		return err == nil && !found
	}, 5*time.Second, 5*time.Millisecond, "a deleted aggregate leaves etcd")
	stop()
	require.NoError(t, <-done)
}

// stuckJournal holds the entries of one aggregate back until it is let go.
type stuckJournal struct {
	*journal.Journal
	id    string
	stuck chan struct{}
}

func (j stuckJournal) Append(ctx context.Context, kind readmodel.Kind, id string, raw json.RawMessage) error {
	if id == j.id {
		select {
		case <-j.stuck:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return j.Journal.Append(ctx, kind, id, raw)
}

func TestADocumentThatIsWrittenAllTheTimeHoldsNobodyUp(t *testing.T) {
	b := newBench(t)
	stuck := stuckJournal{Journal: b.log, id: "hot", stuck: make(chan struct{})}
	kinds := []repo.Stored{repotest.Kind().Stored()}
	r := relay.New(relay.Config{
		Engine: b.engine, Journal: stuck, Kinds: kinds, Log: slog.New(slog.DiscardHandler),
		Now:        func() time.Time { return b.now }, // within the grace: no sweep helps
		Projection: projection.New(b.keys, b.engine, "epoch-1", kinds, b.clock),
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	things := repo.New(repotest.Kind(), repo.Deps{Engine: b.engine, Relay: r, Now: func() time.Time { return b.now }})
	clean := func(id string) func() bool {
		return func() bool {
			d, err := b.engine.Get(t.Context(), "things", id)
			return err == nil && !d.Dirty
		}
	}
	_, err := things.Create(t.Context(), repotest.New("hot", "hot"))
	require.NoError(t, err)
	for i := range 50 {
		_, _, err := things.Update(t.Context(), "hot", add(1))
		require.NoError(t, err)
		_, err = things.Create(t.Context(), repotest.New(repotest.ID(i), repotest.ID(i)))
		require.NoError(t, err)
	}
	for i := range 50 {
		require.Eventually(t, clean(repotest.ID(i)), time.Minute, 5*time.Millisecond, "document %d", i)
	}
	require.False(t, clean("hot")())
	close(stuck.stuck)
	require.Eventually(t, clean("hot"), time.Minute, 5*time.Millisecond)
	b.requireCarried(t, "hot", 51)
	stop()
	require.NoError(t, <-done)
}

// A process that dies between any two of its steps leaves the rest to the next one; nothing is lost, nothing is there twice.
func TestACutAtAnyStepIsMadeGood(t *testing.T) {
	killed := errors.New("killed")
	faults := map[string]func(*bench){
		"before the journal": func(b *bench) {
			b.engine.SetHook(storetest.OnCall(storetest.Insert, 1, storetest.Fault{Fail: killed}))
		},
		"after the journal": func(b *bench) {
			b.engine.SetHook(storetest.OnCall(storetest.Insert, 1, storetest.Fault{Lose: killed}))
		},
		"between two journal entries": func(b *bench) {
			b.engine.SetHook(storetest.OnCall(storetest.Insert, 2, storetest.Fault{Fail: killed}))
		},
		"before the put":  func(b *bench) { b.keys.before = killed },
		"after the put":   func(b *bench) { b.keys.after = killed },
		"before the mark": func(b *bench) { b.engine.SetHook(storetest.Always(storetest.Fault{Fail: killed}, storetest.Mark)) },
		"after the mark":  func(b *bench) { b.engine.SetHook(storetest.Always(storetest.Fault{Lose: killed}, storetest.Mark)) },
		"answer lost": func(b *bench) {
			b.engine.SetHook(storetest.OnCall(storetest.Insert, 2, storetest.Fault{Lose: store.ErrUnknown}))
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.change(t, "a", 3)
			fault(b)
			_ = b.replica().Sweep(t.Context())
			b.engine.SetHook(nil)
			b.keys.before, b.keys.after = nil, nil
			b.change(t, "a", 1)
			require.NoError(t, b.replica().Sweep(t.Context()))
			b.requireCarried(t, "a", 5)
			entries, err := b.log.Undelivered(t.Context(), "templates/a", 100)
			require.NoError(t, err)
			require.Len(t, entries, 5)
			for i, entry := range entries {
				require.EqualValues(t, i+1, entry.Version)
			}
		})
	}
}

func TestADeadEtcdDoesNotMakeADocumentGrow(t *testing.T) {
	b := newBench(t)
	b.kv.SetDown(true)
	r := b.replica()
	b.change(t, "a", 1)
	for range 30 {
		b.change(t, "a", 2)
		require.Error(t, r.Sweep(t.Context()))
	}
	require.True(t, r.EtcdDown())
	d, err := b.engine.Get(t.Context(), "things", "a")
	require.NoError(t, err)
	require.LessOrEqual(t, len(d.Changes), 18)
	require.True(t, d.Dirty)
	b.kv.SetDown(false)
	b.now = b.now.Add(time.Minute)
	require.NoError(t, r.Sweep(t.Context()))
	b.requireCarried(t, "a", 62)
}

func TestTwoReplicasSweepAtOnce(t *testing.T) {
	b := newBench(t)
	for i := range 20 {
		b.change(t, repotest.ID(i), 2)
	}
	results := make(chan error, 2)
	for range 2 {
		r := b.replica()
		go func() { results <- r.Sweep(t.Context()) }()
	}
	require.NoError(t, errors.Join(<-results, <-results))
	for i := range 20 {
		b.requireCarried(t, repotest.ID(i), 3)
	}
}

func TestAnAlteredChangeIsFound(t *testing.T) {
	b := newBench(t)
	b.change(t, "a", 3)
	require.NoError(t, b.replica().Sweep(t.Context()))
	d, err := b.engine.Get(t.Context(), journal.Name, "templates/a/2")
	require.NoError(t, err)
	d.State = []byte(fmt.Sprintf(`{"version":2,"by":"mallory","at":%q}`, b.now.Format(time.RFC3339)))
	d.Version = 2
	require.NoError(t, b.engine.Replace(t.Context(), journal.Name, d, 1))
	_, err = b.log.Verify(t.Context(), readmodel.KindTemplate, "a")
	require.ErrorContains(t, err, "version 2")
}
