package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The reasons of an end that the API itself decides on.
const (
	ReasonCompleted      = "completed"
	ReasonTimeslotMissed = "timeslot_missed"
)

// Terminate ends an instance in whatever state it is. Its finalizers stay until what they stand for is seen gone. One
// that is terminated already is refused as instance_terminated.
func (i *Instance) Terminate(act parts.Act) error {
	if i.Terminal() {
		return failure.New(failure.Conflict, "instance_terminated", "the instance is terminated already")
	}
	return i.terminate(act)
}

// Complete terminates an instance that has been archived for hold and of which nothing is left outside; otherwise it
// changes nothing.
func (i *Instance) Complete(hold time.Duration, act parts.Act) error {
	if i.Status != lifecycle.InstanceArchived || len(i.Finalizers) > 0 || act.At.Before(i.StatusSince.Add(hold)) {
		return nil
	}
	return i.terminate(act.Because(ReasonCompleted))
}

// Miss terminates an instance that has not begun when its slot has been over for grace; otherwise it changes nothing.
func (i *Instance) Miss(grace time.Duration, act parts.Act) error {
	waits := i.Status == lifecycle.InstancePending || i.Status == lifecycle.InstanceScheduled
	if !waits || !i.Slot.Over(act.At, grace) {
		return nil
	}
	return i.terminate(act.Because(ReasonTimeslotMissed))
}

func (i *Instance) terminate(act parts.Act) error {
	if err := i.check(lifecycle.InstanceTerminated); err != nil {
		return err
	}
	from := i.Status
	i.end(act)
	i.TerminatedAt = &act.At
	i.DesiredStatus = lifecycle.InstanceTerminated
	i.releasePorts(act)
	i.LoginURL = ""
	i.move(lifecycle.InstanceTerminated, act, EventTerminated, terminated{
		base: base{i.ID}, TerminatedAt: act.At, TerminatedBy: act.By, Reason: act.Reason, FromState: string(from), DurationSeconds: i.seconds(),
	})
	return nil
}
