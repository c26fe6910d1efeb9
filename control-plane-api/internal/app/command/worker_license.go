package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// StartLicense tells that a licence operation has begun (no_pending_operation).
func (c *Commands) StartLicense(ctx context.Context, op lifecycle.LicenseOperation, req api.LicenseStep) (api.Ack, error) {
	return c.licenseStep(ctx, req, func(w *worker.Worker, act parts.Act) error { return w.StartLicense(op, act) })
}

// CompleteLicense tells that a licence operation is done (no_pending_operation).
func (c *Commands) CompleteLicense(ctx context.Context, op lifecycle.LicenseOperation, req api.LicenseStep) (api.Ack, error) {
	done := worker.Completion{
		RegistrationStatus: req.Body.RegistrationStatus, SmartAccount: req.Body.SmartAccount, VirtualAccount: req.Body.VirtualAccount,
		Message: req.Body.Message,
	}
	return c.licenseStep(ctx, req, func(w *worker.Worker, act parts.Act) error { return w.CompleteLicense(op, done, act) })
}

// FailLicense tells that a try of a licence operation failed (no_pending_operation).
func (c *Commands) FailLicense(ctx context.Context, op lifecycle.LicenseOperation, req api.LicenseStep) (api.Ack, error) {
	message := req.Body.ErrorMessage
	if message == "" {
		message = req.Body.Message
	}
	return c.licenseStep(ctx, req, func(w *worker.Worker, act parts.Act) error {
		return w.FailLicense(op, message, req.Body.ErrorCode, act)
	})
}

func (c *Commands) licenseStep(ctx context.Context, req api.LicenseStep, apply func(*worker.Worker, parts.Act) error) (api.Ack, error) {
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		if req.Body.InitiatedBy != "" {
			act.By = req.Body.InitiatedBy
		}
		return apply(w, act)
	})
	return ack, err
}
