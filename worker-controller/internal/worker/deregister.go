package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// deregister carries out a deregistration that someone asked for on a worker that stays. CML refuses it while nodes run.
func (r *Reconciler) deregister(ctx context.Context, w readmodel.Worker, client CML, seen License) (reconcile.Result, error) {
	if _, err := r.api.StartDeregistration(ctx, step(w, api.LicenseStepBody{})); err != nil {
		return licensed(err)
	}
	if seen.InProgress() {
		return after(r.config.CMLPoll), nil
	}
	outcome := NotRegistered
	if seen.Registered() {
		var err error
		outcome, err = client.Deregister(ctx)
		switch {
		case failure.Is(err, failure.Unavailable), failure.Is(err, failure.Throttled):
			// Whether it was done shows at the next look.
			return after(slowPoll(r.config.CMLPoll)), nil
		case err != nil:
			_, err = r.api.FailDeregistration(ctx, step(w, api.LicenseStepBody{ErrorMessage: sentence(err), ErrorCode: failure.CodeOf(err)}))
			return licensed(err)
		}
	}
	if err := r.dropAll(ctx, w, readmodel.FinalizerLicense); err != nil {
		return commanded(err)
	}
	_, err := r.api.CompleteDeregistration(ctx, step(w, api.LicenseStepBody{Message: outcome.sentence()}))
	return licensed(err)
}

func (d Deregistered) sentence() string {
	switch d {
	case SeatReturned:
		return "CML has given back its licence."
	case SeatKept:
		return "CML forgot its licence without reaching the licence server; the seat may have to be freed there by hand."
	default:
		return "CML had no licence to give back."
	}
}

// The reasons of ConditionLicenseReturned.
const (
	reasonReturning = "returning"
	reasonSeatLost  = "license_not_returned"
)

// owesLicense reports that CML on the machine may hold a seat that it should give back before it ends.
func (r *Reconciler) owesLicense(w readmodel.Worker) bool {
	if reasonOf(w, ConditionLicenseReturned) == reasonSeatLost {
		return false
	}
	if len(finalizersOf(w, readmodel.FinalizerLicense)) > 0 {
		return true
	}
	known := w.License.Status == lifecycle.LicenseRegistered || w.License.PendingOperation == lifecycle.LicenseDeregister
	return known && w.DesiredStatus == lifecycle.WorkerTerminated
}

// returning is the condition while the licence is being given back. Its reason stays the same whatever is waited for, so
// that its time tells since when.
func (r *Reconciler) returning(message string) readmodel.Condition {
	return isNot(ConditionLicenseReturned, reasonReturning, message)
}

func (r *Reconciler) returnExpired(w readmodel.Worker) bool {
	c, ok := readmodel.FindCondition(w.Conditions, ConditionLicenseReturned)
	return ok && c.Reason == reasonReturning && r.now().Sub(c.Since) > r.config.ReturnTimeout
}

// abandonLicense gives up on a licence that could not be given back in time: the machine costs more than the seat.
func (r *Reconciler) abandonLicense(ctx context.Context, w readmodel.Worker) (reconcile.Result, error) {
	c, _ := readmodel.FindCondition(w.Conditions, ConditionLicenseReturned)
	r.log.WarnContext(ctx, "licence not given back in time", "worker", w.ID, "last", c.Message)
	return commanded(r.set(ctx, w, isNot(ConditionLicenseReturned, reasonSeatLost, fmt.Sprintf(
		"The licence was not given back within %s, its seat must be freed in the Smart Account by hand. Last: %s", r.config.ReturnTimeout, c.Message))))
}

// returnLicense gives back the licence of a machine that is to end, once no node runs on it: lablet-controller stops the
// labs of a worker that is wanted terminated.
func (r *Reconciler) returnLicense(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	client, err := r.dial(ctx, w, m)
	if err != nil {
		return r.returnWaits(ctx, w, sentence(err), err)
	}
	seen, err := client.License(ctx)
	switch {
	case err != nil:
		return r.returnWaits(ctx, w, sentence(err), err)
	case seen.InProgress():
		return r.returnWaits(ctx, w, "CML is talking to the licence server.", nil)
	case seen.Registered():
		return r.returnSeat(ctx, w, client, seen)
	case r.mayStillRegister(w):
		return r.returnWaits(ctx, w, "CML has no licence; a registration that was sent may still reach it.", nil)
	default:
		return r.returned(ctx, w, NotRegistered)
	}
}

// registerSettles is how long CML must have been without a licence before a registration whose answer was lost counts as never made.
const registerSettles = 10 * time.Second

// mayStillRegister reports whether a seat was noted and the wait for its return has only begun.
func (r *Reconciler) mayStillRegister(w readmodel.Worker) bool {
	if len(finalizersOf(w, readmodel.FinalizerLicense)) == 0 {
		return false
	}
	c, told := readmodel.FindCondition(w.Conditions, ConditionLicenseReturned)
	return !told || c.Reason != reasonReturning || r.now().Sub(c.Since) < registerSettles
}

func (r *Reconciler) returnSeat(ctx context.Context, w readmodel.Worker, client CML, seen License) (reconcile.Result, error) {
	usage, err := client.Usage(ctx)
	if err != nil {
		return r.returnWaits(ctx, w, sentence(err), err)
	}
	if usage.RunningNodes > 0 {
		return r.returnWaits(ctx, w, fmt.Sprintf("%d nodes still run on the machine.", usage.RunningNodes), nil)
	}
	if w.License.PendingOperation == lifecycle.LicenseRegister {
		// The registration that was under way has come to its end; only then can another operation begin.
		return r.registered(ctx, w, seen)
	}
	if _, err := r.api.StartDeregistration(ctx, step(w, api.LicenseStepBody{})); err != nil && failure.CodeOf(err) != "no_pending_operation" {
		return commanded(err)
	}
	outcome, err := client.Deregister(ctx)
	if err != nil {
		return r.returnWaits(ctx, w, sentence(err), err)
	}
	return r.returned(ctx, w, outcome)
}

// returned stores that the licence is given back. The API may have no operation pending: then it knows already, or the
// worker failed and nobody asked for one.
func (r *Reconciler) returned(ctx context.Context, w readmodel.Worker, outcome Deregistered) (reconcile.Result, error) {
	if w.License.PendingOperation != lifecycle.LicenseRegister && w.DesiredStatus == lifecycle.WorkerTerminated {
		if _, err := r.api.StartDeregistration(ctx, step(w, api.LicenseStepBody{})); err != nil && failure.CodeOf(err) != "no_pending_operation" {
			return commanded(err)
		}
		_, err := r.api.CompleteDeregistration(ctx, step(w, api.LicenseStepBody{Message: outcome.sentence()}))
		if err != nil && failure.CodeOf(err) != "no_pending_operation" {
			return commanded(err)
		}
	}
	c := is(ConditionLicenseReturned, "returned", outcome.sentence())
	if outcome == SeatKept {
		c = isNot(ConditionLicenseReturned, reasonSeatLost, outcome.sentence())
	}
	if err := r.set(ctx, w, c); err != nil {
		return commanded(err)
	}
	return commanded(r.dropAll(ctx, w, readmodel.FinalizerLicense))
}

// returnWaits tells what the return waits for.
func (r *Reconciler) returnWaits(ctx context.Context, w readmodel.Worker, message string, cause error) (reconcile.Result, error) {
	if ctx.Err() != nil || failure.Is(cause, failure.StaleTerm) {
		return reconcile.Result{}, cause
	}
	if _, err := r.tell(ctx, w, r.returning(message)); err != nil {
		return commanded(err)
	}
	return after(r.config.CMLPoll), nil
}
