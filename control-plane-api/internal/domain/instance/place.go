package instance

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// ConditionPlaced tells why an instance has a place or has none.
const ConditionPlaced = "Placed"

// Schedule places a pending instance on a worker that has booked it; the slot of an as-soon-as-possible booking is set
// from act.At, which must be the instant that was booked for. Being placed there already is no change.
func (i *Instance) Schedule(workerID string, ports []booking.Port, act parts.Act) error {
	if i.Status == lifecycle.InstanceScheduled && i.WorkerID == workerID {
		return nil
	}
	if err := i.check(lifecycle.InstanceScheduled); err != nil {
		return err
	}
	start, end := i.Slot.At(act.At)
	i.Slot.Start, i.Slot.End = &start, &end
	i.WorkerID, i.Ports, i.Attempt, i.ScheduledAt = workerID, slices.Clone(ports), i.NextAttempt(), &act.At
	i.placed(readmodel.ConditionTrue, "scheduled", "placed on worker "+workerID, act)
	i.move(lifecycle.InstanceScheduled, act, EventScheduled, scheduled{
		base: base{i.ID}, WorkerID: workerID, AllocatedPorts: portMap(ports), Attempt: i.Attempt,
		TimeslotStart: i.Slot.Start, TimeslotEnd: i.Slot.End, ScheduledAt: act.At, ScheduledBy: act.By,
	})
	return nil
}

// StartInstantiation begins with the ports of the entry that the worker now holds.
func (i *Instance) StartInstantiation(ports []booking.Port, act parts.Act) error {
	if i.Status == lifecycle.InstanceInstantiating {
		return nil
	}
	if err := i.check(lifecycle.InstanceInstantiating); err != nil {
		return err
	}
	i.Ports = slices.Clone(ports)
	i.move(lifecycle.InstanceInstantiating, act, EventInstantiating, instantiating{
		base: base{i.ID}, WorkerID: i.WorkerID, AllocatedPorts: portMap(ports), InstantiationStartedAt: act.At,
	})
	return nil
}

// Ready is what a ready instance has. Without LDS, session and URL are empty.
type Ready struct {
	LDSSessionID string
	LoginURL     string
	CMLLabID     string
	NoLDS        bool
}

// MarkReady tells that the candidate can reach the lab. Without a URL, given now or stored before, it is refused as
// login_url_missing unless the lab has no LDS.
func (i *Instance) MarkReady(r Ready, act parts.Act) error {
	if i.Status == lifecycle.InstanceReady {
		return nil
	}
	if err := i.check(lifecycle.InstanceReady); err != nil {
		return err
	}
	if r.LoginURL == "" && i.LoginURL == "" && !r.NoLDS {
		return failure.New(failure.Conflict, "login_url_missing", "an instance is not ready before the candidate has a launch URL")
	}
	i.keepRefs(r.CMLLabID, r.LDSSessionID, r.LoginURL, "")
	i.NoLDS = r.NoLDS
	i.move(lifecycle.InstanceReady, act, EventReady, ready{
		base: base{i.ID}, LDSSessionID: i.LDSSessionID, CMLLabID: i.CMLLabID, ReadyAt: act.At,
	})
	return nil
}

func (i *Instance) placed(status, reason, message string, act parts.Act) {
	// Placed is among the first conditions that an instance gets, so there is room for it.
	_, _ = parts.SetCondition(&i.Conditions, readmodel.Condition{Type: ConditionPlaced, Status: status, Reason: reason, Message: message}, act.At)
}

// keepRefs stores what was made outside; what is empty is left as it was.
func (i *Instance) keepRefs(lab, session, url, evidence string) (changed bool) {
	for _, ref := range []struct {
		field *string
		value string
	}{{&i.CMLLabID, lab}, {&i.LDSSessionID, session}, {&i.LoginURL, url}, {&i.EvidenceURI, evidence}} {
		if ref.value != "" && *ref.field != ref.value {
			*ref.field, changed = ref.value, true
		}
	}
	return changed
}
