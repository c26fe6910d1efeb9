package instance

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

// labUp brings the lab to where a candidate can use it: imported, started and converged. done is false while it is on its
// way; the result or the error then says how to go on.
func (w *work) labUp(ctx context.Context, labs Labs) (lab cmllabs.Lab, done bool, result reconcile.Result, err error) {
	lab, found, result, err := w.theLab(ctx, labs)
	if err != nil || !found {
		return lab, false, result, err
	}
	if w.startedTooLong(lab) {
		result, err = w.startAnew(ctx, labs, lab)
		return lab, false, result, err
	}
	switch lab.State {
	case cmllabs.Started:
		converged, err := labs.Converged(ctx, lab.ID)
		if err != nil {
			result, err = w.failed(ctx, conditionLab, err)
			return lab, false, result, err
		}
		if converged {
			return lab, true, reconcile.Result{}, w.labIsUp(ctx)
		}
	case cmllabs.Defined, cmllabs.Stopped:
		if err := labs.Start(ctx, lab.ID); err != nil {
			result, err = w.failed(ctx, conditionLab, err)
			return lab, false, result, err
		}
	}
	return lab, false, w.again(w.Timing.LabPoll), nil
}

func (w *work) labIsUp(ctx context.Context) error {
	if step, ok := readmodel.FindStep(w.instance.Steps, stepStart, w.instance.Attempt); !ok || step.Status != readmodel.StepDone {
		if err := w.record(ctx, api.RecordStepBody{Step: stepStart, Status: string(readmodel.StepDone)}); err != nil {
			return err
		}
	}
	return w.well(ctx, conditionLab, "up", "The lab is up.")
}

// startedTooLong reports whether a lab that was imported in this phase should be up by now.
func (w *work) startedTooLong(lab cmllabs.Lab) bool {
	step, ok := readmodel.FindStep(w.instance.Steps, stepImport, w.instance.Attempt)
	if !ok || step.Status != readmodel.StepDone || step.Result[resultLab] != lab.ID || w.instance.Status != lifecycle.InstanceInstantiating {
		return false
	}
	up, ok := readmodel.FindStep(w.instance.Steps, stepStart, w.instance.Attempt)
	if ok && up.Status == readmodel.StepDone {
		return false // it was up: what is missing now is LDS
	}
	return w.now.Sub(step.At) > w.Timing.LabStart
}

// startAnew removes a lab that does not come up, so that it is imported again, or gives up after some tries.
func (w *work) startAnew(ctx context.Context, labs Labs, lab cmllabs.Lab) (reconcile.Result, error) {
	try := w.tries(stepStart) + 1
	why := condition(conditionLab, readmodel.ConditionFalse, "lab_start_timeout",
		fmt.Sprintf("The lab did not come up within %s (try %d of %d).", w.Timing.LabStart, try, maxTries))
	if try >= maxTries {
		return w.giveUp(ctx, why)
	}
	gone, err := removeLab(ctx, labs, lab)
	if err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	if gone {
		body := api.RecordStepBody{Step: stepStart, Status: string(readmodel.StepFailed), Error: why.Message, Condition: why}
		if err := w.record(ctx, body); err != nil {
			return reconcile.Result{}, err
		}
	}
	return w.again(w.Timing.LabPoll), nil
}
