package sqlite

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// TestQueriesUseIndexes asks SQLite for its plans: the frequent queries neither read a whole table nor sort.
func TestQueriesUseIndexes(t *testing.T) {
	e := newEngine(t, "")
	dirty, now := true, time.Now()
	red := map[string][]string{"color": {"red"}}
	for _, c := range []struct {
		reason, index string
		q             store.Query
	}{
		{"relay sweep", "i_things.dirty", store.Query{Dirty: &dirty, Limit: 100}},
		{"expiry sweep", "i_things.expires_at", store.Query{ExpiredBefore: &now}},
		{"by field", "i_things.f_color", store.Query{Equal: red}},
		{"by field, two values", "i_things.f_color", store.Query{Equal: map[string][]string{"color": {"red", "blue"}}}},
		{"by field's bounds", "i_things.f_color", store.Query{From: map[string]string{"color": "a"}, Sort: "color"}},
		{"newest first", "i_things.created_at", store.Query{Sort: store.ByCreatedAt, Desc: true, Limit: 50}},
		{"next page", "i_things.created_at", store.Query{Sort: store.ByCreatedAt, Desc: true, After: &store.Cursor{Value: store.FormatTime(now), ID: "a"}, Limit: 50}},
	} {
		table, f, err := e.filter("things", c.q)
		require.NoError(t, err)
		require.NoError(t, f.after(c.q))
		rows, err := e.readers.Query("EXPLAIN QUERY PLAN "+table.selectAll(false)+f.where()+orderBy(c.q), f.args...)
		require.NoError(t, err)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
			plan = append(plan, detail)
		}
		require.NoError(t, rows.Err())
		text := strings.Join(plan, "; ")
		require.Contains(t, text, c.index, c.reason)
		if c.q.Limit > 0 || c.q.Sort != "" {
			require.NotContains(t, text, "TEMP B-TREE", c.reason)
		}
	}
}
