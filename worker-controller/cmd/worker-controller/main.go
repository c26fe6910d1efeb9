// Command worker-controller runs the life of the machines that CML runs on.
package main

import (
	"context"
	"os"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/worker-controller/service"
)

func main() {
	os.Exit(run.Main(context.Background(), service.Name, func(ctx context.Context) error {
		settings, proceed, err := config.Command[service.Config](service.Name, os.Args[1:], os.Environ(), os.Stdout)
		if err != nil || !proceed {
			return err
		}
		return service.Run(ctx, settings, controller.Deps{})
	}))
}
