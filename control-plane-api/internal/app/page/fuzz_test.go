package page_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// FuzzCursor reads any cursor: it is refused with its code, or leads to a position that the store can look for and that the
// next page's cursor names again.
func FuzzCursor(f *testing.F) {
	made, err := page.Cut([]string{"a", "b"}, api.List{Limit: 1}, 2, cursorOf)
	require.NoError(f, err)
	for _, seed := range []string{made.Next, "", "%%%", "e30", "bnVsbA", "eyJJRCI6ImEifQ", "eyJWYWx1ZSI6InNtYWxsIiwiSUQiOiJhIn0"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, byTime bool) {
		sort := "name"
		if byTime {
			sort = store.ByCreatedAt
		}
		q, err := page.Apply(store.Query{Sort: sort}, api.List{Cursor: text, Limit: 1})
		if err != nil {
			require.Equal(t, "bad_cursor", failure.CodeOf(err))
			return
		}
		if q.After == nil {
			require.Empty(t, text, "only no cursor begins at the beginning")
			return
		}
		require.NotEmpty(t, q.After.ID)
		require.NoError(t, store.Collection{Name: "c", Fields: []string{"name"}}.CheckQuery(q), "the store takes it")
		next, err := page.Cut([]string{"x", "y"}, api.List{Limit: 1}, 2, func(string) store.Cursor { return *q.After })
		require.NoError(t, err)
		again, err := page.Apply(store.Query{Sort: sort}, api.List{Cursor: next.Next})
		require.NoError(t, err)
		require.Equal(t, q.After, again.After)
	})
}
