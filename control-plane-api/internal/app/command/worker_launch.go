package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// PlanLaunch stores the intent of an EC2 launch. Codes: generation_changed, worker_not_wanted, invalid_transition.
func (c *Commands) PlanLaunch(ctx context.Context, req api.PlanLaunch) (api.Ack, error) {
	plan := readmodel.Launch{
		AMIID: req.Body.AMIID, AMIName: req.Body.AMIName, InstanceType: req.Body.InstanceType, SubnetID: req.Body.SubnetID,
		SecurityGroupIDs: req.Body.SecurityGroupIDs, KeyName: req.Body.KeyName, DiskGB: req.Body.DiskGB,
	}
	w, ack, err := c.updateWorker(call.AtGeneration(ctx, req.Body.Generation), req.ID, func(w *worker.Worker, act parts.Act) error {
		return w.PlanLaunch(plan, act)
	})
	if err == nil && w.Launch != nil {
		ack.Attempt = w.Launch.Attempt
	}
	return ack, err
}

// PinCertificate pins the certificate that CML showed at first contact (certificate_pinned).
func (c *Commands) PinCertificate(ctx context.Context, req api.PinCertificate) (api.Ack, error) {
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		return w.PinCertificate(req.Body.Fingerprint, act)
	})
	return ack, err
}
