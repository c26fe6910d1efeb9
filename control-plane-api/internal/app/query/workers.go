package query

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Worker answers a worker with its version.
func (q *Queries) Worker(ctx context.Context, id string) (api.Worker, int64, error) {
	w, meta, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return api.Worker{}, 0, err
	}
	dto, err := q.ShowWorker(ctx, w, meta.Version)
	return dto, meta.Version, err
}

// ShowWorker gives a worker as people see it now.
func (q *Queries) ShowWorker(ctx context.Context, w *worker.Worker, version int64) (api.Worker, error) {
	s, err := q.d.Settings.Effective(ctx)
	if err != nil {
		return api.Worker{}, err
	}
	dto := q.workerDTO(w, version, s)
	found, err := q.sampled(ctx, w.ID)
	if sample, ok := found[w.ID]; ok {
		withSample(&dto.WorkerDetails, sample, true)
	}
	return dto, err
}

// Workers answers a page of workers, oldest first unless another order is asked for.
func (q *Queries) Workers(ctx context.Context, f api.ListWorkers) (page.Page[api.Worker], error) {
	none := page.Page[api.Worker]{}
	filter, err := workerFilter(f.Status, f.IncludeTerminated)
	if err != nil {
		return none, err
	}
	only(&filter, command.FieldRegion, f.AWSRegion)
	sorted(&filter, workerSorts(), f.Sort, f.Order)
	s, err := q.d.Settings.Effective(ctx)
	if err != nil {
		return none, err
	}
	found, err := list(ctx, q.d.Workers, filter, f.List, cursorBy(command.WorkerKind(), filter.Sort), func(l repo.Loaded[worker.Worker]) api.Worker {
		return q.workerDTO(l.Value, l.Version, s)
	})
	if err != nil {
		return none, err
	}
	return found, q.addFigures(ctx, found.Items)
}

func (q *Queries) workerDTO(w *worker.Worker, version int64, s settings.Effective) api.Worker {
	now := q.now()
	dto := WorkerDTO(w, version, now, minutes(s.Timing.TeardownMarginMinutes))
	dto.WorkerDetails = workerDetails(w, now, minutes(float64(s.Activity.SnoozeMinutes)))
	if ports := dto.AllocatedPortCount + dto.AvailablePortCount; ports > 0 {
		dto.PortUtilizationPct = 100 * float64(dto.AllocatedPortCount) / float64(ports)
	}
	return dto
}

// WorkerModel answers a worker's read model, to services.
func (q *Queries) WorkerModel(ctx context.Context, id string) (readmodel.Worker, error) {
	w, meta, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return readmodel.Worker{}, err
	}
	return w.Model(meta.Version, meta.Generation), nil
}

// WorkerModels answers a page of read models, in the order of their ids. A worker_id in the query names one.
func (q *Queries) WorkerModels(ctx context.Context, f api.WorkerModelQuery) (page.Page[readmodel.Worker], error) {
	filter, err := workerFilter(f.Status, f.IncludeTerminated)
	if err != nil {
		return page.Page[readmodel.Worker]{}, err
	}
	if f.WorkerID != "" {
		filter.IDs = []string{f.WorkerID}
	}
	only(&filter, command.FieldRegion, f.AWSRegion)
	return list(ctx, q.d.Workers, filter, api.List(f.ModelList), workerCursor, func(l repo.Loaded[worker.Worker]) readmodel.Worker {
		return l.Value.Model(l.Version, l.Generation)
	})
}

func workerFilter(status string, terminated bool) (store.Query, error) {
	wanted, err := statuses(status, terminated, lifecycle.Workers(), lifecycle.ParseWorker)
	filter := store.Query{Equal: map[string][]string{}}
	if wanted != nil {
		filter.Equal[command.FieldStatus] = wanted
	}
	return filter, err
}

func workerSorts() map[string]string {
	return map[string]string{"created_at": store.ByCreatedAt, "status": command.FieldStatus, "aws_region": command.FieldRegion}
}

func workerCursor(l repo.Loaded[worker.Worker]) store.Cursor { return store.Cursor{ID: l.Value.ID} }
