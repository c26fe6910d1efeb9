// Package service wires worker-controller.
package service

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/cmlsystem"
	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/ec2"
	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/regions"
	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// Name is the service's name in terms, keys and logs.
const Name = "worker-controller"

// atOnce is how many workers are worked at once: one whose CML stalls holds its place for the length of a call.
const atOnce = 20

// Run runs one replica until ctx ends.
func Run(ctx context.Context, config Config, deps controller.Deps) error {
	networks, err := regions.Load(config.RegionsFile)
	if err != nil {
		return err
	}
	bundle, err := config.bundle()
	if err != nil {
		return err
	}
	machines, err := ec2.New(ctx, config.ec2(deps.Outside))
	if err != nil {
		return err
	}
	r, err := controller.New(ctx, Name, config.Port, config.Config, deps)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if len(networks) == 0 {
		r.Log.WarnContext(ctx, "no region is configured: nothing can be launched")
	}
	models := controller.Models[readmodel.Worker](r, readmodel.KindWorker)
	var queue *reconcile.Controller[string]
	gate := reconcile.NewGate(models, reconcile.GateOptions[readmodel.Worker]{
		Writes: r.Writes, Fetch: fetch(r), Wake: func(id string) { queue.EnqueueAfter(id, 0) },
	})
	reconciler := worker.New(config.worker(), worker.Deps{
		Models: gate, API: r.API, EC2: machines, Connect: cmlsystem.NewPool(config.cml(bundle, deps.Outside)).Connect, Regions: networks, Log: r.Log,
	})
	reporter := controller.Reports(r, "worker", r.API.WorkerConditions, func(id string) []readmodel.Condition {
		w, _, _ := models.Get(id)
		return w.Conditions
	})
	queue = controller.Queued(r, "worker", reconciler, reconcile.Options[string]{
		Workers: atOnce, Resync: config.Resync(), Keys: models.IDs, OnOutcome: reporter.Outcome, Failures: reporter.Failures,
	})
	models.OnChange(reconcile.EnqueueChanges(queue.Enqueue))
	r.Leading("observer", worker.Observer{
		Workers: models.List, Lister: machines, Nudge: queue.Nudge, Interval: config.EC2Observe, Log: r.Log,
	}.Run)
	return r.Run(ctx)
}

// fetch reads a worker's model from the API, where the cache lags behind.
func fetch(r *controller.Runtime) func(context.Context, string) (readmodel.Worker, reconcile.Meta, bool, error) {
	return func(ctx context.Context, id string) (readmodel.Worker, reconcile.Meta, bool, error) {
		w, err := r.API.WorkerModel(ctx, api.ID{ID: id})
		if failure.Is(err, failure.NotFound) {
			return readmodel.Worker{}, reconcile.Meta{}, false, nil
		}
		return w, reconcile.Meta{Version: w.Version, Generation: w.Generation}, err == nil, err
	}
}
