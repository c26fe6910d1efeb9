package instance

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

// collectAgain is when a lab is asked again whose nodes gave nothing: they may be busy.
const collectAgain = 15 * time.Second

// collecting takes the candidate's work out of the lab and stores it, then goes on to grading.
func (w *work) collecting(ctx context.Context) (reconcile.Result, error) {
	step, ok := readmodel.FindStep(w.instance.Steps, stepCollection, w.instance.Attempt)
	if ok && step.Status != readmodel.StepFailed {
		return w.move(ctx, lifecycle.InstanceGrading, "collected", nil)
	}
	if !w.collects() {
		return w.nothingToCollect(ctx)
	}
	err := w.collect(ctx)
	if err == nil {
		return w.move(ctx, lifecycle.InstanceGrading, "collected", nil)
	}
	if stopsEverything(err) {
		return reconcile.Result{}, err
	}
	if w.phaseOver(w.Timing.Collection) || (failure.CodeOf(err) == codeNothingCollected && step.Tries+1 >= maxTries) {
		told := trouble(conditionCollection, err)
		told.Reason = "collection_failed"
		return w.move(ctx, lifecycle.InstanceStopping, "collection_failed", told)
	}
	if failure.CodeOf(err) == codeNothingCollected {
		told := trouble(conditionCollection, err)
		body := api.RecordStepBody{Step: stepCollection, Status: string(readmodel.StepFailed), Error: told.Message, Condition: told}
		return reconcile.Result{After: collectAgain}, w.record(ctx, body)
	}
	return w.failed(ctx, conditionCollection, err)
}

// nothingToCollect says so, and leaves the rest to grading.
func (w *work) nothingToCollect(ctx context.Context) (reconcile.Result, error) {
	message := "Collection is switched off for the lab."
	if w.definition.CollectionEnabled {
		message = "No evidence storage is configured, so no evidence was kept."
	}
	err := w.record(ctx, api.RecordStepBody{
		Step: stepCollection, Status: string(readmodel.StepSkipped),
		Condition: condition(conditionCollection, readmodel.ConditionFalse, "not_configured", message),
	})
	if err != nil {
		return settled(err)
	}
	return w.move(ctx, lifecycle.InstanceGrading, "nothing_to_collect", nil)
}

// collect stores the evidence package of the attempt, in the place of one that is there already, and records where it is.
func (w *work) collect(ctx context.Context) error {
	labs, err := w.labs(ctx)
	if err != nil {
		return err
	}
	lab, found, err := w.presentLab(ctx, labs)
	if err != nil {
		return err
	}
	if !found {
		return failure.New(failure.NotFound, codeNothingCollected, "The lab is not on the worker any more.")
	}
	evidence, err := gather(ctx, labs, lab.ID)
	if err != nil {
		return err
	}
	content, err := evidence.pack(w.instance, w.now)
	if err != nil {
		return err
	}
	uri, err := w.Evidence.Put(ctx, fmt.Sprintf("%s/%d/evidence.zip", w.instance.ID, w.instance.Attempt), content)
	if err != nil {
		return err
	}
	return w.record(ctx, api.RecordStepBody{
		Step: stepCollection, Status: string(readmodel.StepDone), EvidenceURI: uri, Result: evidence.summary(),
		Condition: condition(conditionCollection, readmodel.ConditionTrue, "collected", evidence.message()),
	})
}
