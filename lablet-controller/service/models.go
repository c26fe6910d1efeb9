package service

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/content"
)

// models are the caches that the reconcilers read.
type models struct {
	instances   *reconcile.Models[readmodel.Instance]
	workers     *reconcile.Models[readmodel.Worker]
	definitions *reconcile.Models[readmodel.Definition]
}

func watch(r *controller.Runtime) *models {
	return &models{
		instances:   controller.Models[readmodel.Instance](r, readmodel.KindInstance),
		workers:     controller.Models[readmodel.Worker](r, readmodel.KindWorker),
		definitions: controller.Models[readmodel.Definition](r, readmodel.KindDefinition),
	}
}

// instancesOn lists the instances that are on a worker or have left something there.
func (m *models) instancesOn(worker string) (ids []string) {
	for _, i := range m.instances.List() {
		left := slices.ContainsFunc(i.Finalizers, func(f readmodel.Finalizer) bool { return f.WorkerID == worker })
		if i.WorkerID == worker || left {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

func (m *models) definitionsToSync() (ids []string) {
	for _, d := range m.definitions.List() {
		if content.Wanted(d) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

func (m *models) instanceGate(r *controller.Runtime, wake func(string)) *reconcile.Gate[readmodel.Instance] {
	return gate(r, m.instances, wake, r.API.InstanceModel, func(i readmodel.Instance) (int64, int64) { return i.Version, i.Generation })
}

func (m *models) workerGate(r *controller.Runtime, wake func(string)) *reconcile.Gate[readmodel.Worker] {
	return gate(r, m.workers, wake, r.API.WorkerModel, func(w readmodel.Worker) (int64, int64) { return w.Version, w.Generation })
}

func (m *models) definitionGate(r *controller.Runtime, wake func(string)) *reconcile.Gate[readmodel.Definition] {
	return gate(r, m.definitions, wake, r.API.DefinitionModel, func(d readmodel.Definition) (int64, int64) { return d.Version, d.Generation })
}

// gate keeps a reconciler from working on a model that is older than what this process has written.
func gate[M any](
	r *controller.Runtime, models *reconcile.Models[M], wake func(string),
	read func(context.Context, api.ID) (M, error), versions func(M) (version, generation int64),
) *reconcile.Gate[M] {
	return reconcile.NewGate(models, reconcile.GateOptions[M]{
		Writes: r.Writes, Wake: wake,
		Fetch: func(ctx context.Context, id string) (model M, meta reconcile.Meta, found bool, err error) {
			model, err = read(ctx, api.ID{ID: id})
			if failure.Is(err, failure.NotFound) {
				return model, meta, false, nil
			}
			meta.Version, meta.Generation = versions(model)
			return model, meta, err == nil, err
		},
	})
}
