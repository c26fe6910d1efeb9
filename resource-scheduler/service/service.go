// Package service wires resource-scheduler.
package service

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/assign"
)

// Name is the service's name in terms, keys and logs.
const Name = "resource-scheduler"

// Config is the service's configuration.
type Config struct {
	controller.Config
	Port int `env:"APP_PORT" envDefault:"8081" desc:"Port to serve probes and admin routes on."`
}

// Run runs one replica until ctx ends.
func Run(ctx context.Context, config Config, deps controller.Deps) error {
	r, err := controller.New(ctx, Name, config.Port, config.Config, deps)
	if err != nil {
		return err
	}
	models := assign.Models{
		Instances:   controller.Models[readmodel.Instance](r, readmodel.KindInstance),
		Workers:     controller.Models[readmodel.Worker](r, readmodel.KindWorker),
		Definitions: controller.Models[readmodel.Definition](r, readmodel.KindDefinition),
		Templates:   controller.Models[readmodel.Template](r, readmodel.KindTemplate),
		Settings:    controller.Models[readmodel.Settings](r, readmodel.KindSettings),
	}
	queue := controller.Queued(r, "assign", assign.New(r.API, models, time.Now, r.Log), reconcile.Options[string]{
		Workers: 1, Resync: config.Resync(), Keys: func() []string { return []string{assign.Key} },
	})
	wake := reconcile.EnqueueChanges(func(string) { queue.Enqueue(assign.Key) })
	models.Instances.OnChange(wake)
	models.Workers.OnChange(wake)
	models.Definitions.OnChange(wake)
	models.Templates.OnChange(wake)
	models.Settings.OnChange(wake)
	addOverviews(r, models)
	return r.Run(ctx)
}
