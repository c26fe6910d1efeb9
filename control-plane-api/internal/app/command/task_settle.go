package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

const (
	// taskSilence is how long a task may go without a word of whoever does it.
	taskSilence = 24 * time.Hour
	// TaskRetention is how long a finished task is kept.
	TaskRetention = 30 * 24 * time.Hour
)

// SettleTask writes down how far a task has come. One that nobody has said a word of for a day has failed.
func (c *Commands) SettleTask(ctx context.Context, t *task.Task) error {
	o, err := c.outcomeOf(ctx, t)
	if err != nil || o.Status == "" {
		return err
	}
	_, _, err = c.d.Tasks.Update(ctx, t.ID, func(t *task.Task) error { return t.Take(o, c.act(ctx)) })
	if failure.CodeOf(err) == "task_finished" || failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}

// outcomeOf finds out how far a task has come; the status is empty where only a report can tell.
func (c *Commands) outcomeOf(ctx context.Context, t *task.Task) (task.Outcome, error) {
	switch t.Subject.Kind {
	case readmodel.KindLabRecord:
		return c.labOutcome(ctx, t)
	case readmodel.KindDefinition:
		return c.syncOutcome(ctx, t)
	}
	var w *worker.Worker
	if t.Subject.Kind == readmodel.KindWorker {
		var err error
		if w, _, err = c.d.Workers.Get(ctx, t.Subject.ID); err != nil && !failure.Is(err, failure.NotFound) {
			return task.Outcome{}, err
		}
	}
	if o, ok := WorkerOutcome(t, w); ok {
		return o, nil
	}
	if c.now().Sub(t.UpdatedAt) > taskSilence {
		message := "Nobody has reported on the request for a day."
		return task.Outcome{Status: lifecycle.TaskFailed, Message: message, Error: &task.Failure{Code: "task_abandoned", Message: message}}, nil
	}
	return task.Outcome{}, nil
}

// ForgetTask removes a task that has been finished for long.
func (c *Commands) ForgetTask(ctx context.Context, t *task.Task) error {
	if t.FinishedAt == nil || c.now().Sub(*t.FinishedAt) < TaskRetention {
		return nil
	}
	err := c.d.Tasks.Delete(ctx, t.ID, func(t *task.Task) error { return t.Delete(c.act(ctx)) })
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}

// ReportTask takes a controller's word on a task. Codes: task_not_found, task_finished.
func (c *Commands) ReportTask(ctx context.Context, req api.ReportTask) (api.Ack, error) {
	o := task.Outcome{
		Status: lifecycle.TaskStatus(req.Body.Status), Progress: req.Body.Progress, Message: req.Body.Message, Result: req.Body.Result,
	}
	if e := req.Body.Error; e != nil {
		o.Error = &task.Failure{Code: e.Code, Message: e.Message}
	}
	return c.takeOutcome(call.AtGeneration(ctx, 0), req.ID, o)
}

func (c *Commands) takeOutcome(ctx context.Context, id string, o task.Outcome) (api.Ack, error) {
	var before lifecycle.TaskStatus
	t, meta, err := c.d.Tasks.Update(ctx, id, func(t *task.Task) error {
		before = t.Status
		return t.Take(o, c.act(ctx))
	})
	if err != nil {
		return api.Ack{}, err
	}
	return api.Ack{
		ID: t.ID, PreviousStatus: string(before), CurrentStatus: string(t.Status), Version: meta.Version, Generation: meta.Generation,
		Changed: meta.Changed,
	}, nil
}
