package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

// stopping stops the lab. A lab whose worker does not run does not run either.
func (w *work) stopping(ctx context.Context) (reconcile.Result, error) {
	f, ok := w.finalizer(readmodel.FinalizerLab)
	if !ok || w.workerIsDown() {
		return w.move(ctx, lifecycle.InstanceStopped, "lab_stopped", nil)
	}
	labs, err := w.labs(ctx)
	if err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	lab, found, err := w.findLab(ctx, labs, f)
	if err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	if !found || lab.State == cmllabs.Stopped || lab.State == cmllabs.Defined {
		return w.move(ctx, lifecycle.InstanceStopped, "lab_stopped", nil)
	}
	if err := labs.Stop(ctx, lab.ID); err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	return reconcile.Result{After: w.Timing.LabPoll}, nil
}

func (w *work) workerIsDown() bool {
	return w.hasWorker && (w.worker.Status == lifecycle.WorkerStopped || w.worker.Status == lifecycle.WorkerTerminated)
}

// stopped archives the instance when everything outside is gone; cleaning up has run before in the same turn.
func (w *work) stopped(ctx context.Context) (reconcile.Result, error) {
	if w.resumable() {
		return w.again(w.instance.TimeslotEnd.Sub(w.now)), nil
	}
	if w.left > 0 {
		return reconcile.Result{}, nil
	}
	return w.move(ctx, lifecycle.InstanceArchived, "cleaned_up", nil)
}

// resumable reports whether the user has stopped the session and may still come back: then all is kept.
func (w *work) resumable() bool {
	return w.instance.Status == lifecycle.InstanceStopped && w.instance.DesiredStatus == lifecycle.InstanceStopped &&
		w.instance.TimeslotEnd != nil && !w.slotOver()
}
