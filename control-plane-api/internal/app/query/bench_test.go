package query_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
)

// BenchmarkListInstances answers the newest 100 of 10,000 stored instances, with their total.
func BenchmarkListInstances(b *testing.B) {
	const stored = 10_000
	w := apptest.New(b)
	d := w.Definition(1)
	for range stored {
		w.Book(d.ID, time.Hour, 2*time.Hour)
	}
	ctx := apptest.As("may", api.Manager)
	for b.Loop() {
		page, err := w.Queries.Instances(ctx, api.ListInstances{List: api.List{Limit: 100}, Sort: "created_at", Order: "desc"})
		require.NoError(b, err)
		require.Len(b, page.Items, 100)
	}
}
