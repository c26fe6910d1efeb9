package mongo

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// text renders a filter as relaxed extended JSON.
func text(t *testing.T, document any) string {
	t.Helper()
	out, err := bson.MarshalExtJSON(document, false, false)
	require.NoError(t, err)
	return string(out)
}

func TestFilters(t *testing.T) {
	dirty, expiry := true, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	equal := func(values ...string) store.Query { return store.Query{Equal: map[string][]string{"color": values}} }
	for _, c := range []struct {
		reason string
		q      store.Query
		want   string
	}{
		{"all", store.Query{}, `{}`},
		{"one value", equal("red"), `{"f_color":"red"}`},
		{"a value like an operator is a value", equal("$ne"), `{"f_color":"$ne"}`},
		{"values, unstorable ones left out", equal("red", "\x00", "blue"), `{"f_color":{"$in":["red","blue"]}}`},
		{"empty is also absent", equal(""), `{"f_color":{"$in":["",null]}}`},
		{"an id is never absent", store.Query{IDs: []string{"a"}}, `{"_id":"a"}`},
		{"quoted text", store.Query{Contains: map[string]string{"name": "R.1*"}}, `{"l_name":{"$regex":"r\\.1\\*"}}`},
		{"empty text", store.Query{Contains: map[string]string{"name": ""}}, `{}`},
		{"dirty", store.Query{Dirty: &dirty}, `{"dirty":true}`},
		{"expired", store.Query{ExpiredBefore: &expiry}, `{"expires_at":{"$lt":{"$date":"2026-03-01T08:00:00Z"}}}`},
		{"bounds", store.Query{From: map[string]string{"color": "a"}, Until: map[string]string{store.ByCreatedAt: "2026-03-01T08:00:00Z"}},
			`{"$and":[{"f_color":{"$gte":"a"}},{"created_at":{"$lt":{"$date":"2026-03-01T08:00:00Z"}}}]}`},
		{"behind an id", store.Query{After: &store.Cursor{ID: "m"}}, `{"_id":{"$gt":"m"}}`},
		{"behind a value, downwards", store.Query{Sort: "color", Desc: true, After: &store.Cursor{Value: "red", ID: "m"}},
			`{"$and":[{"f_color":{"$lte":"red"}},{"$or":[{"f_color":{"$lt":"red"}},{"_id":{"$lt":"m"}}]}]}`},
	} {
		f, err := filterOf(c.q)
		require.NoError(t, err, c.reason)
		require.NoError(t, f.after(c.q), c.reason)
		require.False(t, f.nothing, c.reason)
		require.Equal(t, c.want, text(t, f.document()), c.reason)
	}
}

func TestFiltersThatNothingMatches(t *testing.T) {
	for reason, q := range map[string]store.Query{
		"no values":       {Equal: map[string][]string{"color": {}}},
		"only unstorable": {Equal: map[string][]string{"color": {"\xff"}}},
		"no ids":          {IDs: []string{}},
		"unstorable text": {Contains: map[string]string{"name": "a\x00"}},
	} {
		f, err := filterOf(q)
		require.NoError(t, err, reason)
		require.True(t, f.nothing, reason)
	}
	_, err := filterOf(store.Query{Contains: map[string]string{"name": strings.Repeat("x", maxContains+1)}})
	require.ErrorIs(t, err, store.ErrInvalid, "servers refuse longer patterns")
}

// TestOrdersHaveIndexes: every order that a query can ask for is the order of an index.
func TestOrdersHaveIndexes(t *testing.T) {
	keys := []string{`{"_id":1}`}
	for _, index := range things().indexes() {
		keys = append(keys, text(t, index.keys))
	}
	for _, sort := range []string{"", store.ByCreatedAt, "color", "name"} {
		require.Contains(t, keys, text(t, orderOf(store.Query{Sort: sort})), sort)
	}
	require.Equal(t, `{"f_color":-1,"_id":-1}`, text(t, orderOf(store.Query{Sort: "color", Desc: true})))
}
