package worker

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// provisioning brings a planned machine up.
func (r *Reconciler) provisioning(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	switch {
	case w.DesiredStatus == lifecycle.WorkerTerminated:
		return r.end(ctx, w, s)
	case !s.seen && w.EC2InstanceID == "":
		return r.launch(ctx, w)
	case !s.seen && s.gone:
		return r.fail(ctx, w, ConditionProvisioned, "machine_vanished", "EC2 no longer knows the machine that it launched.")
	case !s.seen:
		return after(r.config.EC2Poll), nil
	case s.machine.ending():
		return r.launchEnded(ctx, w, s)
	case w.EC2InstanceID == "":
		return r.launched(ctx, w, s.machine)
	}
	if f, ok := readmodel.FindFinalizer(w.Finalizers, readmodel.FinalizerEC2, attemptOf(w)); ok && f.Ref == "" {
		return r.putRef(ctx, w, s.machine)
	}
	switch s.machine.State {
	case MachinePending:
		return r.booting(ctx, w, s.machine, ConditionProvisioned)
	case MachineRunning:
		body := details(lifecycle.WorkerRunning, s.machine, "the machine runs")
		c := is(ConditionProvisioned, "running", "The machine runs.")
		body.Condition = &c
		return r.report(ctx, w, body)
	default:
		return r.observed(ctx, w, s)
	}
}

// booting waits for a machine that EC2 brings up, within the time for it. That counts from EC2's launch, not from when a
// machine was first asked for: waiting for capacity is no failure.
func (r *Reconciler) booting(ctx context.Context, w readmodel.Worker, m Machine, kind string) (reconcile.Result, error) {
	begun := later(w.StatusSince, m.LaunchedAt)
	if r.now().Sub(begun) > r.config.BootTimeout {
		return r.fail(ctx, w, kind, "boot_timeout", fmt.Sprintf("The machine has not booted within %s.", r.config.BootTimeout))
	}
	return after(r.config.EC2Poll), nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// launchEnded handles a machine that EC2 ended while it booted. For want of capacity it is launched anew, as another
// attempt, once it is seen gone; anything else fails the worker.
func (r *Reconciler) launchEnded(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	if !forCapacity(s.machine) {
		message := "EC2 ended the machine while it booted"
		if s.machine.Reason != "" {
			message += ": " + s.machine.Reason
		}
		return r.fail(ctx, w, ConditionProvisioned, "launch_ended", message)
	}
	if !s.gone {
		return after(r.config.EC2Poll), nil
	}
	if err := r.dropAll(ctx, w, readmodel.FinalizerEC2); err != nil {
		return commanded(err)
	}
	attempts := attemptsOf(w, ConditionProvisioned) + 1
	next := r.now().Add(pace{3 * r.config.EC2Poll, 5 * time.Minute}.wait(attempts)).UTC().Truncate(time.Millisecond)
	c := isNot(ConditionProvisioned, CodeEC2Capacity, fmt.Sprintf("EC2 has no machine of type %s now.", w.InstanceType))
	c.Attempts, c.NextTry = attempts, &next
	return r.report(ctx, w, api.ReportWorkerStatusBody{
		Status: string(lifecycle.WorkerPending), Reason: "EC2 gave the machine up for want of capacity", Condition: &c,
	})
}

func forCapacity(m Machine) bool {
	return strings.Contains(m.ReasonCode, "InsufficientInstanceCapacity")
}
