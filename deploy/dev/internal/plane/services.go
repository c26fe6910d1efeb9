package plane

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"

	api "github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	lablets "github.com/lablet-cloud-manager/lcm/lablet-controller/service"
	scheduler "github.com/lablet-cloud-manager/lcm/resource-scheduler/service"
	workers "github.com/lablet-cloud-manager/lcm/worker-controller/service"
)

// Serve runs one service with an environment on a listener until ctx ends. It is what a child process does, and what the
// plane does in its own process.
func Serve(ctx context.Context, service string, environment []string, listener net.Listener, log *slog.Logger) error {
	deps := controller.Deps{Listener: listener, Log: log}
	switch service {
	case API:
		return load(environment, func(c api.Config) error {
			s, err := api.New(ctx, c, api.Deps{Listener: listener, Log: log})
			if err != nil {
				return err
			}
			return s.Run(ctx)
		})
	case Scheduler:
		return load(environment, func(c scheduler.Config) error { return scheduler.Run(ctx, c, deps) })
	case Workers:
		return load(environment, func(c workers.Config) error { return workers.Run(ctx, c, deps) })
	case Lablets:
		return load(environment, func(c lablets.Config) error { return lablets.Run(ctx, c, deps) })
	default:
		return fmt.Errorf("no service is called %q", service)
	}
}

func load[T any](environment []string, run func(T) error) error {
	c, err := config.Load[T](environment)
	if err != nil {
		return err
	}
	return run(c)
}
