package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

type thing struct {
	Name string `json:"name"`
}

// project does what control-plane-api's relay does.
func project(t *testing.T, store *memkv.Store, id, epoch string, version, generation int64, name string) {
	t.Helper()
	model, err := json.Marshal(thing{Name: name})
	require.NoError(t, err)
	value, err := json.Marshal(readmodel.Envelope{Epoch: epoch, Version: version, Generation: generation, Model: model})
	require.NoError(t, err)
	putRaw(t, store, id, value)
}

func putRaw(t *testing.T, store *memkv.Store, id string, value []byte) {
	t.Helper()
	key := readmodel.Key(readmodel.KindInstance, id)
	item, _, err := store.Get(t.Context(), key)
	require.NoError(t, err)
	_, ok, err := store.PutIf(t.Context(), key, value, item.ModRevision)
	require.NoError(t, err)
	require.True(t, ok)
	synctest.Wait()
}

func unproject(t *testing.T, store *memkv.Store, id string) {
	t.Helper()
	require.NoError(t, store.Delete(t.Context(), readmodel.Key(readmodel.KindInstance, id)))
	synctest.Wait()
}

// watchThings runs a Models in a synctest bubble.
func watchThings(t *testing.T, store *memkv.Store, writes *reconcile.Writes) *reconcile.Models[thing] {
	t.Helper()
	models := reconcile.NewModels[thing](store, readmodel.KindInstance, reconcile.ModelsOptions{Writes: writes})
	return models
}

func runModels(t *testing.T, models *reconcile.Models[thing]) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- models.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	require.NoError(t, models.WaitSynced(ctx))
	synctest.Wait()
}

func TestModelsFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		project(t, store, "b", "e1", 3, 2, "second")
		models := watchThings(t, store, nil)
		var told []string
		models.OnChange(func(id string, old, now reconcile.Meta, gone bool) {
			held, _, found := models.Get(id)
			told = append(told, fmt.Sprintf("%s %d->%d gone=%t found=%t %s", id, old.Version, now.Version, gone, found, held.Name))
		})
		runModels(t, models)
		project(t, store, "a", "e1", 1, 1, "first")
		project(t, store, "a", "e1", 2, 1, "renamed")
		require.Equal(t, []thing{{"renamed"}, {"second"}}, models.List(), "in the order of ids")
		require.Equal(t, []string{"a", "b"}, models.IDs())
		require.Equal(t, 2, models.Len())
		_, meta, found := models.Get("b")
		require.True(t, found)
		require.Equal(t, reconcile.Meta{Epoch: "e1", Version: 3, Generation: 2}, meta)
		unproject(t, store, "a")
		_, _, found = models.Get("a")
		require.False(t, found)
		require.Equal(t, []string{
			"b 0->3 gone=false found=true second",
			"a 0->1 gone=false found=true first",
			"a 1->2 gone=false found=true renamed",
			"a 2->0 gone=true found=false ",
		}, told, "when told of a change the cache shows it already")
		require.NoError(t, models.Check())
	})
}

func TestModelsKeepWhatTheyCanRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		project(t, store, "a", "e1", 1, 1, "first")
		models := watchThings(t, store, nil)
		runModels(t, models)
		putRaw(t, store, "a", []byte("not an envelope"))
		held, _, found := models.Get("a")
		require.True(t, found)
		require.Equal(t, "first", held.Name, "none would be read as gone")
		require.ErrorContains(t, models.Check(), "a", "not ready, and it says why")
		project(t, store, "a", "e1", 2, 2, "again")
		require.NoError(t, models.Check())
	})
}

func TestShouldEnqueue(t *testing.T) {
	at := func(epoch string, version, generation int64) reconcile.Meta {
		return reconcile.Meta{Epoch: epoch, Version: version, Generation: generation}
	}
	for _, test := range []struct {
		reason   string
		old, now reconcile.Meta
		gone     bool
		want     bool
	}{
		{"a new key", reconcile.Meta{}, at("e", 1, 1), false, true},
		{"a key that is gone", at("e", 4, 2), reconcile.Meta{}, true, true},
		{"a higher generation", at("e", 4, 2), at("e", 5, 3), false, true},
		{"several versions at once, a higher generation among them", at("e", 4, 2), at("e", 9, 3), false, true},
		{"only the version rose: a condition, a try, a booking", at("e", 4, 2), at("e", 5, 2), false, false},
		{"the same again, after a list", at("e", 4, 2), at("e", 4, 2), false, false},
		{"restored data may differ at the same generation", at("e", 4, 2), at("f", 4, 2), false, true},
	} {
		require.Equal(t, test.want, reconcile.ShouldEnqueue(test.old, test.now, test.gone), test.reason)
		var enqueued []string
		reconcile.EnqueueChanges(func(id string) { enqueued = append(enqueued, id) })("x", test.old, test.now, test.gone)
		require.Equal(t, test.want, len(enqueued) == 1, test.reason)
	}
}

func TestFailingKeyKeepsBackoffThroughItsOwnConditions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		project(t, store, "a", "e1", 1, 1, "first")
		models := watchThings(t, store, nil)
		version := int64(1) // one key: one run at a time
		var b *bench
		models.OnChange(reconcile.EnqueueChanges(func(id string) { b.Enqueue(id) }))
		b = start(t, reconcile.Options[string]{}, func(context.Context, string, int) (reconcile.Result, error) {
			// A reconciler that fails records the try on the aggregate.
			version++
			model := fmt.Sprintf(`{"epoch":"e1","version":%d,"generation":1,"model":{}}`, version)
			item, _, err := store.Get(t.Context(), readmodel.Key(readmodel.KindInstance, "a"))
			if err != nil {
				return reconcile.Result{}, err
			}
			if _, _, err := store.PutIf(t.Context(), item.Key, []byte(model), item.ModRevision); err != nil {
				return reconcile.Result{}, err
			}
			return reconcile.Result{}, errBroken
		})
		runModels(t, models)
		<-time.After(time.Minute)
		require.LessOrEqual(t, b.ran("a"), 7, "1+2+4+8+16+32 s")
		require.GreaterOrEqual(t, b.ran("a"), 6)
	})
}
