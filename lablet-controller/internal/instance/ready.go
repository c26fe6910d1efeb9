package instance

import (
	"context"
	"errors"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
)

// ready waits for the candidate, and keeps the lab up meanwhile.
func (w *work) ready(ctx context.Context) (reconcile.Result, error) {
	session, _, known, err := w.look(ctx)
	if !known {
		return w.readyWithoutLDS(ctx)
	}
	switch {
	case err == nil && session.Phase() != lds.Waiting:
		// A candidate who has finished meanwhile has begun before.
		_, err := w.API.SessionStarted(ctx, api.SessionStarted{Body: api.SessionStartedBody{LDSSessionID: w.instance.LDSSessionID}})
		return settled(err)
	case w.slotOver() && (err == nil || w.graceOver()):
		return w.noShow(ctx)
	case err != nil:
		result, err := w.lookFailed(ctx, err)
		return w.keepUp(ctx, result, err)
	}
	if err := w.well(ctx, conditionLDS, "session_open", "The session is open."); err != nil {
		return reconcile.Result{}, err
	}
	return w.keepUp(ctx, w.again(w.Timing.SessionPoll), nil)
}

func (w *work) noShow(ctx context.Context) (reconcile.Result, error) {
	return w.move(ctx, lifecycle.InstanceStopping, "no_show", condition(conditionLDS, readmodel.ConditionFalse, "no_show",
		"The timeslot ended and the candidate had not begun."))
}

// readyWithoutLDS has nobody to tell when the candidate begins: the slot counts.
func (w *work) readyWithoutLDS(ctx context.Context) (reconcile.Result, error) {
	if start := w.instance.TimeslotStart; start != nil && start.After(w.now) {
		return w.keepUp(ctx, reconcile.Result{After: min(start.Sub(w.now), w.Timing.SessionPoll)}, nil)
	}
	return w.move(ctx, lifecycle.InstanceRunning, "no_lds", nil)
}

// keepUp brings a lab that was lost or stopped up again, whatever came of looking at the session.
func (w *work) keepUp(ctx context.Context, next reconcile.Result, looked error) (reconcile.Result, error) {
	labs, err := w.labs(ctx)
	if err != nil {
		_, err = w.failed(ctx, conditionLab, err)
		return next, errors.Join(looked, err)
	}
	_, _, result, err := w.labUp(ctx, labs)
	return sooner(next, result), errors.Join(looked, err)
}

// sooner joins two reasons to look again.
func sooner(a, b reconcile.Result) reconcile.Result {
	if b.After > 0 && (a.After == 0 || b.After < a.After) {
		a.After = b.After
	}
	return a
}
