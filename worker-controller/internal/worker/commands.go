package worker

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// lookAgain is when to look after the API has told that the worker changed: the watch event of the change comes earlier.
const lookAgain = time.Second

// commanded is what follows a command: another run at once when it went well. A worker that has changed since it was read
// is decided on anew; one that is gone needs nothing.
func commanded(err error) (reconcile.Result, error) {
	switch {
	case err == nil:
		return again(), nil
	case failure.Is(err, failure.Precondition), failure.CodeOf(err) == "worker_terminated", failure.CodeOf(err) == "attempt_over":
		return reconcile.Result{After: lookAgain, Skipped: true}, nil
	case failure.Is(err, failure.NotFound):
		return reconcile.Result{}, nil
	default:
		return reconcile.Result{}, err
	}
}

// intend stores a move that this reconciler has decided on and will make: the API refuses it when the worker has changed
// since, or when it must not be disturbed.
func (r *Reconciler) intend(ctx context.Context, w readmodel.Worker, to lifecycle.WorkerStatus, reason string) error {
	_, err := r.api.ReportWorkerStatus(ctx, api.ReportWorkerStatus{ID: w.ID, Body: api.ReportWorkerStatusBody{
		Status: string(to), Reason: reason, Generation: w.Generation,
	}})
	return err
}

// report tells what EC2 shows.
func (r *Reconciler) report(ctx context.Context, w readmodel.Worker, body api.ReportWorkerStatusBody) (reconcile.Result, error) {
	_, err := r.api.ReportWorkerStatus(ctx, api.ReportWorkerStatus{ID: w.ID, Body: body})
	return commanded(err)
}

// details describes a machine for a report.
func details(to lifecycle.WorkerStatus, m Machine, reason string) api.ReportWorkerStatusBody {
	return api.ReportWorkerStatusBody{
		Status: string(to), Reason: reason, EC2InstanceID: m.ID, PublicIP: m.PublicIP, PrivateIP: m.PrivateIP,
		AMIID: m.ImageID, InstanceType: m.InstanceType,
	}
}

// fail ends what was tried for good; the reason stays on the worker, and its machine is ended by the next run.
func (r *Reconciler) fail(ctx context.Context, w readmodel.Worker, kind, reason, message string) (reconcile.Result, error) {
	c := isNot(kind, reason, message)
	c.Attempts = attemptsOf(w, kind)
	r.log.WarnContext(ctx, "worker failed", "worker", w.ID, "reason", reason, "message", message)
	return r.report(ctx, w, api.ReportWorkerStatusBody{
		Status: string(lifecycle.WorkerFailed), Reason: shorten(message), Condition: &c, Generation: w.Generation,
	})
}

// drop tells that what a finalizer stands for is gone.
func (r *Reconciler) drop(ctx context.Context, w readmodel.Worker, f readmodel.Finalizer) error {
	_, err := r.api.DropWorkerFinalizer(ctx, api.DropFinalizer{ID: w.ID, Kind: string(f.Kind), Attempt: f.Attempt})
	return err
}

// dropAll drops the finalizers of a kind.
func (r *Reconciler) dropAll(ctx context.Context, w readmodel.Worker, kind readmodel.FinalizerKind) error {
	for _, f := range finalizersOf(w, kind) {
		if err := r.drop(ctx, w, f); err != nil {
			return err
		}
	}
	return nil
}

const maxReason = 450

func shorten(text string) string {
	if len(text) > maxReason {
		return clip(text)[:maxReason]
	}
	return text
}
