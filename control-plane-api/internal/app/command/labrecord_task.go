package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
)

// taskLab is what the kinds of tasks on labs begin with; the action follows.
const taskLab = "lab."

func labTask(l *labrecord.LabRecord, kind labrecord.ActionKind) task.Spec {
	return task.Spec{
		Kind: taskLab + string(kind), Title: "Lab " + l.Facts.Title + ": " + string(kind),
		Subject: task.Subject{Kind: readmodel.KindLabRecord, ID: l.ID},
	}
}

// labOutcome reads off a lab how far a task on it has come.
func (c *Commands) labOutcome(ctx context.Context, t *task.Task) (task.Outcome, error) {
	l, _, err := c.d.LabRecords.Get(ctx, t.Subject.ID)
	if failure.Is(err, failure.NotFound) {
		return labFailed("lab_record_not_found", "The lab's record is gone."), nil
	}
	if err != nil {
		return task.Outcome{}, err
	}
	switch p := l.Pending; {
	case p != nil && taskLab+string(p.Kind) == t.Kind && p.StartedAt != nil:
		return task.Outcome{Status: lifecycle.TaskInProgress, Progress: 50, Message: "lablet-controller is at work."}, nil
	case p != nil && taskLab+string(p.Kind) == t.Kind:
		return task.Outcome{Status: lifecycle.TaskPending}, nil
	case l.LastErrorAt != nil && !l.LastErrorAt.Before(t.CreatedAt):
		return labFailed("action_failed", l.LastError), nil
	case l.Cleared != nil && !l.Cleared.Before(t.CreatedAt):
		return task.Outcome{Status: lifecycle.TaskCancelled, Message: "The action was taken back."}, nil
	default:
		return task.Outcome{Status: lifecycle.TaskCompleted, Message: "The lab is " + string(l.Status) + "."}, nil
	}
}

func labFailed(code, message string) task.Outcome {
	return task.Outcome{Status: lifecycle.TaskFailed, Message: message, Error: &task.Failure{Code: code, Message: message}}
}

// clearLab takes the action of a task back that nobody has begun with (task_not_cancellable).
func (c *Commands) clearLab(ctx context.Context, t *task.Task) error {
	_, err := c.reportLab(ctx, t.Subject.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		if l.Pending != nil && l.Pending.StartedAt != nil {
			return failure.New(failure.Conflict, "task_not_cancellable", "The request has begun and cannot be called off.")
		}
		l.Clear(act)
		return nil
	})
	return err
}
