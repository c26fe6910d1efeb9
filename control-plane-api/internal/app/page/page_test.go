package page_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func cursorOf(id string) store.Cursor { return store.Cursor{Value: "v-" + id, ID: id} }

func TestACursorLeadsOn(t *testing.T) {
	list := api.List{Limit: 2}
	q, err := page.Apply(store.Query{Sort: "name"}, list)
	require.NoError(t, err)
	require.Equal(t, 3, q.Limit, "one more than asked tells whether there is more")
	require.Nil(t, q.After)

	first, err := page.Cut([]string{"a", "b", "c"}, list, 9, cursorOf)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, first.Items)
	require.Equal(t, 9, first.Total)

	q, err = page.Apply(store.Query{Sort: "name"}, api.List{Limit: 2, Cursor: first.Next, Skip: 4})
	require.NoError(t, err)
	require.Equal(t, &store.Cursor{Value: "v-b", ID: "b"}, q.After)
	require.Equal(t, 4, q.Skip)

	last, err := page.Cut([]string{"c", "d"}, list, 9, cursorOf)
	require.NoError(t, err)
	require.Empty(t, last.Next, "a full page may be the last one")
}

func TestWithoutALimitAHundred(t *testing.T) {
	q, err := page.Apply(store.Query{}, api.List{})
	require.NoError(t, err)
	require.Equal(t, 101, q.Limit)
	empty, err := page.Cut(nil, api.List{}, 0, cursorOf)
	require.NoError(t, err)
	require.Empty(t, empty.Items)
	require.Empty(t, empty.Next)
}

func TestBadCursors(t *testing.T) {
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for _, c := range []struct{ reason, cursor, sort string }{
		{"not base64", "%%%", ""},
		{"padded", "e30=", ""},
		{"not JSON", encode("hello"), ""},
		{"no position", encode("{}"), ""},
		{"null", encode("null"), ""},
		{"another shape", encode(`{"ID": 7}`), ""},
		{"the cursor of a list in another order", encode(`{"Value": "small", "ID": "a"}`), store.ByCreatedAt},
	} {
		_, err := page.Apply(store.Query{Sort: c.sort}, api.List{Cursor: c.cursor})
		require.Equal(t, "bad_cursor", failure.CodeOf(err), c.reason)
		require.Equal(t, failure.Malformed, failure.KindOf(err), "answered as 422: %s", c.reason)
	}
}
