package relay_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/relay"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// BenchmarkRelay carries 1,000 documents of three changes each to the journal and to an etcd in memory, marks included. The
// store is a SQLite file with full synchronisation.
func BenchmarkRelay(b *testing.B) {
	const documents, changes = 1000, 3
	for range b.N {
		b.StopTimer()
		engine := storetest.Durable(b, repotest.Collections()...)
		at := time.Now().Add(-time.Minute)
		things := repo.New(repotest.Kind(), repo.Deps{Engine: engine, Now: func() time.Time { return at }})
		for n := range documents {
			id := repotest.ID(n)
			_, err := things.Create(b.Context(), repotest.New(id, id))
			require.NoError(b, err)
			for range changes - 1 {
				_, _, err := things.Update(b.Context(), id, add(1))
				require.NoError(b, err)
			}
		}
		kinds := []repo.Stored{repotest.Kind().Stored()}
		r := relay.New(relay.Config{
			Engine: engine, Journal: journal.New(engine, true), Kinds: kinds, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Projection: projection.New(memkv.New(), engine, "epoch-1", kinds, time.Now),
		})
		b.StartTimer()
		require.NoError(b, r.Sweep(b.Context()))
	}
	b.ReportMetric(float64(documents*changes*b.N)/b.Elapsed().Seconds(), "events/s")
}
