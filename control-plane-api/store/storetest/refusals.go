package storetest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// testRefusals: wrong calls are refused before they reach the data, and say so with ErrInvalid.
func testRefusals(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	with := func(change func(*store.Document)) store.Document {
		d := small("a")
		change(&d)
		return d
	}
	for reason, d := range map[string]store.Document{
		"empty id":         with(func(d *store.Document) { d.ID = "" }),
		"NUL in the id":    with(func(d *store.Document) { d.ID = "a\x00b" }),
		"id isn't UTF-8":   with(func(d *store.Document) { d.ID = "\xff" }),
		"NUL in unique":    with(func(d *store.Document) { d.Unique = "\x00" }),
		"undeclared field": with(func(d *store.Document) { d.Index = map[string]string{"size": "1"} }),
		"NUL in a field":   with(func(d *store.Document) { d.Index = map[string]string{"name": "\x00"} }),
		"negative version": with(func(d *store.Document) { d.Version = -1 }),
		"change not JSON":  with(func(d *store.Document) { d.Changes = []json.RawMessage{[]byte(`{"a":1},{"b":2}`)} }),
	} {
		require.ErrorIs(t, e.Insert(ctx, things, d), store.ErrInvalid, reason)
	}
	require.ErrorIs(t, e.Insert(ctx, "nowhere", small("a")), store.ErrInvalid)
	require.Empty(t, find(ctx, t, e, store.Query{}))

	require.NoError(t, e.Insert(ctx, things, small("a")))
	require.ErrorIs(t, e.Replace(ctx, things, small("a"), 1), store.ErrInvalid, "the version must rise")

	fields := map[string]string{"size": "1"}
	for reason, q := range map[string]store.Query{
		"equal":      {Equal: map[string][]string{"size": {"1"}}},
		"contains":   {Contains: fields},
		"from":       {From: fields},
		"until":      {Until: fields},
		"sort":       {Sort: "size"},
		"sql":        {Sort: "name; DROP TABLE things"},
		"no time":    {From: map[string]string{store.ByCreatedAt: "yesterday"}},
		"bad cursor": {Sort: store.ByCreatedAt, After: &store.Cursor{Value: "yesterday", ID: "a"}},
		"skip":       {Skip: -1},
		"limit":      {Limit: -1},
	} {
		_, err := e.Find(ctx, things, q)
		require.ErrorIs(t, err, store.ErrInvalid, reason)
	}
	_, err := e.Find(ctx, "nowhere", store.Query{})
	require.ErrorIs(t, err, store.ErrInvalid)
}

func testClosed(t *testing.T, s Suite) {
	ctx, url := deadline(t), s.Fresh(t)
	e, err := s.Open(ctx, url)
	require.NoError(t, err)
	require.NoError(t, e.Ping(ctx))
	require.NoError(t, e.Close())
	require.NoError(t, e.Close(), "closing twice is fine")
	require.ErrorIs(t, e.Ping(ctx), store.ErrUnavailable)
	require.ErrorIs(t, e.Insert(ctx, things, small("a")), store.ErrUnavailable)
	require.ErrorIs(t, e.Mark(ctx, things, "a", 1, 1, 1, false), store.ErrUnavailable)
	_, err = e.Get(ctx, things, "a")
	require.ErrorIs(t, err, store.ErrUnavailable)
	_, err = e.Find(ctx, things, store.Query{})
	require.ErrorIs(t, err, store.ErrUnavailable)
	_, err = e.Meta(ctx)
	require.ErrorIs(t, err, store.ErrUnavailable)
}
