package instance

import (
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Run tells that the candidate began, or that a stopped session was resumed, which needs that someone wants it
// (not_resumed). A resumed session keeps its first start.
func (i *Instance) Run(act parts.Act) error {
	if i.Status == lifecycle.InstanceRunning {
		return nil
	}
	if err := i.check(lifecycle.InstanceRunning); err != nil {
		return err
	}
	if i.Status == lifecycle.InstanceStopped && i.DesiredStatus != lifecycle.InstanceRunning {
		return failure.New(failure.Conflict, "not_resumed", "nobody wants the session to go on")
	}
	resumed := i.StartedAt != nil
	if !resumed {
		i.StartedAt = &act.At
	}
	i.EndedAt = nil
	i.move(lifecycle.InstanceRunning, act, EventRunning, running{
		base: base{i.ID}, StartedAt: *i.StartedAt, Resumed: resumed, Reason: act.Reason,
	})
	return nil
}

// Collect begins to collect the candidate's work.
func (i *Instance) Collect(act parts.Act) error {
	return i.step(lifecycle.InstanceCollecting, act, EventCollecting, collecting{
		base: base{i.ID}, CollectionStartedAt: act.At, Reason: act.Reason,
	})
}

// Grade begins grading: the evidence is stored.
func (i *Instance) Grade(act parts.Act) error {
	return i.step(lifecycle.InstanceGrading, act, EventGrading, grading{base: base{i.ID}, GradingStartedAt: act.At})
}

// Stop begins to stop the lab for good: what is wanted then is that the instance is archived.
func (i *Instance) Stop(act parts.Act) error {
	if i.Status == lifecycle.InstanceStopping {
		return nil
	}
	if err := i.check(lifecycle.InstanceStopping); err != nil {
		return err
	}
	i.stop(lifecycle.InstanceArchived, act)
	return nil
}

func (i *Instance) stop(wanted lifecycle.InstanceStatus, act parts.Act) {
	i.end(act)
	i.DesiredStatus = wanted
	i.move(lifecycle.InstanceStopping, act, EventStopping, stopping{
		base: base{i.ID}, StoppingStartedAt: act.At, Reason: act.Reason,
	})
}

// MarkStopped tells that the lab is stopped; it is there still.
func (i *Instance) MarkStopped(act parts.Act) error {
	return i.step(lifecycle.InstanceStopped, act, EventStopped, stopped{
		base: base{i.ID}, StoppedAt: act.At, DurationSeconds: i.seconds(),
	})
}

// Archive tells that the results are stored and the session is released. A session that its user stopped, or wants to go on
// with, is kept until its slot is over (session_kept).
func (i *Instance) Archive(act parts.Act) error {
	if i.Kept(act.At) {
		return failure.New(failure.Conflict, "session_kept", "the user may still go on until the timeslot ends")
	}
	return i.step(lifecycle.InstanceArchived, act, EventArchived, archived{base: base{i.ID}, ArchivedAt: act.At, ArchivedBy: act.By})
}

// end notes when the candidate's session was over.
func (i *Instance) end(act parts.Act) {
	if i.StartedAt != nil && i.EndedAt == nil {
		i.EndedAt = &act.At
	}
}

func (i *Instance) seconds() *float64 {
	if i.StartedAt == nil || i.EndedAt == nil {
		return nil
	}
	seconds := i.EndedAt.Sub(*i.StartedAt).Seconds()
	return &seconds
}
