// Command lcm-dev runs the whole of Lablet Cloud Manager with a simulated world on one machine.
package main

import (
	"context"
	"os"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/cli"
)

func main() {
	os.Exit(run.Main(context.Background(), "lcm-dev", func(ctx context.Context) error { return cli.Run(ctx, os.Args[1:], os.Stdout) }))
}
