package controller

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// Models adds a cache of one kind of read model that runs in every replica, so that a fail-over starts warm.
func Models[M any](r *Runtime, kind readmodel.Kind) *reconcile.Models[M] {
	models := reconcile.NewModels[M](r.Etcd, kind, reconcile.ModelsOptions{Writes: r.Writes, Log: r.Log})
	r.Always(string(kind), models.Run)
	r.Check(string(kind), func(context.Context) error { return models.Check() })
	r.synced = append(r.synced, models.WaitSynced)
	r.caches.watch(string(kind), models)
	return models
}

// Queued adds a reconciler with its keyed queue: it works while this replica leads, once all caches are filled.
func Queued[K comparable](r *Runtime, name string, reconciler reconcile.Reconciler[K], options reconcile.Options[K]) *reconcile.Controller[K] {
	options.Name, options.Log, options.Metrics = name, r.Log, r.metrics
	outcome := options.OnOutcome
	options.OnOutcome = func(o reconcile.Outcome[K]) {
		r.Outcome(o.Err)
		if outcome != nil {
			outcome(o)
		}
	}
	queue := reconcile.New(reconciler, options)
	r.Show(queue)
	r.Leading(name, func(ctx context.Context) error {
		for _, wait := range r.synced {
			if err := wait(ctx); err != nil {
				return err
			}
		}
		return queue.Run(ctx)
	})
	return queue
}
