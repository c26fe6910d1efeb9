package instance

import (
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Run tells that the candidate began, or that a stopped session was resumed. A resumed session keeps its first start.
func (i *Instance) Run(act parts.Act) error {
	if i.Status == lifecycle.InstanceRunning {
		return nil
	}
	if err := i.check(lifecycle.InstanceRunning); err != nil {
		return err
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

// Stop begins to stop the lab.
func (i *Instance) Stop(act parts.Act) error {
	if i.Status == lifecycle.InstanceStopping {
		return nil
	}
	if err := i.check(lifecycle.InstanceStopping); err != nil {
		return err
	}
	i.end(act)
	i.move(lifecycle.InstanceStopping, act, EventStopping, stopping{
		base: base{i.ID}, StoppingStartedAt: act.At, Reason: act.Reason,
	})
	return nil
}

// MarkStopped tells that the lab is stopped; it is there still.
func (i *Instance) MarkStopped(act parts.Act) error {
	return i.step(lifecycle.InstanceStopped, act, EventStopped, stopped{
		base: base{i.ID}, StoppedAt: act.At, DurationSeconds: i.seconds(),
	})
}

// Archive tells that the results are stored and the session is released.
func (i *Instance) Archive(act parts.Act) error {
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
