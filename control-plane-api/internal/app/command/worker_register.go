package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// RegisterLicense asks for a registration of a worker's CML, with a token that is sealed at once, or with a seat of the
// licence file. Codes: worker_not_found, worker_not_running, license_busy, license_token_required, no_secret_key.
func (c *Commands) RegisterLicense(ctx context.Context, id string, token secret.String, reregister bool) (api.Accepted, error) {
	sealed, err := c.seal(token)
	if err != nil {
		return api.Accepted{}, err
	}
	w, _, err := c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error {
		if sealed == nil && !c.hasSeats(w) {
			return failure.New(failure.Invalid, "license_token_required", "The licence file has nothing for the worker; give a token.")
		}
		return w.RequestLicense(lifecycle.LicenseRegister, sealed, reregister, act)
	})
	if err != nil {
		return api.Accepted{}, err
	}
	return c.licenseAccepted(ctx, w, TaskRegister, "Register the licence of worker ")
}

// DeregisterLicense asks for the licence to be given back; CML refuses that while labs run, so the worker must not be in
// use. Codes: worker_not_found, worker_not_running, worker_in_use, license_busy.
func (c *Commands) DeregisterLicense(ctx context.Context, id string) (api.Accepted, error) {
	w, _, err := c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error {
		if held := w.Book.HeldByInstances(); len(held) > 0 {
			return failure.New(failure.Conflict, "worker_in_use", "%d labs of instances are on the worker", len(held))
		}
		return w.RequestLicense(lifecycle.LicenseDeregister, nil, false, act)
	})
	if err != nil {
		return api.Accepted{}, err
	}
	return c.licenseAccepted(ctx, w, TaskDeregister, "Give back the licence of worker ")
}

func (c *Commands) licenseAccepted(ctx context.Context, w *worker.Worker, kind, title string) (api.Accepted, error) {
	t, err := c.openTask(ctx, workerTask(kind, title+w.Name, w.ID))
	if err != nil {
		return api.Accepted{}, err
	}
	return api.Accepted{WorkerID: w.ID, Status: string(t.Status), Message: "worker-controller does it; the task tells how far it is.", TaskID: t.ID}, nil
}

func (c *Commands) seal(token secret.String) ([]byte, error) {
	if token.IsZero() {
		return nil, nil
	}
	if c.d.Sealer == nil {
		return nil, failure.New(failure.Conflict, "no_secret_key", "No key is configured to seal the token with; use the licence file.")
	}
	sealed, err := c.d.Sealer.Seal(token)
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "token_unsealable", "The token cannot be sealed.")
	}
	return sealed, nil
}

func (c *Commands) hasSeats(w *worker.Worker) bool {
	if c.d.Licenses == nil {
		return false
	}
	_, ok := c.d.Licenses.Entry(w.License.Name, w.License.Type)
	return ok
}
