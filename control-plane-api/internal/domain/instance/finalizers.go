package instance

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Kinds lists what LCM makes outside for an instance.
func Kinds() []readmodel.FinalizerKind {
	return []readmodel.FinalizerKind{readmodel.FinalizerLab, readmodel.FinalizerLDS, readmodel.FinalizerGrading}
}

// PutFinalizer stores the intent to make something, or completes a stored one with its ref. A new intent needs an
// attempt that is under way (attempt_over); a ref is taken as long as its intent is stored.
func (i *Instance) PutFinalizer(f readmodel.Finalizer, act parts.Act) error {
	if err := checkKind(f.Kind); err != nil {
		return err
	}
	if _, stored := readmodel.FindFinalizer(i.Finalizers, f.Kind, f.Attempt); !stored && i.AttemptOver(f.Attempt) {
		return attemptOver(f.Attempt)
	}
	f.Since = act.At
	if f.WorkerID == "" && f.Kind == readmodel.FinalizerLab {
		f.WorkerID = i.WorkerID
	}
	if parts.PutFinalizer(&i.Finalizers, f) {
		i.note(act, EventFinalizerPut, finalizerChanged(i.ID, f, act))
	}
	return nil
}

// DropFinalizer tells that what a finalizer stands for was seen gone. Dropping what is not there is no change.
func (i *Instance) DropFinalizer(kind readmodel.FinalizerKind, attempt int, act parts.Act) error {
	if err := checkKind(kind); err != nil {
		return err
	}
	if dropped, ok := parts.DropFinalizer(&i.Finalizers, kind, attempt); ok {
		i.note(act, EventFinalizerDropped, finalizerChanged(i.ID, dropped, act))
	}
	return nil
}

// DropLabsOf drops the finalizers of labs on a worker that is terminated: they went with it.
func (i *Instance) DropLabsOf(workerID string, act parts.Act) {
	for _, f := range slices.Clone(i.Finalizers) {
		if f.Kind == readmodel.FinalizerLab && f.WorkerID == workerID {
			parts.DropFinalizer(&i.Finalizers, f.Kind, f.Attempt)
			i.note(act, EventFinalizerDropped, finalizerChanged(i.ID, f, act))
		}
	}
}

func checkKind(kind readmodel.FinalizerKind) error {
	if slices.Contains(Kinds(), kind) {
		return nil
	}
	return failure.New(failure.Invalid, "bad_finalizer", "an instance has no finalizer %q", kind)
}

func finalizerChanged(id string, f readmodel.Finalizer, act parts.Act) parts.FinalizerChanged {
	return parts.FinalizerChanged{
		AggregateID: id, Kind: string(f.Kind), WorkerID: f.WorkerID, Ref: f.Ref, Attempt: f.Attempt, At: act.At,
	}
}
