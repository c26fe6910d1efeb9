// Command lcm-sim runs the outside world of Lablet Cloud Manager for development
// and tests: CML, EC2 and CloudWatch, LDS, grading engine, S3, an OpenID provider
// and an event sink. lcm-sim --help lists its settings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cmd/lcm-sim/internal/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := program.Run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lcm-sim:", err)
		os.Exit(1)
	}
}
