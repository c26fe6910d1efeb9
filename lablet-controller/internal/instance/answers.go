package instance

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

const (
	// lookAgain is when to look again after the API has seen a newer instance than we; its watch event comes sooner.
	lookAgain = time.Second
	// refusedAgain is when to look again after the API refused what the model seemed to allow.
	refusedAgain = 5 * time.Second
)

// settled judges the answer of a command that rests on what we knew. That the instance has changed is no failure: nothing
// was done, and the change wakes us.
func settled(err error) (reconcile.Result, error) {
	switch {
	case err == nil, failure.Is(err, failure.NotFound):
		return reconcile.Result{}, nil
	case failure.Is(err, failure.Precondition):
		return reconcile.Result{After: lookAgain, Skipped: true}, nil
	case failure.Is(err, failure.Conflict):
		return reconcile.Result{After: refusedAgain, Skipped: true}, nil
	default:
		return reconcile.Result{}, err
	}
}

// again looks again after a pause; the last of several reasons to look is the end of the slot.
func (w *work) again(after time.Duration) reconcile.Result {
	if end := w.instance.TimeslotEnd; end != nil && end.After(w.now) {
		after = min(after, end.Sub(w.now))
	}
	return reconcile.Result{After: max(after, time.Millisecond)}
}

// move asks for a move. The reason is a stable word; a condition says more where it is given.
func (w *work) move(ctx context.Context, to lifecycle.InstanceStatus, reason string, condition *readmodel.Condition) (reconcile.Result, error) {
	_, err := w.API.Transition(ctx, api.Transition{ID: w.instance.ID, Body: api.TransitionBody{
		Status: string(to), Reason: reason, Generation: w.instance.Generation, Condition: condition,
	}})
	return settled(err)
}

// record stores a step of the present attempt.
func (w *work) record(ctx context.Context, body api.RecordStepBody) error {
	body.Attempt = w.instance.Attempt
	_, err := w.API.RecordStep(ctx, api.RecordStep{ID: w.instance.ID, Body: body})
	return err
}

// tries is how often a step of the present attempt has failed.
func (w *work) tries(step string) int {
	found, _ := readmodel.FindStep(w.instance.Steps, step, w.instance.Attempt)
	return found.Tries
}

// finalizer finds a finalizer of the present attempt.
func (w *work) finalizer(kind readmodel.FinalizerKind) (readmodel.Finalizer, bool) {
	return readmodel.FindFinalizer(w.instance.Finalizers, kind, w.instance.Attempt)
}

// intend stores the intent to make something in the present attempt. fresh tells that nobody had stored it before, so that
// nothing can have been made of it.
func (w *work) intend(ctx context.Context, kind readmodel.FinalizerKind) (fresh bool, err error) {
	ack, err := w.API.PutInstanceFinalizer(ctx, api.PutFinalizer{ID: w.instance.ID, Body: api.PutFinalizerBody{
		Kind: kind, WorkerID: w.instance.WorkerID, Attempt: w.instance.Attempt, Generation: w.instance.Generation,
	}})
	return ack.Changed, err
}

// made stores what an intent of the present attempt has led to.
func (w *work) made(ctx context.Context, kind readmodel.FinalizerKind, ref string) error {
	_, err := w.API.PutInstanceFinalizer(ctx, api.PutFinalizer{ID: w.instance.ID, Body: api.PutFinalizerBody{
		Kind: kind, WorkerID: w.instance.WorkerID, Ref: ref, Attempt: w.instance.Attempt,
	}})
	return err
}

// slotOver reports whether the slot has ended.
func (w *work) slotOver() bool {
	return w.instance.TimeslotEnd != nil && !w.now.Before(*w.instance.TimeslotEnd)
}

// graceOver reports whether the slot has ended so long ago that LDS is no longer waited for.
func (w *work) graceOver() bool {
	return w.instance.TimeslotEnd != nil && !w.now.Before(w.instance.TimeslotEnd.Add(w.Timing.Grace))
}

// phaseOver reports whether the present status has lasted for longer than it may.
func (w *work) phaseOver(limit time.Duration) bool { return w.now.Sub(w.instance.StatusSince) > limit }

// stopsEverything tells of errors after which nothing more may be tried: we do not lead any more, or are being stopped.
func stopsEverything(err error) bool {
	return failure.Is(err, failure.StaleTerm) || errors.Is(err, context.Canceled)
}
