package worker

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// end takes a worker that is wanted terminated out: the licence goes back first, for which a stopped machine is started
// once more, then the intent is stored, then the machine ends.
func (r *Reconciler) end(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	if s.gone {
		return r.finish(ctx, w)
	}
	if !s.seen {
		// A launch may still show. It would not be ended by anyone if the worker were forgotten now.
		return r.told(ctx, w, isNot(ConditionTerminated, "machine_unclear", "EC2 may still show a machine that was asked for."), slowPoll(r.config.EC2Poll))
	}
	if !s.machine.ending() && r.owesLicense(w) {
		if result, done, err := r.giveBack(ctx, w, s.machine); !done {
			return result, err
		}
	}
	return r.intendOffline(ctx, w, lifecycle.WorkerTerminating, ConditionTerminated, "wanted terminated")
}

// giveBack returns the licence, from a running CML. done means that nothing more can or need be done about it.
func (r *Reconciler) giveBack(ctx context.Context, w readmodel.Worker, m Machine) (result reconcile.Result, done bool, err error) {
	if r.returnExpired(w) {
		result, err = r.abandonLicense(ctx, w)
		return result, false, err
	}
	if m.State != MachineRunning {
		result, err = r.bringUp(ctx, w, m)
		return result, false, err
	}
	result, err = r.returnLicense(ctx, w, m)
	return result, false, err
}

// bringUp starts the machine whose CML still has a licence to give back.
func (r *Reconciler) bringUp(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	told, err := r.tell(ctx, w, r.returning("The machine is started so that its CML can give back the licence."))
	switch {
	case err != nil:
		return commanded(err)
	case told:
		return again(), nil
	case m.State != MachineStopped:
		return after(r.config.EC2Poll), nil
	case w.Status == lifecycle.WorkerStopped:
		return commanded(r.intend(ctx, w, lifecycle.WorkerStarting, "started to give back the licence"))
	default:
		return r.start(ctx, w, m)
	}
}

// cleanUp ends the machine of a worker that is terminating, failed or terminated, and lets go of what is gone.
func (r *Reconciler) cleanUp(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	switch {
	case s.gone:
		return r.finish(ctx, w)
	case !s.seen:
		return after(slowPoll(r.config.EC2Poll)), nil
	case s.machine.ending():
		if r.now().Sub(w.StatusSince) > r.config.BootTimeout {
			return r.told(ctx, w, isNot(ConditionTerminated, "end_takes_long", "EC2 has not ended the machine yet."), slowPoll(r.config.EC2Poll))
		}
		return after(r.config.EC2Poll), nil
	case w.Status == lifecycle.WorkerFailed && s.machine.State == MachineRunning && r.owesLicense(w):
		if result, done, err := r.giveBack(ctx, w, s.machine); !done {
			return result, err
		}
	}
	if wait := r.heldBack(w, ConditionTerminated); wait > 0 {
		return after(wait), nil
	}
	if err := r.ec2.Terminate(ctx, w.AWSRegion, s.machine.ID); err != nil {
		return r.blocked(ctx, w, ConditionTerminated, err)
	}
	return after(r.config.EC2Poll), nil
}

// finish lets go of a machine that was seen gone. A licence that is still noted went with it: its seat is lost until
// someone frees it at the licence server, which is told.
func (r *Reconciler) finish(ctx context.Context, w readmodel.Worker) (reconcile.Result, error) {
	if len(finalizersOf(w, readmodel.FinalizerLicense)) > 0 && reasonOf(w, ConditionLicenseReturned) != reasonSeatLost {
		c := isNot(ConditionLicenseReturned, reasonSeatLost,
			"The machine is gone with its licence; the seat must be freed in the Smart Account by hand.")
		return commanded(r.set(ctx, w, c))
	}
	if len(w.Finalizers) > 0 {
		for _, kind := range []readmodel.FinalizerKind{readmodel.FinalizerLicense, readmodel.FinalizerEC2} {
			if err := r.dropAll(ctx, w, kind); err != nil {
				return commanded(err)
			}
		}
		return again(), nil
	}
	if w.Status == lifecycle.WorkerTerminating || (w.Status != lifecycle.WorkerTerminated && w.DesiredStatus == lifecycle.WorkerTerminated) {
		c := is(ConditionTerminated, "gone", "The machine is gone.")
		return r.report(ctx, w, api.ReportWorkerStatusBody{Status: string(lifecycle.WorkerTerminated), Reason: "the machine is gone", Condition: &c})
	}
	return reconcile.Result{}, nil
}
