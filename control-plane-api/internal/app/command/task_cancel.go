package command

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// CheckTaskOwner lets whoever asked for a task, and those who manage, see it; to others it does not exist.
func CheckTaskOwner(c call.Call, t *task.Task) error {
	if t.CreatedBy == c.Actor || manages(c) {
		return nil
	}
	return noTask(t.ID)
}

func noTask(id string) error {
	return failure.New(failure.NotFound, "task_not_found", "there is no task %s", id)
}

// CancelTask gives a request up, for whoever made it or an admin: first what is done about it is called off, then
// the task is cancelled. Codes: task_not_found, task_finished, task_not_cancellable, and those of calling it off.
func (c *Commands) CancelTask(ctx context.Context, req api.CancelTask) (*task.Task, repo.Meta, error) {
	if req.Body != nil {
		ctx = call.Because(ctx, req.Body.Reason)
	}
	t, _, err := c.d.Tasks.Get(ctx, req.ID)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	if caller := call.From(ctx); t.CreatedBy != caller.Actor && !slices.Contains(caller.Roles, api.Admin) {
		return nil, repo.Meta{}, noTask(t.ID)
	}
	if !t.Finished() {
		if err := c.callOff(call.AtVersion(unkeyed(ctx), 0), t); err != nil {
			return nil, repo.Meta{}, err
		}
	}
	return c.d.Tasks.Update(ctx, req.ID, func(t *task.Task) error { return t.Cancel(c.act(ctx)) })
}

// callOff undoes what a task has asked for. What has come to an end meanwhile is written down and answered as finished.
func (c *Commands) callOff(ctx context.Context, t *task.Task) error {
	o, err := c.outcomeOf(ctx, t)
	if err != nil {
		return err
	}
	if lifecycle.Tasks().Terminal(o.Status) {
		return c.SettleTask(ctx, t)
	}
	if t.Subject.Kind == readmodel.KindLabRecord {
		return c.clearLab(ctx, t)
	}
	switch t.Kind {
	case TaskDrain:
		return c.onSubject(ctx, t, (*worker.Worker).CancelDrain)
	case TaskRegister:
		return c.onSubject(ctx, t, func(w *worker.Worker, act parts.Act) error { return w.CancelLicense(lifecycle.LicenseRegister, act) })
	case TaskDeregister:
		return c.onSubject(ctx, t, func(w *worker.Worker, act parts.Act) error { return w.CancelLicense(lifecycle.LicenseDeregister, act) })
	case readmodel.TaskImportWorkers, readmodel.TaskDiscoverLabs:
		if t.Status == lifecycle.TaskPending {
			return nil
		}
	}
	return failure.New(failure.Conflict, "task_not_cancellable", "The request has begun and cannot be called off.")
}

func (c *Commands) onSubject(ctx context.Context, t *task.Task, do func(*worker.Worker, parts.Act) error) error {
	_, _, err := c.updateWorker(ctx, t.Subject.ID, do)
	return err
}
