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
	if status, is := failover.Child(os.Args); is {
		os.Exit(status)
	}
	var o measure.Options
	o.Register(flag.CommandLine)
	o.MongoDB = os.Getenv("LCM_BENCH_MONGODB_URI")
	flag.Parse()
	os.Exit(run.Main(context.Background(), "lcm-bench", func(ctx context.Context) error { return measure.Run(ctx, o, os.Stdout) }))
}
