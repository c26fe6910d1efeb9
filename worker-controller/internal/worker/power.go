package worker

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// starting brings a stopped machine up.
func (r *Reconciler) starting(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	switch {
	case w.DesiredStatus == lifecycle.WorkerTerminated:
		return r.end(ctx, w, s)
	case !s.seen && !s.gone:
		return after(r.config.EC2Poll), nil
	}
	switch s.machine.State {
	case MachineStopped:
		if w.DesiredStatus != lifecycle.WorkerRunning {
			return r.observed(ctx, w, s)
		}
		return r.start(ctx, w, s.machine)
	case MachinePending:
		return r.booting(ctx, w, s.machine, ConditionPower)
	case MachineStopping:
		return after(r.config.EC2Poll), nil
	case MachineRunning:
		// The public address is another one after each start.
		body := details(lifecycle.WorkerRunning, s.machine, "the machine runs")
		c := is(ConditionPower, "started", "The machine was started.")
		body.Condition = &c
		return r.report(ctx, w, body)
	default:
		return r.observed(ctx, w, s)
	}
}

// start asks EC2 to start the machine. Want of capacity leaves it as it is and is tried again.
func (r *Reconciler) start(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	if wait := r.heldBack(w, ConditionPower); wait > 0 {
		return after(wait), nil
	}
	if err := r.ec2.Start(ctx, w.AWSRegion, m.ID); err != nil {
		return r.blocked(ctx, w, ConditionPower, err)
	}
	return after(r.config.EC2Poll), nil
}

// stopping brings a machine down; what was wanted meanwhile comes afterwards, since a stop cannot be called back.
func (r *Reconciler) stopping(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	if !s.seen && !s.gone {
		return after(r.config.EC2Poll), nil
	}
	switch s.machine.State {
	case MachineRunning:
		return r.stop(ctx, w, s.machine)
	case MachineStopping:
		if r.now().Sub(w.StatusSince) > r.config.BootTimeout {
			return r.told(ctx, w, isNot(ConditionPower, "stop_takes_long", "EC2 has not stopped the machine yet."), slowPoll(r.config.EC2Poll))
		}
		return after(r.config.EC2Poll), nil
	case MachineStopped:
		body := details(lifecycle.WorkerStopped, s.machine, "the machine is stopped")
		c := isNot(ConditionPower, "stopped", "The machine is stopped.")
		body.Condition = &c
		return r.report(ctx, w, body)
	default:
		return r.observed(ctx, w, s)
	}
}

// stop asks EC2 to stop the machine.
func (r *Reconciler) stop(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	if wait := r.heldBack(w, ConditionPower); wait > 0 {
		return after(wait), nil
	}
	if err := r.ec2.Stop(ctx, w.AWSRegion, m.ID); err != nil {
		return r.blocked(ctx, w, ConditionPower, err)
	}
	return after(r.config.EC2Poll), nil
}

// stopped rests until something else is wanted, or EC2 shows something else.
func (r *Reconciler) stopped(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	switch {
	case !s.seen && !s.gone:
		return after(r.config.EC2Poll), nil
	case s.gone || s.machine.State != MachineStopped:
		return r.observed(ctx, w, s)
	case w.DesiredStatus == lifecycle.WorkerTerminated:
		return r.end(ctx, w, s)
	case w.DesiredStatus == lifecycle.WorkerRunning:
		return commanded(r.intend(ctx, w, lifecycle.WorkerStarting, "wanted running"))
	default:
		return reconcile.Result{}, nil
	}
}

// intendOffline stores the intent to stop or end a worker; one that holds a lab of an instance is left alone until it does
// not.
func (r *Reconciler) intendOffline(ctx context.Context, w readmodel.Worker, to lifecycle.WorkerStatus, kind, reason string) (reconcile.Result, error) {
	err := r.intend(ctx, w, to, reason)
	if failure.CodeOf(err) == "worker_in_use" {
		return r.told(ctx, w, isNot(kind, "worker_in_use", sentence(err)), slowPoll(r.config.EC2Poll))
	}
	return commanded(err)
}

// slowPoll is the pace of looking at what takes its time.
func slowPoll(poll time.Duration) time.Duration { return 3 * poll }
