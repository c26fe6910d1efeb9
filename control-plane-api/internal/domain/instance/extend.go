package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// CanExtend checks a new end without changing anything: instance_terminated, not_later, timeslot_too_far, timeslot_too_long.
func (i *Instance) CanExtend(end, now time.Time) error {
	switch {
	case i.Terminal(), i.Status == lifecycle.InstanceArchived:
		return failure.New(failure.Conflict, "instance_terminated", "the instance is over")
	case i.Slot.End == nil:
		return failure.New(failure.Conflict, "not_later", "an instance that waits for a place as soon as possible has no timeslot yet")
	case !end.After(*i.Slot.End) || !end.After(now):
		return failure.New(failure.Invalid, "not_later", "the new end must be later than the present one and lie in the future")
	case tooFar(end, now):
		return farOff()
	case i.Slot.Max > 0 && end.Sub(*i.Slot.Start) > i.Slot.Max:
		return tooLong(i.Slot.Max)
	default:
		return nil
	}
}

// Extend moves the end of the slot on; the worker has booked the time. The same end again is no change.
func (i *Instance) Extend(end time.Time, act parts.Act) error {
	if i.Slot.End != nil && i.Slot.End.Equal(end) && !i.Terminal() {
		return nil
	}
	if err := i.CanExtend(end, act.At); err != nil {
		return err
	}
	end = end.UTC()
	old := *i.Slot.End
	i.Slot.End, i.Slot.Duration = &end, end.Sub(*i.Slot.Start)
	i.UpdatedAt = act.At
	i.Raise(EventTimeslotExtended, timeslotExtended{
		base: base{i.ID}, OldTimeslotEnd: old, NewTimeslotEnd: end, ExtendedBy: act.By, ExtendedAt: act.At,
	})
	return nil
}
