package query

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Tasks holds the queries on long-running requests.
type Tasks struct {
	repo    *repo.Repo[task.Task]
	workers *repo.Repo[worker.Worker]
}

// NewTasks makes them.
func NewTasks(r *repo.Repo[task.Task], workers *repo.Repo[worker.Worker]) *Tasks {
	return &Tasks{repo: r, workers: workers}
}

// Get answers a task to whoever asked for it or manages, as far as it has come now (task_not_found).
func (q *Tasks) Get(ctx context.Context, id string) (api.Task, int64, error) {
	t, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return api.Task{}, 0, err
	}
	if err := command.CheckTaskOwner(call.From(ctx), t); err != nil {
		return api.Task{}, 0, err
	}
	if err := q.bringUpToDate(ctx, t); err != nil {
		return api.Task{}, 0, err
	}
	return TaskDTO(t), meta.Version, nil
}

// bringUpToDate shows what a sweep will write down next, so that nobody waits for it.
func (q *Tasks) bringUpToDate(ctx context.Context, t *task.Task) error {
	if t.Finished() || t.Subject.Kind != readmodel.KindWorker {
		return nil
	}
	w, meta, err := q.workers.Get(ctx, t.Subject.ID)
	if err != nil && !failure.Is(err, failure.NotFound) {
		return err
	}
	o, ok := command.WorkerOutcome(t, w)
	if !ok {
		return nil
	}
	at := t.UpdatedAt
	if w != nil && meta.Version > 0 && w.UpdatedAt.After(at) {
		at = w.UpdatedAt
	}
	return t.Take(o, parts.Act{At: at})
}

// List answers a page of tasks, newest first unless another order is asked for: all to those who manage, their own to others (bad_status).
func (q *Tasks) List(ctx context.Context, f api.ListTasks) (page.Page[api.Task], error) {
	if c := call.From(ctx); !manages(c) {
		f.CreatedBy = c.Actor
	}
	filter, err := taskFilter(f.Status, f.Kind, true)
	if err != nil {
		return page.Page[api.Task]{}, err
	}
	only(&filter, command.FieldSubject, f.SubjectID)
	only(&filter, command.FieldCreatedBy, f.CreatedBy)
	sorted(&filter, taskSorts(), f.Sort, f.Order)
	return list(ctx, q.repo, filter, f.List, cursorBy(command.TaskKind(), filter.Sort), func(l repo.Loaded[task.Task]) api.Task { return TaskDTO(l.Value) })
}

// Model answers a task's read model.
func (q *Tasks) Model(ctx context.Context, id string) (readmodel.Task, error) {
	t, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return readmodel.Task{}, err
	}
	return t.Model(meta.Version, meta.Generation), nil
}

// Models answers a page of read models, newest first; without a status those that are not finished (bad_status).
func (q *Tasks) Models(ctx context.Context, f api.ListTaskModels) (page.Page[readmodel.Task], error) {
	filter, err := taskFilter(f.Status, f.Kind, false)
	if err != nil {
		return page.Page[readmodel.Task]{}, err
	}
	return list(ctx, q.repo, filter, api.List(f.ModelList), taskCursor, func(l repo.Loaded[task.Task]) readmodel.Task {
		return l.Value.Model(l.Version, l.Generation)
	})
}

func taskFilter(status, kind string, finished bool) (store.Query, error) {
	filter := store.Query{Desc: true, Equal: map[string][]string{}}
	wanted, err := statuses(status, finished, lifecycle.Tasks(), lifecycle.Tasks().Parse)
	if wanted != nil {
		filter.Equal[command.FieldStatus] = slices.Clip(wanted)
	}
	only(&filter, command.FieldTaskKind, kind)
	return filter, err
}

func taskSorts() map[string]string {
	return map[string]string{"created_at": byID, "status": command.FieldStatus, "kind": command.FieldTaskKind}
}

func taskCursor(l repo.Loaded[task.Task]) store.Cursor { return store.Cursor{ID: l.Value.ID} }

// TaskDTO is a task as people see it.
func TaskDTO(t *task.Task) api.Task {
	dto := api.Task{
		ID: t.ID, Kind: t.Kind, Title: t.Title, SubjectKind: string(t.Subject.Kind), SubjectID: t.Subject.ID, Status: t.Status,
		Progress: t.Progress, Message: t.Message, Params: raw(t.Params), Result: raw(t.Result), CreatedBy: t.CreatedBy,
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, FinishedAt: t.FinishedAt,
	}
	if t.Error != nil {
		dto.Error = &api.TaskError{Code: t.Error.Code, Message: t.Error.Message}
	}
	return dto
}
