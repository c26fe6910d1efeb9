package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The reasons of a move that rest on time.
const (
	reasonTimeslotEnd    = "timeslot_end"
	reasonNoShow         = "no_show"
	reasonNoLDS          = "no_lds"
	reasonGradingTimeout = "grading_timeout"
)

// Transition moves an instance along its table, where no route of its own exists for the move. A reason that rests on time
// is checked against the API's clock. Codes: bad_status, invalid_transition, clock_skew, generation_changed.
func (c *Commands) Transition(ctx context.Context, req api.Transition) (api.Ack, error) {
	to, err := lifecycle.Instances().Parse(req.Body.Status)
	if err != nil {
		return api.Ack{}, failure.Wrap(err, failure.Invalid, "bad_status", "%q is not a status of an instance", req.Body.Status)
	}
	move, err := verbTo(to)
	if err != nil {
		return api.Ack{}, err
	}
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.Ack{}, err
	}
	timeout := minutes(s.Timing.GradingTimeoutMinutes)
	reason := req.Body.Reason
	ch, err := c.endAttempt(call.AtGeneration(ctx, req.Body.Generation), req.ID, func(i *instance.Instance, act parts.Act) error {
		if i.Status == to {
			return nil
		}
		if !timely(i, reason, timeout, act.At) {
			c.d.Meter.ClockSkew(act.By)
			return failure.New(failure.Conflict, "clock_skew", "by the API's clock it is too early for %s", reason)
		}
		if err := move(i, act.Because(reason)); err != nil {
			return err
		}
		if req.Body.Condition != nil {
			if err := i.SetConditions([]readmodel.Condition{*req.Body.Condition}, act); err != nil {
				return err
			}
		}
		return i.Complete(minutes(s.Timing.ArchiveHoldMinutes), act)
	})
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

// Requeue gives an attempt up. Codes: invalid_transition, generation_changed.
func (c *Commands) Requeue(ctx context.Context, req api.Requeue) (api.Ack, error) {
	reason := req.Body.Reason
	if reason == "" {
		reason = "requeued"
	}
	ch, err := c.endAttempt(call.AtGeneration(ctx, req.Body.Generation), req.ID, func(i *instance.Instance, act parts.Act) error {
		return i.Requeue("requeued", reason, act)
	})
	if err != nil {
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

// verbTo finds the verb that moves to a status; those with a route of their own are refused.
func verbTo(to lifecycle.InstanceStatus) (func(*instance.Instance, parts.Act) error, error) {
	switch to {
	case lifecycle.InstanceRunning:
		return (*instance.Instance).Run, nil
	case lifecycle.InstanceCollecting:
		return (*instance.Instance).Collect, nil
	case lifecycle.InstanceGrading:
		return (*instance.Instance).Grade, nil
	case lifecycle.InstanceStopping:
		return (*instance.Instance).Stop, nil
	case lifecycle.InstanceStopped:
		return (*instance.Instance).MarkStopped, nil
	case lifecycle.InstanceArchived:
		return (*instance.Instance).Archive, nil
	case lifecycle.InstanceTerminated:
		return (*instance.Instance).Terminate, nil
	default:
		return nil, failure.New(failure.Invalid, "bad_status", "an instance becomes %s by a route of its own", to)
	}
}

// timely reports whether a reason that rests on time may be true by the API's clock.
func timely(i *instance.Instance, reason string, gradingTimeout time.Duration, now time.Time) bool {
	late := now.Add(clockTolerance)
	switch reason {
	case reasonTimeslotEnd, reasonNoShow, instance.ReasonTimeslotMissed:
		return i.Slot.End != nil && !late.Before(*i.Slot.End)
	case reasonNoLDS:
		return i.Slot.Start != nil && !late.Before(*i.Slot.Start)
	case reasonGradingTimeout:
		return !late.Before(i.StatusSince.Add(gradingTimeout))
	default:
		return true
	}
}
