package repo_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// fixedTerms is a register of terms that tests set.
type fixedTerms struct {
	mu    sync.Mutex
	terms map[string]int64
}

func (f *fixedTerms) Current(_ context.Context, service string) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.terms[service], nil
}

func (f *fixedTerms) set(service string, term int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.terms[service] = term
}

type bench struct {
	engine *storetest.FaultyEngine
	things *repo.Repo[repotest.Thing]
	terms  *fixedTerms
	now    time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		engine: storetest.Faulty(storetest.New(t, repotest.Collections()...), nil),
		terms:  &fixedTerms{terms: map[string]int64{}},
		now:    time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	}
	b.things = repo.New(repotest.Kind(), repo.Deps{Engine: b.engine, Terms: b.terms, Now: func() time.Time { return b.now }})
	return b
}

func (b *bench) given(t *testing.T, id string) {
	t.Helper()
	_, err := b.things.Create(t.Context(), repotest.New(id, "name of "+id))
	require.NoError(t, err)
}

func (b *bench) document(t *testing.T, id string) (store.Document, []journal.Change) {
	t.Helper()
	d, err := b.engine.Get(t.Context(), "things", id)
	require.NoError(t, err)
	changes := make([]journal.Change, len(d.Changes))
	for i, raw := range d.Changes {
		changes[i], err = journal.Decode(raw)
		require.NoError(t, err)
	}
	return d, changes
}

func add(by int) func(*repotest.Thing) error {
	return func(t *repotest.Thing) error {
		t.Add(by)
		return nil
	}
}

func keyed(ctx context.Context, key, body string) context.Context {
	return call.With(ctx, call.Call{Actor: "ann", Route: "add", Key: key, BodyHash: body})
}

func termed(ctx context.Context, term int64) context.Context {
	return call.With(ctx, call.Call{Actor: "s", Term: &api.Term{Service: "s", Term: term}})
}

func TestAChangeAndItsStateAreOneWrite(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	ctx, written := repo.WithWritten(call.With(t.Context(), call.Call{
		Actor: "ann", Roles: []api.Role{api.Admin}, Reason: "because", RequestID: "r1", SourceIP: "10.0.0.1",
	}))
	thing, meta, err := b.things.Update(ctx, "a", func(t *repotest.Thing) error {
		t.Secret = "hunter2"
		t.Add(3)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 3, thing.Count)
	require.Equal(t, repo.Meta{Version: 2, Generation: 2, Changed: true}, meta)
	require.Equal(t, []api.Written{{Kind: "templates", ID: "a", Version: 2, Generation: 2}}, written.All())

	d, changes := b.document(t, "a")
	require.True(t, d.Dirty)
	last := changes[1]
	require.Equal(t, "ann", last.By)
	require.Equal(t, "because", last.Reason)
	require.Equal(t, "10.0.0.1", last.SourceIP)
	require.Equal(t, []journal.Event{{Type: "thing.counted.v1", Data: json.RawMessage(`{"by":3}`)}}, last.Events)
	require.JSONEq(t, `0`, string(last.Before["count"]))
	require.JSONEq(t, `3`, string(last.After["count"]))
	require.JSONEq(t, `"***"`, string(last.After["secret"]), "a redacted field does not reach the change")
	require.NotContains(t, string(d.Changes[1]), "hunter2")
	require.Equal(t, journal.Hash(d.Changes[0]), last.PrevHash)
}

func TestANoteRaisesNoGenerationAndNoChangeWritesNothing(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	_, meta, err := b.things.Update(t.Context(), "a", func(t *repotest.Thing) error { t.Remark("x"); return nil })
	require.NoError(t, err)
	require.Equal(t, repo.Meta{Version: 2, Generation: 1, Changed: true}, meta)
	_, meta, err = b.things.Update(t.Context(), "a", func(*repotest.Thing) error { return nil })
	require.NoError(t, err)
	require.Equal(t, repo.Meta{Version: 2, Generation: 1}, meta)
}

func TestARefusalWritesNothing(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	refused := failure.New(failure.Conflict, "no", "not now")
	_, _, err := b.things.Update(t.Context(), "a", func(t *repotest.Thing) error { t.Add(1); return refused })
	require.ErrorIs(t, err, refused)
	d, _ := b.document(t, "a")
	require.EqualValues(t, 1, d.Version)
}

func TestChecksComeInOrder(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	b.terms.set("s", 4)
	first := call.Call{Actor: "s", Route: "add", Key: "k", BodyHash: "1", Term: &api.Term{Service: "s", Term: 4}, Generation: 1}
	_, _, err := b.things.Update(call.With(t.Context(), first), "a", add(1))
	require.NoError(t, err)

	stale := first
	stale.Term = &api.Term{Service: "s", Term: 3}
	otherBody := first
	otherBody.BodyHash = "2"
	fresh := first
	fresh.Key = "other"
	cases := map[string]struct {
		call   call.Call
		kind   failure.Kind
		code   string
		reason string
	}{
		"term":       {stale, failure.StaleTerm, "stale_term", "an old leader is told so even if it repeats itself"},
		"key":        {otherBody, failure.Reused, "idempotency_key_reused", "a key stands for one body"},
		"generation": {fresh, failure.Precondition, "generation_changed", "the generation is 2 by now"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := b.things.Update(call.With(t.Context(), c.call), "a", add(1))
			require.Equal(t, c.kind, failure.KindOf(err), c.reason)
			require.Equal(t, c.code, failure.CodeOf(err), c.reason)
		})
	}
	_, meta, err := b.things.Update(call.With(t.Context(), first), "a", add(1))
	require.NoError(t, err, "the generation of a repeat is not looked at")
	require.True(t, meta.Repeated)
	_, _, err = b.things.Update(t.Context(), "none", add(1))
	require.Equal(t, "thing_not_found", failure.CodeOf(err))
}

func TestATermIsHeldByCounterAndDocument(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	b.terms.set("s", 7)
	_, _, err := b.things.Update(termed(t.Context(), 7), "a", add(1))
	require.NoError(t, err)
	d, _ := b.document(t, "a")
	require.Equal(t, []store.Term{{Service: "s", Term: 7}}, d.Terms)

	_, _, err = b.things.Update(termed(t.Context(), 6), "a", add(1))
	require.True(t, failure.Is(err, failure.StaleTerm), "the counter is at 7")
	_, _, err = b.things.Update(termed(t.Context(), 8), "a", add(1))
	require.True(t, failure.Is(err, failure.StaleTerm), "8 was never issued by this store")

	b.terms.set("s", 6)
	_, _, err = b.things.Update(termed(t.Context(), 6), "a", add(1))
	require.True(t, failure.Is(err, failure.StaleTerm), "the document has seen 7, whatever the counter says")
}

func TestARepeatIsFoundInChangesAndInTheJournal(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	ctx := keyed(t.Context(), "k", "1")
	_, _, err := b.things.Update(ctx, "a", add(1))
	require.NoError(t, err)
	_, meta, err := b.things.Update(ctx, "a", add(1))
	require.NoError(t, err)
	require.True(t, meta.Repeated)

	// Journal all, then push the change out of the document.
	log := journal.New(b.engine, false)
	for range 20 {
		d, _ := b.document(t, "a")
		for _, raw := range d.Changes {
			require.NoError(t, log.Append(t.Context(), "templates", "a", raw))
		}
		require.NoError(t, b.engine.Mark(t.Context(), "things", "a", d.Version, d.Version, d.Version, false))
		_, _, err := b.things.Update(t.Context(), "a", add(0))
		require.NoError(t, err)
	}
	d, changes := b.document(t, "a")
	require.Len(t, d.Changes, 16, "the last 16 of those that are journaled stay")
	require.Greater(t, changes[0].Version, int64(2))
	thing, meta, err := b.things.Update(ctx, "a", add(1))
	require.NoError(t, err)
	require.True(t, meta.Repeated)
	require.Equal(t, 1, thing.Count)
	_, _, err = b.things.Update(keyed(t.Context(), "k", "2"), "a", add(1))
	require.True(t, failure.Is(err, failure.Reused))

	b.now = b.now.Add(25 * time.Hour)
	_, meta, err = b.things.Update(ctx, "a", add(1))
	require.NoError(t, err)
	require.True(t, meta.Changed, "a key is remembered for 24 hours")
}

func TestChangesStayUntilTheyAreJournaled(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	for range 40 {
		_, _, err := b.things.Update(t.Context(), "a", add(1))
		require.NoError(t, err)
	}
	d, _ := b.document(t, "a")
	require.Len(t, d.Changes, 41, "none of them is in the journal")
}

func TestModelsHaveALimit(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	tooMuch := func(t *repotest.Thing) error {
		t.Name = strings.Repeat("x", 65<<10)
		t.Add(1)
		return nil
	}
	_, _, err := b.things.Update(t.Context(), "a", tooMuch)
	require.Equal(t, "thing_too_large", failure.CodeOf(err))
	kind := repotest.Kind()
	kind.TooLarge = "thing_full"
	_, _, err = repo.New(kind, repo.Deps{Engine: b.engine}).Update(t.Context(), "a", tooMuch)
	require.Equal(t, "thing_full", failure.CodeOf(err))
	require.True(t, failure.Is(err, failure.Conflict))
}

func TestManyWritersLoseNothing(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	var all sync.WaitGroup
	errs := make(chan error, 80)
	for range 8 {
		all.Go(func() {
			for range 10 {
				_, _, err := b.things.Update(t.Context(), "a", add(1))
				errs <- err
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	thing, meta, err := b.things.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, 80, thing.Count)
	require.EqualValues(t, 81, meta.Version)
}
