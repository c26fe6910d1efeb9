package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/bubble"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/cli"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/failover"
)

// shared is made before any bubble, since what it makes takes real time.
var shared bubble.Shared

// TestMain lets the test binary be the child process of a split plane or of a contest.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == failover.Command {
		os.Exit(run.Main(context.Background(), os.Args[2], func(ctx context.Context) error { return failover.Replica(ctx, os.Args[2]) }))
	}
	if len(os.Args) == 3 && os.Args[1] == "service" {
		os.Exit(run.Main(context.Background(), os.Args[2], func(ctx context.Context) error { return cli.Run(ctx, os.Args[1:], os.Stdout) }))
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lcm-chaos-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		shared, err = bubble.Share(filepath.Join(dir, "files"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
