package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// PutInstanceFinalizer stores the intent to make something outside, which needs the generation it was decided on, or the
// ref of what was made. Codes: attempt_over, generation_changed, generation_required, bad_finalizer.
func (c *Commands) PutInstanceFinalizer(ctx context.Context, req api.PutFinalizer) (api.Ack, error) {
	ch, err := c.updateInstance(call.AtGeneration(ctx, req.Body.Generation), req.ID, func(i *instance.Instance, act parts.Act) error {
		if err := checkIntent(i.Finalizers, req.Body); err != nil {
			return err
		}
		return i.PutFinalizer(finalizerOf(req.Body), act)
	})
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

// DropInstanceFinalizer tells that something was seen gone. With the last one an archived instance is terminated in the
// same write; with a lab's, and only then, the booking of an attempt that is over is released.
func (c *Commands) DropInstanceFinalizer(ctx context.Context, req api.DropFinalizer) (api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.Ack{}, err
	}
	kind := readmodel.FinalizerKind(req.Kind)
	var workerID string
	ch, err := c.updateInstance(call.AtGeneration(ctx, 0), req.ID, func(i *instance.Instance, act parts.Act) error {
		if f, ok := readmodel.FindFinalizer(i.Finalizers, kind, req.Attempt); ok {
			workerID = f.WorkerID
		}
		if err := i.DropFinalizer(kind, req.Attempt, act); err != nil {
			return err
		}
		return i.Complete(minutes(s.Timing.ArchiveHoldMinutes), act)
	})
	if err != nil {
		return api.Ack{}, err
	}
	if kind == readmodel.FinalizerLab {
		c.releaseOver(ctx, ch.now, workerID, req.Attempt)
	}
	return ch.ack(), nil
}

// PutWorkerFinalizer stores an intent or a ref on a worker. Codes as for an instance. The intent of a licence needs no
// generation while its registration is pending: the token, fetched under that operation, has fenced it.
func (c *Commands) PutWorkerFinalizer(ctx context.Context, req api.PutFinalizer) (api.Ack, error) {
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, req.Body.Generation), req.ID, func(w *worker.Worker, act parts.Act) error {
		fenced := req.Body.Kind == readmodel.FinalizerLicense && w.License.PendingOperation == lifecycle.LicenseRegister
		if err := checkIntent(w.Finalizers, req.Body); err != nil && !fenced {
			return err
		}
		return w.PutFinalizer(finalizerOf(req.Body), act)
	})
	return ack, err
}

// DropWorkerFinalizer tells that a machine or a licence was seen gone.
func (c *Commands) DropWorkerFinalizer(ctx context.Context, req api.DropFinalizer) (api.Ack, error) {
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		return w.DropFinalizer(readmodel.FinalizerKind(req.Kind), req.Attempt, act)
	})
	return ack, err
}

// checkIntent refuses a new intent that does not say what it was decided on.
func checkIntent(stored []readmodel.Finalizer, body api.PutFinalizerBody) error {
	if _, ok := readmodel.FindFinalizer(stored, body.Kind, body.Attempt); ok || body.Generation != 0 {
		return nil
	}
	return failure.New(failure.Invalid, "generation_required", "an intent needs the generation that it was decided on")
}

func finalizerOf(body api.PutFinalizerBody) readmodel.Finalizer {
	return readmodel.Finalizer{Kind: body.Kind, WorkerID: body.WorkerID, Ref: body.Ref, Attempt: body.Attempt}
}
