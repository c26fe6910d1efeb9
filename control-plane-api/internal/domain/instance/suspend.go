package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// ReasonUserStop is the reason of a stop that the user may take back.
const ReasonUserStop = "user_stop"

// keptTolerance is how much earlier than by the API's clock a controller may see the end of a slot.
const keptTolerance = 30 * time.Second

type desiredStatusUpdated struct {
	base
	OldStatus string    `json:"old_desired_status"`
	NewStatus string    `json:"new_desired_status"`
	UpdatedBy string    `json:"updated_by"`
	Reason    string    `json:"reason,omitempty"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Suspend stops a running session in such a way that its user may go on until the slot ends: lab, ports and booking are
// kept. Stopping so again is no change. Codes: invalid_transition, timeslot_over.
func (i *Instance) Suspend(act parts.Act) error {
	if i.suspended() {
		return nil
	}
	if i.Status != lifecycle.InstanceRunning {
		return failure.New(failure.Conflict, "invalid_transition", "an instance that is %s cannot be stopped to go on later", i.Status)
	}
	if i.Slot.Over(act.At, 0) {
		return timeslotOver()
	}
	i.stop(lifecycle.InstanceStopped, act.Because(reasonOr(act.Reason, ReasonUserStop)))
	return nil
}

// Resume asks for a session that its user stopped to go on; it runs again when its lab does. Asking again is no change, and
// neither is asking for a session that runs. Codes: invalid_transition, timeslot_over, lab_gone.
func (i *Instance) Resume(act parts.Act) error {
	switch {
	case i.Status == lifecycle.InstanceRunning, i.Resuming():
		return nil
	case !i.suspended():
		return failure.New(failure.Conflict, "invalid_transition", "an instance that is %s and was not stopped by its user cannot go on", i.Status)
	case i.Slot.Over(act.At, 0):
		return timeslotOver()
	}
	if _, lab := readmodel.FindFinalizer(i.Finalizers, readmodel.FinalizerLab, i.Attempt); !lab {
		return failure.New(failure.Conflict, "lab_gone", "the lab of the session is not there any more")
	}
	old := i.DesiredStatus
	i.DesiredStatus, i.UpdatedAt = lifecycle.InstanceRunning, act.At
	i.Raise(EventDesiredStatus, desiredStatusUpdated{
		base: base{i.ID}, OldStatus: string(old), NewStatus: string(i.DesiredStatus), UpdatedBy: act.By, Reason: act.Reason, UpdatedAt: act.At,
	})
	return nil
}

// Resuming reports whether a session that its user stopped is wanted to go on.
func (i *Instance) Resuming() bool {
	return i.halted() && i.DesiredStatus == lifecycle.InstanceRunning
}

// Kept reports whether a stopped session is still its user's to go on with.
func (i *Instance) Kept(now time.Time) bool {
	return i.Status == lifecycle.InstanceStopped && (i.suspended() || i.Resuming()) && i.Slot.End != nil &&
		now.Before(i.Slot.End.Add(-keptTolerance))
}

func (i *Instance) suspended() bool {
	return i.halted() && i.DesiredStatus == lifecycle.InstanceStopped
}

func (i *Instance) halted() bool {
	return i.Status == lifecycle.InstanceStopping || i.Status == lifecycle.InstanceStopped
}

func timeslotOver() error {
	return failure.New(failure.Conflict, "timeslot_over", "the timeslot is over")
}

func reasonOr(reason, otherwise string) string {
	if reason == "" {
		return otherwise
	}
	return reason
}
