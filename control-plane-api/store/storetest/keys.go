package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testOddKeys(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	odd := []string{
		" ", "'", `"`, `"; DROP TABLE things; --`, "%", "_", "*", "$where", "$ne", "a.b", "a/b/../c", `back\slash`, "new\nline", "\t",
		"ключ", "日本", "🙂", "e\u0301", "é", "A", "a", "null", "0", "00", "1e3", "?", ":id", "@x", "#frag", "\ufffd", strings.Repeat("long", 200),
	}
	for _, key := range odd {
		d := small(key)
		d.Unique = "u:" + key
		d.Index = map[string]string{"name": key}
		require.NoError(t, e.Insert(ctx, things, d), "%q", key)
	}
	for _, key := range odd {
		got, err := e.Get(ctx, things, key)
		require.NoError(t, err, "%q", key)
		require.Equal(t, key, got.ID)
		got, err = e.GetUnique(ctx, things, "u:"+key)
		require.NoError(t, err, "%q", key)
		require.Equal(t, key, got.ID)
		require.Equal(t, []string{key}, find(ctx, t, e, store.Query{Equal: map[string][]string{"name": {key}}}), "%q", key)
		require.Contains(t, find(ctx, t, e, store.Query{Contains: map[string]string{"name": key}}), key)
		up := next(got, "w")
		require.NoError(t, e.Replace(ctx, things, up, 1), "%q", key)
	}
	sorted := slices.Sorted(slices.Values(odd))
	require.Equal(t, sorted, find(ctx, t, e, store.Query{}), "byte order, as Go sorts")
	require.Equal(t, sorted, find(ctx, t, e, store.Query{IDs: odd}))
	require.Equal(t, sorted, find(ctx, t, e, store.Query{Equal: map[string][]string{"name": odd}, Sort: "name"}))
	require.Empty(t, find(ctx, t, e, store.Query{IDs: []string{"\xff", "\xfe"}}), "broken UTF-8 is not U+FFFD")
	for _, key := range odd {
		require.NoError(t, e.Delete(ctx, things, key, 2), "%q", key)
	}
	require.Empty(t, find(ctx, t, e, store.Query{}))
}
