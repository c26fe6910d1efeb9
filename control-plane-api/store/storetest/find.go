package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// seedColors inserts t0 to t9: colours red, green, blue, none in turn, names Node-0 to Node-9, rank the same for pairs, one minute apart.
func seedColors(ctx context.Context, t testing.TB, e store.Engine) {
	t.Helper()
	colors := []string{"red", "green", "blue", ""}
	for _, i := range []int{4, 0, 9, 2, 7, 1, 8, 3, 6, 5} {
		d := small(fmt.Sprintf("t%d", i))
		d.CreatedAt = day.Add(time.Duration(i) * time.Minute)
		d.Index = map[string]string{"color": colors[i%4], "name": fmt.Sprintf("Node-%d", i), "rank": fmt.Sprintf("%d", i/2)}
		require.NoError(t, e.Insert(ctx, things, d))
	}
	umlaut := small("u")
	umlaut.CreatedAt = day.Add(time.Hour)
	umlaut.Index = map[string]string{"color": "ROT", "name": "Größe 100%_x", "rank": "9"}
	require.NoError(t, e.Insert(ctx, things, umlaut))
}

func testConditions(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	seedColors(ctx, t, e)
	equal := func(values ...string) store.Query { return store.Query{Equal: map[string][]string{"color": values}} }
	contains := func(text string) store.Query { return store.Query{Contains: map[string]string{"name": text}} }
	bounds := func(field, from, until string) store.Query {
		return store.Query{From: map[string]string{field: from}, Until: map[string]string{field: until}}
	}
	minute := func(n int) string { return store.FormatTime(day.Add(time.Duration(n) * time.Minute)) }
	for _, c := range []struct {
		reason string
		q      store.Query
		want   []string
	}{
		{"one value", equal("red"), []string{"t0", "t4", "t8"}},
		{"one of two values", equal("red", "blue"), []string{"t0", "t2", "t4", "t6", "t8"}},
		{"case matters", equal("RED"), []string{}},
		{"absent is empty", equal(""), []string{"t3", "t7"}},
		{"no value matches nothing", equal(), []string{}},
		{"an unstorable value matches nothing", equal("red\x00", "\xff"), []string{}},
		{"all conditions hold", store.Query{Equal: map[string][]string{"color": {"red"}, "rank": {"0", "2"}}}, []string{"t0", "t4"}},
		{"substring, cases alike", contains("NODE-3"), []string{"t3"}},
		{"beyond ASCII", contains("GRÖSS"), []string{}},
		{"beyond ASCII, letter by letter", contains("gRÖß"), []string{"u"}},
		{"wildcards are letters: percent", contains("%"), []string{"u"}},
		{"wildcards are letters: underscore", contains("_"), []string{"u"}},
		{"patterns are letters", contains(".*"), []string{}},
		{"empty text", store.Query{Contains: map[string]string{"name": ""}, IDs: []string{"t1"}}, []string{"t1"}},
		{"ids", store.Query{IDs: []string{"t9", "t1", "nobody", "t1"}}, []string{"t1", "t9"}},
		{"no ids match nothing", store.Query{IDs: []string{}}, []string{}},
		{"from is in, until is out", bounds("rank", "1", "3"), []string{"t2", "t3", "t4", "t5"}},
		{"bounds of time", bounds(store.ByCreatedAt, minute(3), minute(5)), []string{"t3", "t4"}},
		{"another offset of the same time", bounds(store.ByCreatedAt, day.Add(9*time.Minute).In(time.FixedZone("", 3600)).Format(time.RFC3339), minute(60)), []string{"t9"}},
	} {
		require.Equal(t, c.want, find(ctx, t, e, c.q), c.reason)
		n, err := e.Count(ctx, things, c.q)
		require.NoError(t, err)
		require.Equal(t, len(c.want), n, c.reason)
	}
}

func testBare(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	d := small("a")
	d.Blob = []byte("blob")
	require.NoError(t, e.Insert(ctx, things, d))
	found, err := e.Find(ctx, things, store.Query{Bare: true})
	require.NoError(t, err)
	d.Unique, d.Blob, d.Changes = "a", nil, nil
	require.Equal(t, []store.Document{d}, found)
}
