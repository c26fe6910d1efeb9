package instance

import (
	"context"
	"errors"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
)

// running waits until the candidate has finished or the slot ends, and keeps the lab going meanwhile.
func (w *work) running(ctx context.Context) (reconcile.Result, error) {
	session, deployment, known, err := w.look(ctx)
	switch {
	case known && err == nil && session.Phase() == lds.Finished:
		return w.finish(ctx, "user_finished")
	case w.slotOver():
		return w.timeIsUp(ctx, deployment, known, err)
	case err != nil:
		result, err := w.lookFailed(ctx, err)
		return w.keepGoing(ctx, result, err)
	}
	if err := w.well(ctx, conditionLDS, "session_open", "The session is open."); err != nil {
		return reconcile.Result{}, err
	}
	return w.keepGoing(ctx, w.again(w.Timing.SessionPoll), nil)
}

// timeIsUp closes the session to the candidate before the work is collected. An LDS that does not answer is waited for a
// while; the work counts in any case.
func (w *work) timeIsUp(ctx context.Context, deployment string, known bool, looked error) (reconcile.Result, error) {
	err := looked
	if known && deployment != "" && !failure.Is(looked, failure.NotFound) {
		err = w.LDS.Finish(ctx, deployment, w.instance.LDSSessionID)
	}
	if err != nil && !failure.Is(err, failure.NotFound) && !failure.Is(err, failure.Conflict) && !w.graceOver() {
		return w.failed(ctx, conditionLDS, err)
	}
	return w.finish(ctx, "timeslot_end")
}

// finish goes on to collecting, or straight to stopping where there is nothing to collect and nobody to grade.
func (w *work) finish(ctx context.Context, reason string) (reconcile.Result, error) {
	if !w.collects() && !w.grades() {
		return w.move(ctx, lifecycle.InstanceStopping, reason, condition(conditionCollection, readmodel.ConditionFalse, "not_configured",
			"Neither collection nor grading is configured for the lab, so nothing was kept."))
	}
	return w.move(ctx, lifecycle.InstanceCollecting, reason, nil)
}

// collects reports whether evidence is wanted and can be stored, grades whether a score is wanted and can be had.
func (w *work) collects() bool { return w.definition.CollectionEnabled && w.Evidence != nil }

func (w *work) grades() bool {
	return w.definition.GradingEnabled && w.Grader != nil && w.definition.FormQualifiedName != ""
}

// keepGoing starts a lab that was stopped by hand, whatever came of looking at the session. One that was deleted took the
// candidate's work along.
func (w *work) keepGoing(ctx context.Context, next reconcile.Result, looked error) (reconcile.Result, error) {
	result, err := w.labGoes(ctx)
	return sooner(next, result), errors.Join(looked, err)
}

func (w *work) labGoes(ctx context.Context) (reconcile.Result, error) {
	labs, err := w.labs(ctx)
	if err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	lab, found, err := w.presentLab(ctx, labs)
	switch {
	case err != nil:
		return w.failed(ctx, conditionLab, err)
	case !found:
		return w.move(ctx, lifecycle.InstanceStopping, "lab_lost", condition(conditionLab, readmodel.ConditionFalse, "lab_lost",
			"The lab was deleted from the worker while the candidate worked in it."))
	case lab.State == cmllabs.Started:
		return reconcile.Result{}, w.well(ctx, conditionLab, "up", "The lab is up.")
	}
	if err := labs.Start(ctx, lab.ID); err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	return reconcile.Result{After: w.Timing.LabPoll}, w.tell(ctx,
		condition(conditionLab, readmodel.ConditionFalse, "lab_stopped", "The lab was stopped outside LCM and is started again."))
}

// presentLab looks for the attempt's lab; one without a finalizer is not there.
func (w *work) presentLab(ctx context.Context, labs Labs) (cmllabs.Lab, bool, error) {
	f, ok := w.finalizer(readmodel.FinalizerLab)
	if !ok {
		return cmllabs.Lab{}, false, nil
	}
	return w.findLab(ctx, labs, f)
}
