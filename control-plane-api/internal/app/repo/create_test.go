package repo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func named(name string) func(string) (*repotest.Thing, error) {
	return func(id string) (*repotest.Thing, error) { return repotest.New(id, name), nil }
}

func TestARepeatedCreateMakesOne(t *testing.T) {
	b := newBench(t)
	ctx := keyed(t.Context(), "k", "1")
	first, meta, err := b.things.CreateOnce(ctx, named("n"))
	require.NoError(t, err)
	require.Equal(t, repo.Meta{Version: 1, Generation: 1, Changed: true}, meta)
	again, meta, err := b.things.CreateOnce(ctx, named("n"))
	require.NoError(t, err)
	require.True(t, meta.Repeated)
	require.Equal(t, first.ID, again.ID)

	_, _, err = b.things.CreateOnce(keyed(t.Context(), "k", "2"), named("m"))
	require.Equal(t, "idempotency_key_reused", failure.CodeOf(err))
	_, _, err = b.things.CreateOnce(keyed(t.Context(), "other", "1"), named("n"))
	require.Equal(t, "thing_exists", failure.CodeOf(err), "the name is taken")
	_, _, err = b.things.CreateOnce(t.Context(), named("without key"))
	require.NoError(t, err)

	b.now = b.now.Add(25 * time.Hour)
	later, meta, err := b.things.CreateOnce(keyed(t.Context(), "k", "2"), named("next day"))
	require.NoError(t, err)
	require.True(t, meta.Changed)
	require.NotEqual(t, first.ID, later.ID)
}

// Whatever a create was doing when it was cut off, the repeat ends with one thing.
func TestACreateSurvivesACutAtEveryStep(t *testing.T) {
	boom := errors.New("process killed")
	for nth := int64(1); nth <= 2; nth++ {
		for name, fault := range map[string]storetest.Fault{
			"before": {Fail: boom}, "after": {Lose: boom},
			"unknown before": {Fail: store.ErrUnknown}, "unknown after": {Lose: store.ErrUnknown},
		} {
			t.Run(fmt.Sprintf("insert %d %s", nth, name), func(t *testing.T) {
				b := newBench(t)
				ctx := keyed(t.Context(), "k", "1")
				b.engine.SetHook(storetest.OnCall(storetest.Insert, nth, fault))
				_, _, err := b.things.CreateOnce(ctx, named("n"))
				if errors.Is(fault.Fail, store.ErrUnknown) || errors.Is(fault.Lose, store.ErrUnknown) {
					require.NoError(t, err, "an unknown outcome is found out at once")
				} else {
					require.True(t, failure.Is(err, failure.Unavailable))
				}
				b.engine.SetHook(nil)
				thing, _, err := b.things.CreateOnce(ctx, named("n"))
				require.NoError(t, err)
				all, err := b.things.Find(t.Context(), store.Query{})
				require.NoError(t, err)
				require.Len(t, all, 1)
				require.Equal(t, thing.ID, all[0].Value.ID)
			})
		}
	}
}

// Two replicas get one request at once. The slower one must not take what the faster one has just made for something that
// was made and removed long ago.
func TestACreateThatIsUnderWayElsewhereIsNotTakenForARemovedOne(t *testing.T) {
	b := newBench(t)
	ctx := keyed(t.Context(), "k", "1")
	b.engine.SetHook(storetest.OnCall(storetest.Insert, 2, storetest.Fault{Fail: errors.New("process killed")}))
	_, _, err := b.things.CreateOnce(ctx, named("n"))
	require.Error(t, err, "the id is claimed, no more")
	var made *repotest.Thing
	b.engine.SetHook(storetest.OnCall(storetest.Get, 2, storetest.Fault{Then: func() {
		b.engine.SetHook(nil)
		var err error
		made, _, err = b.things.CreateOnce(ctx, named("n"))
		require.NoError(t, err)
		d, err := b.engine.Get(t.Context(), "things", made.ID)
		require.NoError(t, err)
		require.NoError(t, journal.New(b.engine, false).Append(t.Context(), repotest.Kind().Name, made.ID, d.Changes[0]))
	}}))
	again, meta, err := b.things.CreateOnce(ctx, named("n"))
	require.NoError(t, err)
	require.NotNil(t, made, "the other one came in between")
	require.Equal(t, made.ID, again.ID)
	require.True(t, meta.Repeated)
}

func TestADerivedIDIsCreatedOnce(t *testing.T) {
	b := newBench(t)
	ctx := keyed(t.Context(), "k", "1")
	_, err := b.things.Create(ctx, repotest.New("plan-1", "n"))
	require.NoError(t, err)
	meta, err := b.things.Create(ctx, repotest.New("plan-1", "n"))
	require.NoError(t, err)
	require.True(t, meta.Repeated)
	_, err = b.things.Create(t.Context(), repotest.New("plan-1", "n"))
	require.Equal(t, "thing_exists", failure.CodeOf(err))
	_, err = b.things.Create(keyed(t.Context(), "k", "2"), repotest.New("plan-1", "n"))
	require.Equal(t, "idempotency_key_reused", failure.CodeOf(err))
}

func TestADeletionLeavesItsChangeInTheJournal(t *testing.T) {
	b := newBench(t)
	ctx := keyed(t.Context(), "k", "1")
	thing, _, err := b.things.CreateOnce(ctx, named("n"))
	require.NoError(t, err)
	b.engine.SetHook(storetest.OnCall(storetest.Delete, 1, storetest.Fault{Lose: store.ErrUnknown}))
	require.NoError(t, b.things.Delete(t.Context(), thing.ID, func(t *repotest.Thing) error { t.Finish(); return nil }))
	_, _, err = b.things.Get(t.Context(), thing.ID)
	require.True(t, failure.Is(err, failure.NotFound))
	d, err := b.engine.Get(t.Context(), "journal", "templates/"+thing.ID+"/2")
	require.NoError(t, err)
	require.Contains(t, string(d.State), "thing.finished.v1")

	_, _, err = b.things.CreateOnce(ctx, named("n"))
	require.True(t, failure.Is(err, failure.NotFound), "what was created and removed is not created again by a repeat")
}

func TestANewerSchemaIsRefused(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	d, err := b.engine.Get(t.Context(), "things", "a")
	require.NoError(t, err)
	d.Schema, d.Version = 2, 2
	require.NoError(t, b.engine.Replace(context.Background(), "things", d, 1))
	_, _, err = b.things.Get(t.Context(), "a")
	require.Equal(t, "schema_newer", failure.CodeOf(err))
}
