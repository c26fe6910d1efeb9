// Command lcm-bench measures a whole system on this machine and writes the figures down.
package main

import (
	"context"
	"flag"
	"os"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/failover"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/measure"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == failover.Command {
		os.Exit(run.Main(context.Background(), os.Args[2], func(ctx context.Context) error { return failover.Replica(ctx, os.Args[2]) }))
	}
	var o measure.Options
	flag.StringVar(&o.JSON, "out", "bench.json", "file for the figures")
	flag.StringVar(&o.Page, "page", "benchmarks.md", "file for the page")
	flag.IntVar(&o.Runs, "runs", 3, "how often each figure is taken")
	flag.IntVar(&o.Bookings, "bookings", 200, "bookings in a run")
	flag.Float64Var(&o.PerSecond, "rate", 20, "bookings a second")
	flag.IntVar(&o.Failovers, "failovers", 20, "leaders that are lost, of each kind; 0 leaves it out")
	flag.IntVar(&o.Keys, "keys", 10_000, "keys of the reconcile loop; 0 leaves it out")
	flag.Parse()
	os.Exit(run.Main(context.Background(), "lcm-bench", func(ctx context.Context) error { return measure.Run(ctx, o, os.Stdout) }))
}
