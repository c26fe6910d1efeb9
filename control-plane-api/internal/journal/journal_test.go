package journal_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

const kind = readmodel.KindWorker

func at(second int) time.Time { return time.Date(2026, 3, 1, 9, 0, second, 0, time.UTC) }

// appendAll adds changes of one aggregate, each chained to the one before.
func appendAll(t *testing.T, j *journal.Journal, id string, changes ...journal.Change) {
	t.Helper()
	previous := ""
	for _, c := range changes {
		c.PrevHash = previous
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		require.NoError(t, j.Append(t.Context(), kind, id, raw))
		previous = journal.Hash(raw)
	}
}

func key(body string) *journal.Idempotency {
	return &journal.Idempotency{Caller: "ann", Route: "r", Key: "k", BodyHash: body}
}

func TestEntriesAreFoundAndChained(t *testing.T) {
	engine := storetest.Faulty(storetest.New(t, journal.Collection()), nil)
	j := journal.New(engine, false)
	engine.SetHook(storetest.OnCall(storetest.Insert, 2, storetest.Fault{Lose: store.ErrUnknown}))
	changes := []journal.Change{
		{Version: 1, By: "ann", At: at(1), Idempotency: key("1")},
		{Version: 2, By: "bob", At: at(2)},
		{Version: 3, By: "ann", At: at(3), Idempotency: key("2")},
	}
	appendAll(t, j, "a", changes...)
	appendAll(t, j, "a", changes...)
	appendAll(t, j, "b", journal.Change{Version: 1, By: "ann", At: at(9), Idempotency: key("1")})

	n, err := j.Verify(t.Context(), kind, "a")
	require.NoError(t, err)
	require.EqualValues(t, 3, n, "appending twice adds nothing")
	entries, err := j.Query(t.Context(), kind, "a", 1, 10)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.EqualValues(t, 2, entries[0].Version)
	entry, found, err := j.Repeat(t.Context(), kind, "a", *key("any"))
	require.NoError(t, err)
	require.True(t, found)
	require.EqualValues(t, 3, entry.Version, "the newest use of the key, of this aggregate")
	_, found, err = j.Repeat(t.Context(), kind, "a", journal.Idempotency{Caller: "bob", Route: "r", Key: "k"})
	require.NoError(t, err)
	require.False(t, found, "a key is the caller's own")
	latest, err := j.Latest(t.Context(), "ann", 2)
	require.NoError(t, err)
	require.Equal(t, []string{"b", "a"}, []string{latest[0].ID, latest[1].ID})
	_, found, err = j.Get(t.Context(), kind, "a", 4)
	require.NoError(t, err)
	require.False(t, found)
}

func TestAGapIsFound(t *testing.T) {
	j := journal.New(storetest.New(t, journal.Collection()), false)
	appendAll(t, j, "a", journal.Change{Version: 1, At: at(1)}, journal.Change{Version: 3, At: at(3)})
	_, err := j.Verify(t.Context(), kind, "a")
	require.ErrorContains(t, err, "version 2 is missing")
}

func TestOnlyWhatIsDeliveredIsQueued(t *testing.T) {
	engine := storetest.New(t, journal.Collection())
	told := []journal.Event{{Type: "e.v1", Data: json.RawMessage(`{}`)}}
	appendAll(t, journal.New(engine, false), "a", journal.Change{Version: 1, At: at(1), Events: told})
	j := journal.New(engine, true)
	appendAll(t, j, "b", journal.Change{Version: 1, At: at(2), Events: told}, journal.Change{Version: 2, At: at(3)})
	names, err := j.Waiting(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, []string{"workers/b"}, names)
	entries, err := j.Undelivered(t.Context(), "workers/b", 10)
	require.NoError(t, err)
	require.Len(t, entries, 1, "a change without events is not delivered")
	require.NoError(t, j.Delivered(t.Context(), entries[0]))
	names, err = j.Waiting(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, names)
}
