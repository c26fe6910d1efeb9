package command

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// LookForLabs asks lablet-controller, which alone talks to CML about labs, to look which labs a worker has; what it finds comes
// by DiscoverLabs. Whoever asks while one is asked for gets the same task. Codes: worker_not_found, worker_not_running.
func (c *Commands) LookForLabs(ctx context.Context, workerID string) (api.LabsLook, error) {
	w, _, err := c.d.Workers.Get(ctx, workerID)
	if err != nil {
		return api.LabsLook{}, err
	}
	if w.Status != lifecycle.WorkerRunning && w.Status != lifecycle.WorkerDraining {
		return api.LabsLook{}, failure.New(failure.Conflict, "worker_not_running", "The worker is %s, so that its CML cannot be asked.", w.Status)
	}
	t, err := c.openTask(ctx, workerTask(readmodel.TaskDiscoverLabs, "Look for the labs of "+w.Name, w.ID))
	if err != nil {
		return api.LabsLook{}, err
	}
	return api.LabsLook{
		WorkerID: w.ID, Status: string(t.Status), Message: "lablet-controller looks for them; the task tells what it found.", TaskID: t.ID,
	}, nil
}

// lookOutcome ends a look for the labs of a worker that is gone; else a report tells.
func lookOutcome(w *worker.Worker) (task.Outcome, bool) {
	if w != nil && !w.Terminal() {
		return task.Outcome{}, false
	}
	message := "The worker is terminated."
	return task.Outcome{Status: lifecycle.TaskFailed, Message: message, Error: &task.Failure{Code: "worker_terminated", Message: message}}, true
}

// lookedForLabs completes what was asked for before a look began, with what the look led to.
func (c *Commands) lookedForLabs(ctx context.Context, workerID string, began time.Time, found api.DiscoveredLabs) {
	if c.d.Tasks == nil {
		return
	}
	after, cancel := aftermath(ctx)
	defer cancel()
	t, err := c.openTaskOf(after, readmodel.TaskDiscoverLabs, workerID)
	if err == nil && t != nil && !began.Before(t.CreatedAt) {
		var result json.RawMessage
		if result, err = params(found); err == nil {
			_, err = c.takeOutcome(after, t.ID, task.Outcome{Status: lifecycle.TaskCompleted, Message: "The labs were looked at.", Result: result})
		}
	}
	if err != nil {
		c.d.Log.WarnContext(after, "look for labs not settled", "worker", workerID, "error", err)
	}
}
