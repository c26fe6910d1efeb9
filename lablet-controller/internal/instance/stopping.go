package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

// stopping stops the lab. A lab whose worker does not run does not run either.
func (w *work) stopping(ctx context.Context) (reconcile.Result, error) {
	if w.instance.DesiredStatus == lifecycle.InstanceStopped && !w.slotOver() {
		if result, err := w.sessionTold(ctx, w.LDS.Pause); err != nil {
			return result, err
		}
	}
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
		if w.instance.DesiredStatus == lifecycle.InstanceRunning {
			return w.resume(ctx)
		}
		return w.again(w.instance.TimeslotEnd.Sub(w.now)), nil
	}
	if w.left > 0 {
		return reconcile.Result{}, nil
	}
	return w.move(ctx, lifecycle.InstanceArchived, "cleaned_up", nil)
}

// resumable reports whether the user has stopped the session and may still come back, or is coming back: then all is kept.
func (w *work) resumable() bool {
	kept := w.instance.DesiredStatus == lifecycle.InstanceStopped || w.instance.DesiredStatus == lifecycle.InstanceRunning
	return w.instance.Status == lifecycle.InstanceStopped && kept && w.instance.TimeslotEnd != nil && !w.slotOver()
}

// resume starts the lab that was kept and lets the session go on.
func (w *work) resume(ctx context.Context) (reconcile.Result, error) {
	labs, err := w.labs(ctx)
	if err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	_, up, result, err := w.labUp(ctx, labs)
	if err != nil || !up {
		return result, err
	}
	if result, err := w.sessionTold(ctx, w.LDS.Resume); err != nil {
		return result, err
	}
	return w.move(ctx, lifecycle.InstanceRunning, "resumed", nil)
}

// sessionTold pauses or resumes the candidate's session, where there is one. A session whose state does not allow it is left
// as it is: the candidate may have finished meanwhile, which shows when it is looked at.
func (w *work) sessionTold(ctx context.Context, tell func(context.Context, string, string) error) (reconcile.Result, error) {
	if w.instance.LDSSessionID == "" {
		return reconcile.Result{}, nil
	}
	deployment, err := w.deployment()
	if err == nil {
		err = tell(ctx, deployment, w.instance.LDSSessionID)
	}
	if err == nil || failure.Is(err, failure.NotFound) || failure.Is(err, failure.Conflict) {
		return reconcile.Result{}, nil
	}
	return w.failed(ctx, conditionLDS, err)
}
