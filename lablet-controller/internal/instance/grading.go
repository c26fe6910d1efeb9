package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
)

// grading has the work graded and records the score, or why there is none.
func (w *work) grading(ctx context.Context) (reconcile.Result, error) {
	switch {
	case w.instance.Graded:
		return w.move(ctx, lifecycle.InstanceStopping, "graded", nil)
	case !w.grades():
		return w.noScore(ctx, "not_configured", "Grading is not configured for the lab.")
	case w.phaseOver(w.Timing.Grading):
		return w.noScore(ctx, "grading_timeout", "The grading engine did not finish in time.")
	}
	part, found, result, err := w.theGrading(ctx)
	if err != nil || !found {
		return result, err
	}
	switch part.Phase() {
	case grading.Graded:
		return w.score(ctx, part)
	case grading.Faulted:
		message := "The grading engine could not grade the lab."
		if part.StatusReason != "" {
			message += " It says: " + part.StatusReason
		}
		return w.noScore(ctx, "grading_failed", message)
	case grading.Idle:
		return w.askForGrading(ctx)
	default:
		return reconcile.Result{After: w.Timing.GradingPoll}, w.well(ctx, conditionGraded, "grading", "The lab is being graded.")
	}
}

// theGrading gives the part to be graded, and makes its session where there is none.
func (w *work) theGrading(ctx context.Context) (part grading.Part, found bool, result reconcile.Result, err error) {
	session, err := w.Grader.Get(ctx, w.instance.ID)
	if err == nil {
		if part, found = session.Part(w.definition.FormQualifiedName); found {
			return part, true, reconcile.Result{}, nil
		}
		result, err = w.noScore(ctx, "grading_failed", "The grading session has lost its part.")
		return part, false, result, err
	}
	if !failure.Is(err, failure.NotFound) {
		result, err = w.failed(ctx, conditionGraded, err)
		return part, false, result, err
	}
	if _, err = w.intend(ctx, readmodel.FinalizerGrading); err != nil {
		result, err = settled(err)
		return part, false, result, err
	}
	err = w.Grader.Create(ctx, grading.NewSession{
		ID: w.instance.ID, CandidateID: w.candidate(), LDSSessionID: w.instance.LDSSessionID, PartID: w.definition.FormQualifiedName, Pod: w.pod(),
	})
	if err != nil {
		result, err = w.failed(ctx, conditionGraded, err)
		return part, false, result, err
	}
	if err = w.made(ctx, readmodel.FinalizerGrading, w.instance.ID); err != nil {
		return part, false, result, err
	}
	return grading.Part{ID: w.definition.FormQualifiedName}, true, reconcile.Result{}, nil
}

// candidate is who the engine is told that the work is of; it wants three characters.
func (w *work) candidate() string {
	if len([]rune(w.instance.OwnerID)) < 3 {
		return w.instance.ID
	}
	return w.instance.OwnerID
}

// askForGrading starts the engine. It may stay idle for a while after it was asked: it is asked again only later.
func (w *work) askForGrading(ctx context.Context) (reconcile.Result, error) {
	wait := reconcile.Result{After: w.Timing.GradingPoll}
	asked, ok := readmodel.FindStep(w.instance.Steps, stepGrading, w.instance.Attempt)
	if ok && w.now.Sub(asked.At) < w.Timing.Grading/4 {
		return wait, nil
	}
	if err := w.Grader.Grade(ctx, w.instance.ID, w.definition.FormQualifiedName); err != nil {
		if failure.Is(err, failure.Invalid) {
			return w.noScore(ctx, "grading_failed", "The grading engine refused to grade the lab.")
		}
		return w.failed(ctx, conditionGraded, err)
	}
	return wait, w.record(ctx, api.RecordStepBody{Step: stepGrading, Status: string(readmodel.StepDone)})
}

// noScore records that there is no score and why, and goes on.
func (w *work) noScore(ctx context.Context, reason, message string) (reconcile.Result, error) {
	return w.recordScore(ctx, api.RecordScoreBody{Reason: reason, Message: clip(message, maxMessage)})
}

func (w *work) score(ctx context.Context, part grading.Part) (reconcile.Result, error) {
	cut, known, err := w.Grader.CutScore(ctx, part.ID)
	if err != nil && !failure.Is(err, failure.NotFound) && !failure.Is(err, failure.Invalid) {
		return w.failed(ctx, conditionGraded, err)
	}
	score, ok := scoreOf(*part.Report, w.definition.GradingRulesURI, w.instance.StatusSince)
	if !ok {
		return w.noScore(ctx, "grading_failed", "The grading engine gave a score that makes no sense.")
	}
	if known {
		passed := part.Report.Score >= cut
		score.Passed = &passed
	}
	return w.recordScore(ctx, api.RecordScoreBody{Score: score})
}

func (w *work) recordScore(ctx context.Context, body api.RecordScoreBody) (reconcile.Result, error) {
	body.Attempt = w.instance.Attempt
	if _, err := w.API.RecordScore(ctx, api.RecordScore{ID: w.instance.ID, Body: body}); err != nil {
		return settled(err)
	}
	// The score has raised the generation; the move is decided on the model that shows it.
	return reconcile.Result{After: lookAgain, Skipped: true}, nil
}
