package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// instantiating brings the lab up and the candidate's session into being, until the slot ends.
func (w *work) instantiating(ctx context.Context) (reconcile.Result, error) {
	if w.slotOver() {
		return w.move(ctx, lifecycle.InstanceStopping, "timeslot_missed", condition(conditionLab, readmodel.ConditionFalse, "timeslot_missed",
			"The timeslot ended before the lab was ready."))
	}
	labs, err := w.labs(ctx)
	if err != nil {
		return w.failed(ctx, conditionLab, err)
	}
	lab, done, result, err := w.labUp(ctx, labs)
	if err != nil || !done {
		return result, err
	}
	ready := api.MarkReadyBody{Generation: w.instance.Generation, CMLLabID: lab.ID}
	if w.definition.FormQualifiedName == "" {
		ready.NoLDS = true
	} else {
		session, result, err := w.openSession(ctx)
		if err != nil || session.id == "" {
			return result, err
		}
		ready.LDSSessionID, ready.LDSLoginURL = session.id, session.url.Reveal()
	}
	_, err = w.API.MarkReady(ctx, api.MarkReady{ID: w.instance.ID, Body: ready})
	return settled(err)
}
