// Command lcm-bench measures a whole system on this machine and writes the figures down.
package main

import (
	"context"
	"flag"
	"os"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/measure"
)

func main() {
	var o measure.Options
	flag.StringVar(&o.JSON, "out", "bench.json", "file for the figures")
	flag.StringVar(&o.Page, "page", "benchmarks.md", "file for the page")
	flag.IntVar(&o.Runs, "runs", 3, "how often each figure is taken")
	flag.IntVar(&o.Bookings, "bookings", 200, "bookings in a run")
	flag.Float64Var(&o.PerSecond, "rate", 20, "bookings a second")
	flag.Parse()
	os.Exit(run.Main(context.Background(), "lcm-bench", func(ctx context.Context) error { return measure.Run(ctx, o, os.Stdout) }))
}
