package worker

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// The reasons of ConditionProvisioned on the way to a machine.
const (
	reasonLaunching = "launching"
	reasonUnclear   = "launch_unclear"
	reasonBooting   = "booting"
)

// launch carries out the stored launch. The client token makes a repeat give the same machine.
func (r *Reconciler) launch(ctx context.Context, w readmodel.Worker) (reconcile.Result, error) {
	if wait := r.heldBack(w, ConditionProvisioned); wait > 0 {
		return after(wait), nil
	}
	if w.Launch == nil {
		return r.fail(ctx, w, ConditionProvisioned, "no_launch", "The worker has no stored launch.")
	}
	if err := r.announce(ctx, w); err != nil {
		return commanded(err)
	}
	m, err := r.ec2.Launch(ctx, LaunchOrder{
		Region: w.AWSRegion, WorkerID: w.ID, WorkerName: w.Name, TemplateName: w.TemplateName, Launch: *w.Launch,
		Tags: r.regions[w.AWSRegion].DefaultTags,
	})
	switch {
	case err == nil:
		return r.launched(ctx, w, m)
	case failure.Is(err, failure.Invalid):
		return r.fail(ctx, w, ConditionProvisioned, failure.CodeOf(err), sentence(err))
	default:
		return r.blocked(ctx, w, ConditionProvisioned, err)
	}
}

// announce stores that EC2 is about to be asked to launch. It does two things that the launch itself cannot: a leader that
// has been followed by another is refused here, and the condition's time tells whoever looks later until when a machine of
// this call may appear. So it is written anew for each call, also for one whose outcome was never stored.
func (r *Reconciler) announce(ctx context.Context, w readmodel.Worker) error {
	c := isNot(ConditionProvisioned, reasonLaunching, fmt.Sprintf("EC2 is asked for a machine of type %s.", w.Launch.InstanceType))
	c.Attempts = attemptsOf(w, ConditionProvisioned)
	if reasonOf(w, ConditionProvisioned) == reasonLaunching {
		unclear := c
		unclear.Reason, unclear.Message = reasonUnclear, "What became of the last request to EC2 is not known."
		if err := r.set(ctx, w, unclear); err != nil {
			return err
		}
	}
	return r.set(ctx, w, c)
}

// launched tells the API about a machine that was launched or found.
func (r *Reconciler) launched(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	c := isNot(ConditionProvisioned, reasonBooting, "EC2 has launched the machine; it boots.")
	body := details(lifecycle.WorkerProvisioning, m, "launched")
	body.Condition = &c
	return r.report(ctx, w, body)
}

// putRef completes the ec2 finalizer of the present attempt with the machine's id.
func (r *Reconciler) putRef(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	_, err := r.api.PutWorkerFinalizer(ctx, api.PutFinalizer{ID: w.ID, Body: api.PutFinalizerBody{
		Kind: readmodel.FinalizerEC2, Ref: m.ID, Attempt: attemptOf(w),
	}})
	return commanded(err)
}

// attemptOf is the number of the present launch, 0 for a machine that LCM did not launch.
func attemptOf(w readmodel.Worker) int {
	if w.Launch == nil {
		return 0
	}
	return w.Launch.Attempt
}
