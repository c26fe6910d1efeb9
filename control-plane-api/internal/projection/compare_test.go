package projection_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

type bench struct {
	engine *storetest.FaultyEngine
	kv     *memkv.Store
	things *repo.Repo[repotest.Thing]
	p      *projection.Projection
	now    time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		engine: storetest.Faulty(storetest.New(t, repotest.Collections()...), nil), kv: memkv.New(),
		now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	}
	clock := func() time.Time { return b.now }
	b.things = repo.New(repotest.Kind(), repo.Deps{Engine: b.engine, Now: clock})
	b.p = projection.New(b.kv, b.engine, "epoch-1", []repo.Stored{repotest.Kind().Stored()}, clock)
	return b
}

func (b *bench) given(t *testing.T, id string) store.Document {
	t.Helper()
	_, err := b.things.Create(t.Context(), repotest.New(id, id))
	require.NoError(t, err)
	return b.document(t, id)
}

func (b *bench) document(t *testing.T, id string) store.Document {
	t.Helper()
	d, err := b.engine.Get(t.Context(), "things", id)
	require.NoError(t, err)
	return d
}

func (b *bench) put(t *testing.T, d store.Document) {
	t.Helper()
	_, err := b.p.Put(t.Context(), readmodel.KindTemplate, d)
	require.NoError(t, err)
}

func (b *bench) forge(t *testing.T, key, epoch string, version int64) {
	t.Helper()
	value, err := json.Marshal(readmodel.Envelope{Epoch: epoch, Version: version, Model: json.RawMessage(`{}`)})
	require.NoError(t, err)
	item, _, err := b.kv.Get(t.Context(), key)
	require.NoError(t, err)
	_, ok, err := b.kv.PutIf(t.Context(), key, value, item.ModRevision)
	require.NoError(t, err)
	require.True(t, ok)
}

func (b *bench) head(t *testing.T, id string) string {
	t.Helper()
	item, found, err := b.kv.Get(t.Context(), key(id))
	require.NoError(t, err)
	if !found {
		return "none"
	}
	var e readmodel.Envelope
	require.NoError(t, json.Unmarshal(item.Value, &e))
	return fmt.Sprintf("%s/%d", e.Epoch, e.Version)
}

func key(id string) string { return readmodel.Key(readmodel.KindTemplate, id) }

func update(t *testing.T, b *bench, id string, apply func(*repotest.Thing)) store.Document {
	t.Helper()
	_, _, err := b.things.Update(t.Context(), id, func(thing *repotest.Thing) error { apply(thing); return nil })
	require.NoError(t, err)
	return b.document(t, id)
}

func TestAnOlderPutDoesNothing(t *testing.T) {
	b := newBench(t)
	first := b.given(t, "a")
	second := update(t, b, "a", func(thing *repotest.Thing) { thing.Add(1) })
	b.put(t, second)
	revision := b.kv.Revision()
	b.put(t, first)
	b.put(t, second)
	require.Equal(t, revision, b.kv.Revision(), "nothing was written")
	require.Equal(t, "epoch-1/2", b.head(t, "a"))
}

func TestCompare(t *testing.T) {
	cases := map[string]struct {
		arrange func(t *testing.T, b *bench)
		want    string
		reason  string
	}{
		"missing": {func(t *testing.T, b *bench) { b.given(t, "a") }, "epoch-1/1", "a lost key is put"},
		"older": {func(t *testing.T, b *bench) {
			b.put(t, b.given(t, "a"))
			update(t, b, "a", func(thing *repotest.Thing) { thing.Add(1) })
		}, "epoch-1/2", "an older key is put again"},
		"other epoch": {func(t *testing.T, b *bench) {
			b.given(t, "a")
			b.forge(t, key("a"), "epoch-0", 99)
		}, "epoch-1/1", "another epoch counts as older, whatever its version"},
		"newer": {func(t *testing.T, b *bench) {
			b.given(t, "a")
			b.forge(t, key("a"), "epoch-1", 99)
		}, "epoch-1/1", "the store wins"},
		"unknown": {func(t *testing.T, b *bench) { b.forge(t, key("a"), "epoch-1", 3) }, "none", "a key of nothing is removed"},
		"unreadable": {func(t *testing.T, b *bench) {
			b.given(t, "a")
			_, _, err := b.kv.PutIf(t.Context(), key("a"), []byte("{"), 0)
			require.NoError(t, err)
		}, "epoch-1/1", "what cannot be read is replaced"},
		"settled lately": {func(t *testing.T, b *bench) {
			b.given(t, "a")
			b.put(t, update(t, b, "a", (*repotest.Thing).Finish))
			b.now = b.now.Add(9 * time.Minute)
		}, "epoch-1/2", "a settled aggregate stays for ten minutes"},
		"settled long ago": {func(t *testing.T, b *bench) {
			b.given(t, "a")
			b.put(t, update(t, b, "a", (*repotest.Thing).Finish))
			b.now = b.now.Add(11 * time.Minute)
		}, "none", "then it leaves"},
		"settled and missing": {func(t *testing.T, b *bench) {
			b.given(t, "a")
			update(t, b, "a", (*repotest.Thing).Finish)
			b.now = b.now.Add(11 * time.Minute)
		}, "none", "and is not put again"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.arrange(t, b)
			require.NoError(t, b.p.Compare(t.Context()))
			require.Equal(t, c.want, b.head(t, "a"), c.reason)
			revision := b.kv.Revision()
			require.NoError(t, b.p.Compare(t.Context()))
			require.Equal(t, revision, b.kv.Revision(), "a second comparison finds nothing to do")
		})
	}
}

func TestANewerKeyIsCounted(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	b.forge(t, key("a"), "epoch-1", 99)
	require.NoError(t, b.p.Compare(t.Context()))
	require.EqualValues(t, 1, b.p.Stats.Newer.Load())
}

// A document that is written between the list of etcd and the walk of the store is not taken for a restored backup.
func TestAKeyThatWasNewerOnlyForAMomentStays(t *testing.T) {
	b := newBench(t)
	b.put(t, b.given(t, "a"))
	b.engine.SetHook(storetest.OnCall(storetest.Find, 1, storetest.Fault{Then: func() {
		b.engine.SetHook(nil)
		b.put(t, update(t, b, "a", func(thing *repotest.Thing) { thing.Add(1) }))
	}}))
	require.NoError(t, b.p.Compare(t.Context()))
	require.Equal(t, "epoch-1/2", b.head(t, "a"))
	require.Zero(t, b.p.Stats.Newer.Load())
}

func TestSamplesAreNotCompared(t *testing.T) {
	b := newBench(t)
	_, _, err := b.kv.PutIf(t.Context(), projection.SamplesRoot+"workers/w1", []byte(`{}`), 0)
	require.NoError(t, err)
	require.NoError(t, b.p.Compare(t.Context()))
	_, found, err := b.kv.Get(t.Context(), projection.SamplesRoot+"workers/w1")
	require.NoError(t, err)
	require.True(t, found)
}

func TestAWipedEtcdIsRebuiltSoon(t *testing.T) {
	for name, newCluster := range map[string]bool{"new cluster id": true, "same cluster id": false} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			const many = 100
			for i := range many {
				b.given(t, repotest.ID(i))
			}
			go b.p.Keep(t.Context(), slog.New(slog.DiscardHandler))
			complete := func() bool {
				page, err := b.kv.List(t.Context(), readmodel.Root, "", 0, 0)
				return err == nil && len(page.Items) == many
			}
			require.Eventually(t, complete, 5*time.Second, 5*time.Millisecond)
			require.Eventually(t, func() bool { return b.p.Stats.Compared.Load() == 1 }, time.Second, time.Millisecond)
			b.kv.Wipe(newCluster)
			require.Eventually(t, complete, 10*time.Second, 10*time.Millisecond)
		})
	}
}

func TestRetireTakesOnlyWhatIsSettled(t *testing.T) {
	b := newBench(t)
	b.put(t, b.given(t, "a"))
	b.now = b.now.Add(time.Hour)
	require.NoError(t, b.p.Retire(t.Context(), readmodel.KindTemplate, "a"))
	require.Equal(t, "epoch-1/1", b.head(t, "a"))
	b.put(t, update(t, b, "a", (*repotest.Thing).Finish))
	b.now = b.now.Add(11 * time.Minute)
	require.NoError(t, b.p.Retire(t.Context(), readmodel.KindTemplate, "a"))
	require.Equal(t, "none", b.head(t, "a"))
}
