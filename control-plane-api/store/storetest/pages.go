package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testPages(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	seedColors(ctx, t, e)
	byID := []string{"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "u"}
	byColor := []string{"t3", "t7", "u", "t2", "t6", "t1", "t5", "t9", "t0", "t4", "t8"} // "", ROT, blue, green, red: bytes decide
	for _, c := range []struct {
		sort string
		want []string
	}{{"", byID}, {"color", byColor}, {"rank", byID}, {store.ByCreatedAt, byID}} {
		for _, desc := range []bool{false, true} {
			want := slices.Clone(c.want)
			if desc {
				slices.Reverse(want)
			}
			q := store.Query{Sort: c.sort, Desc: desc}
			reason := fmt.Sprintf("sort %q, desc %v", c.sort, desc)
			require.Equal(t, want, find(ctx, t, e, q), reason)

			skipped := q
			skipped.Skip, skipped.Limit = 3, 4
			require.Equal(t, want[3:7], find(ctx, t, e, skipped), reason)
			skipped.Skip = 50
			require.Empty(t, find(ctx, t, e, skipped), reason)
			n, err := e.Count(ctx, things, skipped)
			require.NoError(t, err)
			require.Equal(t, len(want), n, "count ignores pages")

			var paged []string
			for page, q := 0, (store.Query{Sort: c.sort, Desc: desc, Limit: 3}); page < 4; page++ {
				found, err := e.Find(ctx, things, q)
				require.NoError(t, err)
				require.NotEmpty(t, found)
				paged = append(paged, ids(found)...)
				after := q.CursorAfter(found[len(found)-1])
				q.After = &after
			}
			require.Equal(t, want, paged, reason)
		}
	}

	q := store.Query{Sort: "rank", After: &store.Cursor{Value: "2", ID: "t4"}, Skip: 1, Limit: 2}
	require.Equal(t, []string{"t6", "t7"}, find(ctx, t, e, q), "skip counts from the cursor")
	q = store.Query{After: &store.Cursor{ID: "t44"}, Limit: 1}
	require.Equal(t, []string{"t5"}, find(ctx, t, e, q), "the cursor's document may be gone")
}

func testWalk(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	seedColors(ctx, t, e)
	for _, page := range []int{1, 4, 11, 100} {
		var seen []string
		require.NoError(t, store.Walk(ctx, e, things, store.Query{Sort: "color"}, page, func(d store.Document) error {
			seen = append(seen, d.ID)
			return nil
		}))
		require.Equal(t, find(ctx, t, e, store.Query{Sort: "color"}), seen, "page %d", page)
	}
	stop := errors.New("stop")
	require.ErrorIs(t, store.Walk(ctx, e, things, store.Query{}, 2, func(store.Document) error { return stop }), stop)
	require.ErrorIs(t, store.Walk(ctx, e, things, store.Query{}, 0, nil), store.ErrInvalid)
}
