package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func testLarge(t *testing.T, s Suite) {
	ctx, e := s.fresh(t)
	d := small("large")
	d.State = fmt.Appendf(nil, `{"book":%q}`, strings.Repeat("b", 512<<10))
	d.Blob = bytes.Repeat([]byte{0, 0xfe, 'y'}, 4<<20/3)
	require.NoError(t, e.Insert(ctx, things, d))
	got, err := e.Get(ctx, things, "large")
	require.NoError(t, err)
	require.True(t, bytes.Equal(d.State, got.State))
	require.True(t, bytes.Equal(d.Blob, got.Blob))

	d = next(d, "w2")
	d.State = fmt.Appendf(nil, `{"book":%q}`, strings.Repeat("c", 512<<10))
	require.NoError(t, e.Replace(ctx, things, d, 1))
	got, err = e.Get(ctx, things, "large")
	require.NoError(t, err)
	require.True(t, bytes.Equal(d.State, got.State))

	limit := small("limit")
	limit.Changes = nil
	limit.Blob = make([]byte, store.MaxDocument-len(limit.State))
	require.NoError(t, e.Insert(ctx, things, limit), "the limit itself fits")
	limit.ID = "beyond"
	limit.Changes = []json.RawMessage{change(1, "w")}
	require.ErrorIs(t, e.Insert(ctx, things, limit), store.ErrInvalid)
}
