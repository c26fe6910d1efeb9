package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func TestTimeTextsSortAsTimesDo(t *testing.T) {
	base := time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("CET", 3600))
	var before string
	for _, d := range []time.Duration{0, time.Millisecond, 10 * time.Millisecond, time.Second, time.Hour, 24 * 400 * time.Hour} {
		text := store.FormatTime(base.Add(d))
		require.Less(t, before, text)
		back, err := store.ParseTime(text)
		require.NoError(t, err)
		require.True(t, base.Add(d).Equal(back))
		before = text
	}
	_, err := store.ParseTime("2026-03-01")
	require.ErrorIs(t, err, store.ErrInvalid)
}

func TestCursorAfterFollowsTheSort(t *testing.T) {
	d := store.Document{ID: "a", Index: map[string]string{"color": "red"}, CreatedAt: time.UnixMilli(1).UTC()}
	require.Equal(t, store.Cursor{ID: "a"}, store.Query{}.CursorAfter(d))
	require.Equal(t, store.Cursor{Value: "red", ID: "a"}, store.Query{Sort: "color"}.CursorAfter(d))
	require.Equal(t, store.Cursor{ID: "a"}, store.Query{Sort: "name"}.CursorAfter(d))
	require.Equal(t, store.Cursor{Value: "1970-01-01T00:00:00.001Z", ID: "a"}, store.Query{Sort: store.ByCreatedAt}.CursorAfter(d))
}
