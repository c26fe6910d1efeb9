package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// TerminateWorker asks for a worker's end; worker-controller does the rest. Force overrides worker_in_use; with
// ForceHardDelete the document goes when nothing outside is left. Codes: worker_not_found, worker_in_use,
// worker_terminated.
func (c *Commands) TerminateWorker(ctx context.Context, req api.DeleteWorker) (*worker.Worker, api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return nil, api.Ack{}, err
	}
	boot := minutes(s.Timing.WorkerBootMinutes)
	return c.updateWorker(call.Because(ctx, req.Reason), req.ID, func(w *worker.Worker, act parts.Act) error {
		return w.End(req.Force, req.ForceHardDelete, boot, act)
	})
}
