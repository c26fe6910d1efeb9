package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// TerminateWorker asks for a worker's end; worker-controller does the rest. Force overrides worker_in_use. Codes:
// worker_not_found, worker_in_use, worker_terminated.
func (c *Commands) TerminateWorker(ctx context.Context, req api.DeleteWorker) (*worker.Worker, api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return nil, api.Ack{}, err
	}
	boot := minutes(s.Timing.WorkerBootMinutes)
	return c.updateWorker(ctx, req.ID, func(w *worker.Worker, act parts.Act) error {
		return w.Want(lifecycle.WorkerTerminated, req.Force, boot, act)
	})
}
