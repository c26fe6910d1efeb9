package instance

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// workerDownAgain is when to look again at a worker that does not run; its own change comes sooner.
const workerDownAgain = time.Minute

// removeLabOf removes the labs of an attempt, all that bear its name. They are gone as well when their worker is.
func (w *work) removeLabOf(ctx context.Context, f readmodel.Finalizer) (gone bool, after time.Duration, err error) {
	worker, found, after, err := w.workerOf(ctx, f)
	switch {
	case err != nil || after > 0:
		return false, after, err
	case !found || worker.Status == lifecycle.WorkerTerminated:
		return true, 0, nil
	}
	labs, err := w.labsOf(ctx, worker)
	if failure.CodeOf(err) == "worker_not_running" {
		return false, workerDownAgain, w.tell(ctx, trouble(conditionCleanup, err))
	}
	if err != nil {
		return false, 0, err
	}
	gone, err = w.removeAll(ctx, labs, f)
	if err != nil || !gone {
		return false, w.Timing.LabPoll, err
	}
	if wait := w.settling(f); wait > 0 {
		return false, wait, nil
	}
	return true, 0, nil
}

// removeAll takes the lab of the ref and all of the title a step on their way out.
func (w *work) removeAll(ctx context.Context, labs Labs, f readmodel.Finalizer) (gone bool, err error) {
	if f.Ref != "" {
		lab, err := labs.Get(ctx, f.Ref)
		switch {
		case failure.Is(err, failure.NotFound):
		case err != nil:
			return false, err
		default:
			if gone, err := removeLab(ctx, labs, lab); err != nil || !gone {
				return false, err
			}
		}
	}
	all, err := labs.Find(ctx, name(w.instance.ID, f.Attempt))
	if err != nil {
		return false, err
	}
	for _, lab := range all {
		if one, err := removeLab(ctx, labs, lab); err != nil || !one {
			return false, err
		}
	}
	return true, nil
}

// workerOf finds the worker of a finalizer. A cache that does not show it proves nothing: the API is asked before the
// worker counts as gone.
func (w *work) workerOf(ctx context.Context, f readmodel.Finalizer) (worker readmodel.Worker, found bool, after time.Duration, err error) {
	if f.WorkerID == "" {
		return worker, false, 0, nil
	}
	if w.hasWorker && f.WorkerID == w.worker.ID {
		return w.worker, true, 0, nil
	}
	view, ready, wait, err := w.Workers.Open(ctx, f.WorkerID, w.instance.ID)
	if err != nil || !ready {
		return worker, false, max(wait.After, time.Millisecond), err
	}
	if view.Found {
		return view.Model, true, 0, nil
	}
	worker, err = w.API.WorkerModel(ctx, api.ID{ID: f.WorkerID})
	if failure.Is(err, failure.NotFound) {
		return worker, false, 0, nil
	}
	return worker, err == nil, 0, err
}
