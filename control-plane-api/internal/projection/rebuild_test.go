package projection_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
)

// The figure to reach is ten seconds for ten thousand aggregates. A fifth of them keeps the test short, and leaves room for
// slow machines.
func TestManyKeysAreRebuiltFast(t *testing.T) {
	if testing.Short() {
		t.Skip("writes two thousand aggregates")
	}
	b := newBench(t)
	const many = 2000
	for i := range many {
		b.given(t, repotest.ID(i))
	}
	begun := time.Now()
	require.NoError(t, b.p.Compare(t.Context()))
	require.Less(t, time.Since(begun), 10*time.Second)
	page, err := b.kv.List(t.Context(), readmodel.Root, "", 0, 0)
	require.NoError(t, err)
	require.Len(t, page.Items, many)
}
