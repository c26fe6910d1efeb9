package worker

import (
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Want says what is wanted of the worker: running, stopped or terminated. Stop and end are refused as worker_in_use while
// a lab of an instance is held here or one begins within boot, the time that a worker takes to start; force overrides
// that and is kept. A worker that is wanted terminated is not taken back (worker_terminated).
func (w *Worker) Want(to lifecycle.WorkerStatus, force bool, boot time.Duration, act parts.Act) error {
	if w.Terminal() || (w.DesiredStatus == lifecycle.WorkerTerminated && to != lifecycle.WorkerTerminated) {
		return failure.New(failure.Conflict, "worker_terminated", "the worker is terminated or on its way there")
	}
	switch to {
	case lifecycle.WorkerRunning:
	case lifecycle.WorkerStopped, lifecycle.WorkerTerminated:
		if reason := w.InUse(act.At, boot); reason != "" && !force && w.DesiredStatus != to {
			return failure.New(failure.Conflict, "worker_in_use", "%s", reason)
		}
	default:
		return failure.New(failure.Invalid, "bad_status", "a worker cannot be wanted %s", to)
	}
	if w.DesiredStatus == to && (!force || w.Forced) {
		return nil
	}
	if to == lifecycle.WorkerTerminated && w.License.Status == lifecycle.LicenseRegistered && !w.License.InProgress {
		w.License.PendingOperation, w.License.Attempts, w.License.NextTry = lifecycle.LicenseDeregister, 0, nil
	}
	w.desire(to, force, act)
	w.refresh(act.At)
	return nil
}

// desire sets what is wanted, checked by whoever calls.
func (w *Worker) desire(to lifecycle.WorkerStatus, force bool, act parts.Act) {
	old := w.DesiredStatus
	w.DesiredStatus, w.Forced = to, force
	w.Raise(EventDesiredUpdated, desiredUpdated{
		base: base{w.ID}, OldDesiredStatus: string(old), NewDesiredStatus: string(to), UpdatedAt: act.At, RequestedBy: act.By,
		Reason: act.Reason, Forced: force,
	})
}

// InUse says why the worker must not be paused, stopped or ended, empty when it may.
func (w *Worker) InUse(now time.Time, boot time.Duration) string {
	if held := w.Book.HeldByInstances(); len(held) > 0 {
		return fmt.Sprintf("%d labs of instances are on the worker", len(held))
	}
	if w.Book.InstanceDueWithin(now, boot) {
		return fmt.Sprintf("a booking begins within %s", boot)
	}
	return ""
}
