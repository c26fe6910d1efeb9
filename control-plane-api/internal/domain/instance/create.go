package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// startTolerance is how far in the past a slot may begin when it is booked.
const startTolerance = 5 * time.Minute

// Spec is what a booking asks for: a timeslot, or a duration alone for as soon as possible.
type Spec struct {
	Definition    Definition
	Needs         Needs
	OwnerID       string
	ReservationID string
	GroupID       string
	Start, End    *time.Time
	Duration      time.Duration
	Lead, Max     time.Duration
}

// New books. Errors are of kind Invalid: timeslot_missing, timeslot_end_before_start, timeslot_in_past, timeslot_too_far, timeslot_too_long.
func New(id string, spec Spec, act parts.Act) (*Instance, error) {
	slot, err := newSlot(spec, act.At)
	if err != nil {
		return nil, err
	}
	i := &Instance{
		Root: aggregate.Root{ID: id}, Definition: spec.Definition, Needs: spec.Needs, OwnerID: spec.OwnerID,
		ReservationID: spec.ReservationID, GroupID: spec.GroupID, Status: lifecycle.InstancePending,
		DesiredStatus: lifecycle.InstanceRunning, StatusSince: act.At, Slot: slot, CreatedAt: act.At, UpdatedAt: act.At,
	}
	i.StateHistory = parts.Append(nil, parts.Transition{To: string(i.Status), At: act.At, By: act.By, Reason: act.Reason})
	i.Raise(EventCreated, created{
		base: base{i.ID}, DefinitionID: spec.Definition.ID, DefinitionName: spec.Definition.Name, DefinitionVersion: spec.Definition.Version,
		OwnerID: spec.OwnerID, TimeslotStart: slot.Start, TimeslotEnd: slot.End, DurationMinutes: slot.Duration.Minutes(),
		ReservationID: spec.ReservationID, GroupID: spec.GroupID, CreatedAt: act.At,
	})
	return i, nil
}

func newSlot(spec Spec, now time.Time) (Slot, error) {
	slot := Slot{Duration: spec.Duration, Lead: spec.Lead, Max: spec.Max, ASAP: spec.Start == nil}
	switch {
	case spec.Start == nil && spec.End != nil, spec.Start == nil && spec.Duration <= 0, spec.Start != nil && spec.End == nil && spec.Duration <= 0:
		return Slot{}, failure.New(failure.Invalid, "timeslot_missing", "give timeslot_start and timeslot_end, or duration_minutes alone for as soon as possible")
	case spec.Start != nil:
		start, end := spec.Start.UTC(), spec.Start.UTC().Add(spec.Duration)
		if spec.End != nil {
			end = spec.End.UTC()
		}
		slot.Start, slot.End, slot.Duration = &start, &end, end.Sub(start)
		if !end.After(start) {
			return Slot{}, failure.New(failure.Invalid, "timeslot_end_before_start", "the timeslot must end after it begins")
		}
		if start.Before(now.Add(-startTolerance)) || !end.After(now) {
			return Slot{}, failure.New(failure.Invalid, "timeslot_in_past", "the timeslot lies in the past")
		}
		if tooFar(end, now) {
			return Slot{}, farOff()
		}
	}
	if slot.Max > 0 && slot.Duration > slot.Max {
		return Slot{}, tooLong(slot.Max)
	}
	return slot, nil
}

// horizonYears is how far ahead one can book; what is beyond is a slip of the pen, and margins are added to all times.
const horizonYears = 10

func tooFar(end, now time.Time) bool { return end.After(now.AddDate(horizonYears, 0, 0)) }

func farOff() error {
	return failure.New(failure.Invalid, "timeslot_too_far", "the timeslot must end within %d years", horizonYears)
}

func tooLong(most time.Duration) error {
	return failure.New(failure.Invalid, "timeslot_too_long", "the definition allows at most %.0f minutes", most.Minutes())
}
