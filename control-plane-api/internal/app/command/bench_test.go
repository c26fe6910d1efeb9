package command_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
)

// regionHolds is how many workers a region may have.
const regionHolds = 10

// BenchmarkScheduleSaga schedules so many waiting instances on one worker in one call: one write on the worker, one on each
// instance, on a SQLite file with full synchronisation.
func BenchmarkScheduleSaga(b *testing.B) {
	for _, size := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%d instances", size), func(b *testing.B) {
			var w *apptest.World
			for run := range b.N {
				b.StopTimer()
				if run%regionHolds == 0 {
					w = apptest.NewDurable(b)
				}
				d := w.Definition(1)
				machine := w.ReadyWorker(size)
				ids := make([]string, size)
				for n := range ids {
					ids[n] = w.Book(d.ID, time.Hour, 2*time.Hour).ID
				}
				b.StartTimer()
				result, err := w.Schedule(apptest.Service("resource-scheduler", ""), machine.ID, ids...)
				require.NoError(b, err)
				require.Empty(b, result.Outcomes[size-1].Code)
			}
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "instances/s")
		})
	}
}
