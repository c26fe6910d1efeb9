package replicas

import (
	"context"
	"os"
	"testing"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/cli"
)

// TestMain lets the test binary be the child process of a split plane.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "service" {
		os.Exit(run.Main(context.Background(), os.Args[2], func(ctx context.Context) error { return cli.Run(ctx, os.Args[1:], os.Stdout) }))
	}
	os.Exit(m.Run())
}
