package worker

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The events of the end of a document.
const (
	EventRemovalRequested = "cml_worker.removal.requested.v1"
	EventDeleted          = "cml_worker.deleted.v1"
)

type removalEvent struct {
	base
	Name string    `json:"name"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// End wants the worker terminated; force overrides worker_in_use. One of which nothing was ever made outside is terminated
// at once. With remove the document goes when nothing outside is left. Codes: worker_in_use; worker_terminated, but a
// terminated worker may still be removed.
func (w *Worker) End(force, remove bool, boot time.Duration, act parts.Act) error {
	if remove && !w.Remove {
		w.Remove = true
		w.Note(EventRemovalRequested, removalEvent{base: base{w.ID}, Name: w.Name, By: act.By, At: act.At})
		w.refresh(act.At)
	}
	if w.Terminal() && remove {
		return nil
	}
	if err := w.Want(lifecycle.WorkerTerminated, force, boot, act); err != nil {
		return err
	}
	if w.neverMade() {
		w.move(lifecycle.WorkerTerminated, act)
		w.refresh(act.At)
	}
	return nil
}

// neverMade reports that no machine was made or intended.
func (w *Worker) neverMade() bool {
	return (w.Status == lifecycle.WorkerPending || w.Status == lifecycle.WorkerFailed) && w.EC2InstanceID == "" && len(w.Finalizers) == 0
}

// MarkGone tells that EC2 has the machine no more, which whoever calls has made sure of: the worker is terminated and
// nothing outside is left of it. Again is no change.
func (w *Worker) MarkGone(act parts.Act) {
	if !w.Terminal() {
		w.move(lifecycle.WorkerTerminated, act)
		w.refresh(act.At)
	}
	for _, f := range slices.Clone(w.Finalizers) {
		if f.Kind == readmodel.FinalizerEC2 {
			_ = w.DropFinalizer(f.Kind, f.Attempt, act) // the kind is one of a worker's
		}
	}
}

// Delete tells of the end of the document, before it goes. Only a worker that is terminated, of which nothing is left
// outside and on which nobody has a booking, may go (worker_not_gone).
func (w *Worker) Delete(act parts.Act) error {
	if !w.Settled() || len(w.Book.Entries) > 0 {
		return failure.New(failure.Conflict, "worker_not_gone", "Something of the worker is still there; it is removed when that has gone.")
	}
	w.Raise(EventDeleted, removalEvent{base: base{w.ID}, Name: w.Name, By: act.By, At: act.At})
	return nil
}
