package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// RecordStep stores how a step of the present attempt went (attempt_over).
func (c *Commands) RecordStep(ctx context.Context, req api.RecordStep) (api.Ack, error) {
	status := readmodel.StepStatus(req.Body.Status)
	switch status {
	case readmodel.StepDone, readmodel.StepSkipped, readmodel.StepFailed:
	default:
		return api.Ack{}, failure.New(failure.Malformed, "bad_status", "%q is not a status of a step", req.Body.Status)
	}
	step := instance.Step{
		Name: req.Body.Step, Error: req.Body.Error, Attempt: req.Body.Attempt, Status: status, Result: req.Body.Result,
		CMLLabID: req.Body.CMLLabID, LDSSessionID: req.Body.LDSSessionID, LoginURL: req.Body.LDSLoginURL,
		EvidenceURI: req.Body.EvidenceURI, Condition: req.Body.Condition,
	}
	return c.noted(ctx, req.ID, func(i *instance.Instance, act parts.Act) error { return i.RecordStep(step, act) })
}

// SetInstanceConditions sets conditions by type.
func (c *Commands) SetInstanceConditions(ctx context.Context, req api.SetConditions) (api.Ack, error) {
	return c.noted(ctx, req.ID, func(i *instance.Instance, act parts.Act) error { return i.SetConditions(req.Body.Conditions, act) })
}

// SetWorkerConditions sets conditions by type.
func (c *Commands) SetWorkerConditions(ctx context.Context, req api.SetConditions) (api.Ack, error) {
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		return w.SetConditions(req.Body.Conditions, act)
	})
	return ack, err
}

// MarkReady moves an instance to ready. Codes: invalid_transition, login_url_missing, generation_changed.
func (c *Commands) MarkReady(ctx context.Context, req api.MarkReady) (api.Ack, error) {
	ready := instance.Ready{
		LDSSessionID: req.Body.LDSSessionID, LoginURL: req.Body.LDSLoginURL, CMLLabID: req.Body.CMLLabID, NoLDS: req.Body.NoLDS,
	}
	ch, err := c.updateInstance(call.AtGeneration(ctx, req.Body.Generation), req.ID, func(i *instance.Instance, act parts.Act) error {
		return i.MarkReady(ready, act)
	})
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

// RecordScore stores the result of grading, or why there is none. Codes: attempt_over, invalid_transition, bad_score.
func (c *Commands) RecordScore(ctx context.Context, req api.RecordScore) (api.Ack, error) {
	score := scoreOf(req.Body.Score)
	return c.noted(ctx, req.ID, func(i *instance.Instance, act parts.Act) error {
		return i.RecordScore(req.Body.Attempt, score, req.Body.Reason, req.Body.Message, act)
	})
}

// noted is an update that rests on no generation.
func (c *Commands) noted(ctx context.Context, id string, apply func(*instance.Instance, parts.Act) error) (api.Ack, error) {
	ch, err := c.updateInstance(call.AtGeneration(ctx, 0), id, apply)
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

func scoreOf(s *api.GradingScore) *instance.Score {
	if s == nil {
		return nil
	}
	score := &instance.Score{
		Earned: s.TotalPointsEarned, Possible: s.TotalPointsPossible, Passed: s.Passed, GradedAt: s.GradedAt.UTC(),
		RulesURI: s.GradingRulesURI, RulesVersion: s.GradingRulesVersion, Grader: s.GraderVersion, Checks: []instance.Check{},
	}
	for _, check := range s.CheckResults {
		score.Checks = append(score.Checks, instance.Check{
			ID: check.CheckID, Name: check.CheckName, Passed: check.Passed, Earned: check.PointsEarned, Possible: check.PointsPossible,
			Message: check.Message,
		})
	}
	return score
}
