package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// ReportEC2Details takes details of a worker's machine. Codes: worker_not_found, worker_terminated.
func (c *Commands) ReportEC2Details(ctx context.Context, req api.ReportEC2Details) (api.Ack, error) {
	b := req.Body
	seen := worker.Observation{
		PublicIP: b.PublicIP, PrivateIP: b.PrivateIP, InstanceType: b.InstanceType, AMIID: b.AMIID, AMIName: b.AMIName,
		AMIDescription: b.AMIDescription, AMICreationDate: b.AMICreationDate,
	}
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		if err := w.Describe(seen, act); err != nil {
			return err
		}
		w.SetChecks(worker.Checks{Instance: b.InstanceCheck, System: b.SystemCheck}, act)
		return nil
	})
	return ack, err
}
