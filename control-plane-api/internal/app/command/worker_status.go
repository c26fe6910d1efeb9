package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// ReportWorkerStatus takes what EC2 shows, or, with a generation, what is about to be done. When the worker is lost its
// instances are moved; what of that fails a sweep repeats. Codes: bad_status, worker_in_use, worker_terminated,
// generation_changed.
func (c *Commands) ReportWorkerStatus(ctx context.Context, req api.ReportWorkerStatus) (api.Ack, error) {
	body := req.Body
	status, err := lifecycle.ParseWorker(body.Status)
	if err != nil {
		return api.Ack{}, failure.Wrap(err, failure.Invalid, "bad_status", "%q is not a status of a worker", body.Status)
	}
	seen := worker.Observation{
		Status: status, EC2InstanceID: body.EC2InstanceID, PublicIP: body.PublicIP, PrivateIP: body.PrivateIP, AMIID: body.AMIID,
		AMIName: body.AMIName, InstanceType: body.InstanceType, Condition: body.Condition, Intent: body.Generation != 0,
	}
	var jumps int
	var from lifecycle.WorkerStatus
	w, ack, err := c.updateWorker(call.AtGeneration(ctx, body.Generation), req.ID, func(w *worker.Worker, act parts.Act) error {
		jumps, from = w.Jumps, w.Status
		return w.Observe(seen, act.Because(body.Reason))
	})
	if err != nil {
		return api.Ack{}, err
	}
	if ack.Changed && w.Jumps > jumps {
		c.d.Meter.UnexpectedJump(from, w.Status)
	}
	c.forgetFigures(ctx, w)
	if w.LosesHeld() && len(w.Book.Entries) > 0 {
		after, cancel := aftermath(ctx)
		defer cancel()
		if err := c.LoseInstances(after, w); err != nil {
			c.d.Log.WarnContext(after, "instances of a lost worker not all moved, left to the sweep", "worker", w.ID, "error", err)
		}
	}
	return ack, nil
}

// ReportCMLData takes what CML on a worker says of itself. When CML first is ready without a licence, the setting decides
// whether a registration is asked for.
func (c *Commands) ReportCMLData(ctx context.Context, req api.ReportCMLData) (api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.Ack{}, err
	}
	body := req.Body
	report := worker.Report{
		Version: body.Version, Ready: body.Ready, NodeDefinitions: body.NodeDefinitions, ImageDefinitions: body.ImageDefinitions,
		Capacity: body.Capacity, CollectedAt: body.CollectedAt,
	}
	if l := body.License; l != nil {
		report.License = &worker.LicenseReport{
			Registration: l.RegistrationStatus, Authorization: l.AuthorizationStatus, Product: l.Product, Enterprise: l.IsEnterprise,
			NodeLimit: l.NodeLimit, SmartAccount: l.SmartAccount, VirtualAccount: l.VirtualAccount, ExpiresAt: l.ExpiresAt,
		}
	}
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		w.ReportCML(report, s.Provisioning.AutoRegisterLicense, act)
		return nil
	})
	return ack, err
}
