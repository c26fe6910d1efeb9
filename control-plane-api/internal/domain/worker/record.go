package worker

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Kinds lists what LCM makes outside for a worker.
func Kinds() []readmodel.FinalizerKind {
	return []readmodel.FinalizerKind{readmodel.FinalizerLicense, readmodel.FinalizerEC2}
}

// PutFinalizer stores the intent to make something, or completes a stored one with its ref. A new intent on a worker that
// is terminated is refused as attempt_over.
func (w *Worker) PutFinalizer(f readmodel.Finalizer, act parts.Act) error {
	if err := checkKind(f.Kind); err != nil {
		return err
	}
	if _, stored := readmodel.FindFinalizer(w.Finalizers, f.Kind, f.Attempt); !stored && w.Terminal() {
		return failure.New(failure.Conflict, "attempt_over", "the worker is terminated")
	}
	f.WorkerID, f.Since = "", act.At
	if parts.PutFinalizer(&w.Finalizers, f) {
		w.Note(EventFinalizerPut, finalizerChanged(w.ID, f, act))
		w.refresh(act.At)
	}
	return nil
}

// DropFinalizer tells that what a finalizer stands for was seen gone. Dropping what is not there is no change.
func (w *Worker) DropFinalizer(kind readmodel.FinalizerKind, attempt int, act parts.Act) error {
	if err := checkKind(kind); err != nil {
		return err
	}
	if dropped, ok := parts.DropFinalizer(&w.Finalizers, kind, attempt); ok {
		w.Note(EventFinalizerDropped, finalizerChanged(w.ID, dropped, act))
		w.refresh(act.At)
	}
	return nil
}

// SetConditions sets conditions by type; without a difference nothing changes.
func (w *Worker) SetConditions(conditions []readmodel.Condition, act parts.Act) error {
	var types []string
	for _, condition := range conditions {
		changed, err := parts.SetCondition(&w.Conditions, condition, act.At)
		if err != nil {
			return err
		}
		if changed {
			types = append(types, condition.Type)
		}
	}
	if len(types) > 0 {
		w.Note(EventConditionsUpdated, parts.ConditionsChanged{AggregateID: w.ID, Types: types, At: act.At})
		w.refresh(act.At)
	}
	return nil
}

func checkKind(kind readmodel.FinalizerKind) error {
	if slices.Contains(Kinds(), kind) {
		return nil
	}
	return failure.New(failure.Invalid, "bad_finalizer", "a worker has no finalizer %q", kind)
}

func finalizerChanged(id string, f readmodel.Finalizer, act parts.Act) parts.FinalizerChanged {
	return parts.FinalizerChanged{AggregateID: id, Kind: string(f.Kind), Ref: f.Ref, Attempt: f.Attempt, At: act.At}
}
