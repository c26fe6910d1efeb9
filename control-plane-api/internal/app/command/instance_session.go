package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// StartCollection collects the candidate's work now, for the owner or one who manages. Codes: instance_not_found,
// invalid_transition.
func (c *Commands) StartCollection(ctx context.Context, req api.ChangeInstance) (*instance.Instance, repo.Meta, error) {
	return c.ownInstance(ctx, req, "start_collection", (*instance.Instance).Collect)
}

// StartGrading grades what was collected, for the owner or one who manages. Codes: instance_not_found, invalid_transition,
// evidence_missing.
func (c *Commands) StartGrading(ctx context.Context, req api.ChangeInstance) (*instance.Instance, repo.Meta, error) {
	return c.ownInstance(ctx, req, "start_grading", (*instance.Instance).GradeNow)
}

// CollectAndGrade takes a session as far towards its result as it can go, for the owner or one who manages. Codes:
// instance_not_found, invalid_transition.
func (c *Commands) CollectAndGrade(ctx context.Context, req api.ChangeInstance) (*instance.Instance, repo.Meta, error) {
	return c.ownInstance(ctx, req, "collect_and_grade", (*instance.Instance).CollectAndGrade)
}

// StopInstance stops a session that may go on until its timeslot ends, for the owner or one who manages. Codes:
// instance_not_found, invalid_transition, timeslot_over.
func (c *Commands) StopInstance(ctx context.Context, req api.ChangeInstance) (*instance.Instance, repo.Meta, error) {
	return c.ownInstance(ctx, req, instance.ReasonUserStop, (*instance.Instance).Suspend)
}

// ResumeInstance asks for a session that was stopped to go on, for the owner or one who manages. Codes: instance_not_found,
// invalid_transition, timeslot_over, lab_gone.
func (c *Commands) ResumeInstance(ctx context.Context, req api.ChangeInstance) (*instance.Instance, repo.Meta, error) {
	return c.ownInstance(ctx, req, "user_resume", (*instance.Instance).Resume)
}

// ownInstance applies a verb that people may use on what is theirs.
func (c *Commands) ownInstance(ctx context.Context, req api.ChangeInstance, reason string, verb func(*instance.Instance, parts.Act) error) (*instance.Instance, repo.Meta, error) {
	ch, err := c.updateInstance(ctx, req.ID, func(i *instance.Instance, act parts.Act) error {
		if err := checkOwner(ctx, i); err != nil {
			return err
		}
		return verb(i, act.Because(whyOr(req.Body, reason)))
	})
	return ch.now, ch.meta, err
}

// ForceDropFinalizer forgets something made outside at an admin's wish; with the last one an archived instance is terminated,
// with a lab's the booking of an attempt that is over is released. Codes: instance_not_found, bad_finalizer.
func (c *Commands) ForceDropFinalizer(ctx context.Context, req api.ForceDropFinalizer) (*instance.Instance, repo.Meta, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	kind := readmodel.FinalizerKind(req.Kind)
	var workerID string
	ch, err := c.updateInstance(call.Because(ctx, req.Reason), req.ID, func(i *instance.Instance, act parts.Act) error {
		if f, ok := readmodel.FindFinalizer(i.Finalizers, kind, req.Attempt); ok {
			workerID = f.WorkerID
		}
		if err := i.ForceDropFinalizer(kind, req.Attempt, act); err != nil {
			return err
		}
		return i.Complete(minutes(s.Timing.ArchiveHoldMinutes), act)
	})
	if err != nil {
		return nil, repo.Meta{}, err
	}
	if kind == readmodel.FinalizerLab {
		c.releaseOver(ctx, ch.now, workerID, req.Attempt)
	}
	return ch.now, ch.meta, nil
}

func whyOr(body *api.Why, otherwise string) string {
	if body == nil {
		return otherwise
	}
	return orElse(body.Reason, otherwise)
}
