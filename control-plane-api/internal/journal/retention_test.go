package journal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// chain are changes 1 to n, a second apart.
func chain(n int, events ...journal.Event) []journal.Change {
	all := make([]journal.Change, n)
	for i := range all {
		all[i] = journal.Change{Version: int64(i + 1), By: "ann", At: at(0).Add(time.Duration(i+1) * time.Second), Events: events}
	}
	return all
}

func TestOldEntriesGoAndTheRestCanStillBeVerified(t *testing.T) {
	engine := storetest.New(t, journal.Collection(), journal.CheckpointCollection())
	j := journal.New(engine, false)
	appendAll(t, j, "a", chain(1200)...)
	appendAll(t, j, "b", chain(3)...)

	removed, err := journal.Trim(t.Context(), engine, at(0).Add(1101*time.Second))
	require.NoError(t, err)
	require.Equal(t, 1100+3, removed)
	verified, err := j.VerifyChain(t.Context(), kind, "a")
	require.NoError(t, err)
	require.Equal(t, []int64{1101, 1200}, []int64{verified.First, verified.Last})

	// The aggregate lives on: its next change carries the hash of one that is gone.
	last, found, err := j.Get(t.Context(), kind, "a", 1200)
	require.NoError(t, err)
	require.True(t, found)
	removed, err = journal.Trim(t.Context(), engine, at(0).Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, 100, removed)
	raw, err := json.Marshal(journal.Change{Version: 1201, At: at(0).Add(2 * time.Hour), PrevHash: journal.Hash(last.Raw)})
	require.NoError(t, err)
	require.NoError(t, j.Append(t.Context(), kind, "a", raw))
	n, err := j.Verify(t.Context(), kind, "a")
	require.NoError(t, err)
	require.EqualValues(t, 1201, n)
	removed, err = journal.Trim(t.Context(), engine, at(0).Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, removed, "what is younger stays")
}

func TestWhatWaitsForDeliveryStays(t *testing.T) {
	engine := storetest.New(t, journal.Collection(), journal.CheckpointCollection())
	j := journal.New(engine, true)
	appendAll(t, j, "a", chain(4, journal.Event{Type: "e.v1", Data: json.RawMessage(`{}`)})...)
	waiting, err := j.Undelivered(t.Context(), "workers/a", 1)
	require.NoError(t, err)
	require.NoError(t, j.Delivered(t.Context(), waiting[0]))
	removed, err := journal.Trim(t.Context(), engine, at(0).Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, removed)
	_, err = j.Verify(t.Context(), kind, "a")
	require.NoError(t, err)
}

func TestTrimmingThatIsCutOffGoesOnLater(t *testing.T) {
	for call := 1; call <= 6; call++ {
		t.Run(fmt.Sprint("write ", call), func(t *testing.T) {
			engine := storetest.Faulty(storetest.New(t, journal.Collection(), journal.CheckpointCollection()), nil)
			j := journal.New(engine, false)
			appendAll(t, j, "a", chain(900)...)
			writes := 0
			engine.SetHook(func(_ context.Context, did storetest.Call) storetest.Fault {
				if did.Writes() {
					writes++
				}
				if writes >= call {
					return storetest.Fault{Fail: store.ErrUnavailable}
				}
				return storetest.Fault{}
			})
			_, _ = journal.Trim(t.Context(), engine, at(0).Add(800*time.Second))
			engine.SetHook(nil)
			n, err := j.Verify(t.Context(), kind, "a")
			require.NoError(t, err, "half way the chain is whole")
			require.EqualValues(t, 900, n)
			_, err = journal.Trim(t.Context(), engine, at(0).Add(800*time.Second))
			require.NoError(t, err)
			verified, err := j.VerifyChain(t.Context(), kind, "a")
			require.NoError(t, err)
			require.EqualValues(t, 800, verified.First)
		})
	}
}

// S14: the log is only added to, and what is changed in it or taken out of it shows.
func TestS14TamperingWithTheJournalIsFound(t *testing.T) {
	cases := []struct {
		reason string
		tamper func(t *testing.T, engine store.Engine)
		want   string
	}{
		{"who did it is changed", func(t *testing.T, engine store.Engine) { rewrite(t, engine, 3, `"ann"`, `"eve"`) }, "version 4 does not follow"},
		{"when it was done is changed", func(t *testing.T, engine store.Engine) { rewrite(t, engine, 1, `2026-03-01`, `2026-02-01`) }, "version 2 does not follow"},
		{"one in the middle is taken out", func(t *testing.T, engine store.Engine) { drop(t, engine, 3) }, "version 3 is missing"},
		{"the first is taken out", func(t *testing.T, engine store.Engine) { drop(t, engine, 1) }, "version 1 is missing"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			engine := storetest.New(t, journal.Collection(), journal.CheckpointCollection())
			j := journal.New(engine, false)
			appendAll(t, j, "a", chain(6)...)
			c.tamper(t, engine)
			_, err := j.Verify(t.Context(), kind, "a")
			require.ErrorContains(t, err, c.want)
			_, err = journal.Trim(t.Context(), engine, at(0).Add(time.Hour))
			require.NoError(t, err)
			_, err = j.Verify(t.Context(), kind, "a")
			require.Error(t, err, "retention does not hide it")
		})
	}
}

func TestEntriesAreSearched(t *testing.T) {
	j := journal.New(storetest.New(t, journal.Collection()), false)
	appendAll(t, j, "a", journal.Change{Version: 1, By: "ann", At: at(1), Events: []journal.Event{{Type: "made.v1"}, {Type: "moved.v1"}}}, journal.Change{Version: 2, By: "bob", At: at(2)})
	appendAll(t, j, "b", journal.Change{Version: 1, By: "ann", At: at(3), Events: []journal.Event{{Type: "unmade.v1"}}})
	cases := []struct {
		reason string
		filter journal.Filter
		want   []string
	}{
		{"all, the newest first", journal.Filter{}, []string{"b1", "a2", "a1"}},
		{"by kind", journal.Filter{Kind: kind}, []string{"b1", "a2", "a1"}},
		{"of another kind", journal.Filter{Kind: "instances"}, nil},
		{"of one aggregate", journal.Filter{Kind: kind, ID: "a"}, []string{"a2", "a1"}},
		{"by id alone", journal.Filter{ID: "a", Kinds: []readmodel.Kind{kind, "instances"}}, []string{"a2", "a1"}},
		{"by who", journal.Filter{By: "ann"}, []string{"b1", "a1"}},
		{"by the whole type only", journal.Filter{Type: "made.v1"}, []string{"a1"}},
		{"by the second type of a change", journal.Filter{Type: "moved.v1"}, []string{"a1"}},
		{"from a time on, until another", journal.Filter{From: at(2), Until: at(3)}, []string{"a2"}},
	}
	for _, c := range cases {
		found, err := j.Search(t.Context(), c.filter.Query())
		require.NoError(t, err, c.reason)
		var got []string
		for _, e := range found {
			got = append(got, fmt.Sprint(e.ID, e.Version))
		}
		require.Equal(t, c.want, got, c.reason)
		n, err := j.Count(t.Context(), c.filter.Query())
		require.NoError(t, err)
		require.Equal(t, len(c.want), n, c.reason)
	}
}
