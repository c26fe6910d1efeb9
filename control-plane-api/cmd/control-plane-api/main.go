// Command control-plane-api serves the API of Lablet Cloud Manager and is the only program that writes its state.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
)

func main() {
	os.Exit(run.Main(context.Background(), service.Name, program))
}

func program(ctx context.Context) error {
	args, restored := service.TakeRestored(os.Args[1:])
	settings, proceed, err := config.Command[service.Config](service.Name, args, os.Environ(), os.Stdout)
	if err != nil || !proceed {
		return err
	}
	if restored {
		return service.Restored(ctx, settings, os.Stdout)
	}
	s, err := service.New(ctx, settings, service.Deps{})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return s.Run(ctx)
}
