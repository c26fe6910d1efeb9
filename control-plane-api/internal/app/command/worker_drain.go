package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// DrainWorker takes no new labs and has the worker stopped after the last one; by is who asked, the caller when empty.
// Codes: worker_not_found, worker_terminated, worker_not_running.
func (c *Commands) DrainWorker(ctx context.Context, id, reason, by string) (api.Drained, api.Ack, error) {
	ctx = call.Because(ctx, reason)
	w, ack, err := c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error {
		if by != "" {
			act.By = by
		}
		return w.Drain(act)
	})
	if err != nil {
		return api.Drained{}, ack, err
	}
	t, err := c.openTask(ctx, workerTask(TaskDrain, "Drain worker "+w.Name, w.ID))
	if err != nil {
		return api.Drained{}, ack, err
	}
	return api.Drained{
		WorkerID: w.ID, Status: string(w.Status), DesiredStatus: string(w.DesiredStatus), DrainUntil: w.DrainUntil, TaskID: t.ID,
	}, ack, nil
}

// CancelDrain takes labs again. Codes: worker_not_found, worker_terminated, worker_not_draining.
func (c *Commands) CancelDrain(ctx context.Context, id, reason string) (*worker.Worker, api.Ack, error) {
	return c.updateWorker(call.Because(ctx, reason), id, (*worker.Worker).CancelDrain)
}

// ForceDrain ends the wait of a drain that is overdue.
func (c *Commands) ForceDrain(ctx context.Context, id string) error {
	_, _, err := c.updateWorker(call.Because(ctx, "drain_timeout"), id, func(w *worker.Worker, act parts.Act) error {
		w.ForceDrain(act)
		return nil
	})
	return err
}
