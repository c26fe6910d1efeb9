package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testCRUD(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	_, err := e.Get(ctx, things, "a")
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = e.GetBare(ctx, things, "a")
	require.ErrorIs(t, err, store.ErrNotFound)

	d := small("a")
	require.NoError(t, e.Insert(ctx, things, d))
	require.ErrorIs(t, e.Insert(ctx, things, d), store.ErrExists)
	_, err = e.Get(ctx, others, "a")
	require.ErrorIs(t, err, store.ErrNotFound, "collections are apart")
	require.NoError(t, e.Insert(ctx, others, d), "the same id in another collection is another document")

	d = next(d, "w2")
	require.NoError(t, e.Replace(ctx, things, d, 1))
	got, err := e.Get(ctx, things, "a")
	require.NoError(t, err)
	require.Equal(t, int64(2), got.Version)
	require.JSONEq(t, `{"n":2}`, string(got.State))
	require.True(t, hasWrite(t, got, "w2"))

	require.NoError(t, e.Delete(ctx, things, "a", 2))
	_, err = e.Get(ctx, things, "a")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.ErrorIs(t, e.Delete(ctx, things, "a", 2), store.ErrNotFound)
	require.ErrorIs(t, e.Replace(ctx, things, next(d, "w3"), 2), store.ErrNotFound)
	n, err := e.Count(ctx, others, store.Query{})
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

// testRoundTrip: what is read is what was written, byte for byte, apart from the normal forms that Document promises.
func testRoundTrip(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	expires := day.Add(time.Hour + 7*time.Millisecond)
	full := store.Document{
		ID: "full", Schema: 3, Version: 12, Generation: 5, Terms: []store.Term{{Service: "resource-scheduler", Term: 1 << 40}},
		// Spacing, escapes and key order would not survive a parse; hashes are made over these bytes.
		State:     json.RawMessage(`{ "b":1,  "a":"<é & é>", "big":12345678901234567890 }`),
		Blob:      []byte{0, 1, 0xff, '\n'},
		Changes:   []json.RawMessage{[]byte(`{ "version" : 12, "x":"<>" }`), []byte(`{"version":13,"e":1e400}`)},
		Journaled: 10, Projected: 9, Dirty: true, Unique: "u", Index: map[string]string{"color": "Red", "name": "Ünï"},
		CreatedAt: day.Add(time.Millisecond), UpdatedAt: day.Add(2 * time.Second), ExpiresAt: &expires,
	}
	bare := store.Document{ID: "bare", Version: 1}
	for _, d := range []store.Document{full, bare} {
		require.NoError(t, e.Insert(ctx, things, d))
		got, err := e.Get(ctx, things, d.ID)
		require.NoError(t, err)
		d.Unique = d.UniqueOrID()
		require.Equal(t, d, got)
		got, err = e.GetBare(ctx, things, d.ID)
		require.NoError(t, err)
		d.Changes, d.Blob, d.Index = nil, nil, nil
		require.Equal(t, d, got, "all but what may be large")
	}

	odd := full
	odd.ID, odd.Unique = "odd", ""
	odd.CreatedAt = time.Date(2026, 3, 1, 9, 0, 0, 123_999_999, time.FixedZone("CET", 3600))
	odd.State, odd.Changes, odd.Terms, odd.Index = json.RawMessage{}, []json.RawMessage{}, []store.Term{}, map[string]string{"color": ""}
	require.NoError(t, e.Insert(ctx, things, odd))
	got, err := e.Get(ctx, things, "odd")
	require.NoError(t, err)
	require.Equal(t, day.Add(123*time.Millisecond), got.CreatedAt, "UTC, cut to the millisecond")
	require.Nil(t, got.State)
	require.Nil(t, got.Changes)
	require.Nil(t, got.Terms)
	require.Nil(t, got.Index)

	plain := store.Document{ID: "full", Version: 13}
	require.NoError(t, e.Replace(ctx, things, plain, 12))
	got, err = e.Get(ctx, things, "full")
	require.NoError(t, err)
	plain.Unique, plain.Journaled, plain.Projected = "full", 10, 9
	require.Equal(t, plain, got, "replace leaves nothing of the old document but the marks")
}
