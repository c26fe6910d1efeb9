package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// CheckPlaceable refuses, as worker_not_placeable, where nothing may be placed now.
func (w *Worker) CheckPlaceable(now time.Time) error {
	if reason := w.placementRefusal(now); reason != "" {
		return failure.New(failure.Conflict, "worker_not_placeable", "%s", reason)
	}
	return nil
}

// BookEach books requests, each for itself; refusals stand at the index of their request, nil where it was booked. What is
// booked already for the same window is no change.
func (w *Worker) BookEach(requests []booking.Request, margin time.Duration, act parts.Act) []*booking.Refusal {
	refusals := make([]*booking.Refusal, len(requests))
	for i, request := range requests {
		before, had := w.Book.Find(request.Holder)
		entry, refusal := w.Book.Book(w.Limits(), request, act.At, margin)
		refusals[i] = refusal
		if refusal == nil && (!had || !before.Since.Equal(entry.Since)) {
			w.tellAssigned(entry, act)
		}
	}
	if _, changed, _ := w.Changes(); changed {
		w.refresh(act.At)
	}
	return refusals
}

// Hold turns a booked entry into a held one: from now on its lab exists or may exist. It is refused while nothing may be
// placed here (worker_not_placeable) and when all that is held would be too much (the refusal's code). Holding again is no
// change, whatever became of the worker since.
func (w *Worker) Hold(holder booking.Holder, margin time.Duration, act parts.Act) error {
	entry, ok := w.Book.Find(holder)
	if ok && entry.State == booking.Held {
		return nil
	}
	if err := w.CheckPlaceable(act.At); err != nil {
		return err
	}
	held, refusal := w.Book.Hold(w.Limits(), holder, act.At, margin)
	if refusal != nil {
		return refusal.Err()
	}
	w.Note(EventBookingHeld, bookingHeld{base: base{w.ID}, InstanceID: held.Holder.InstanceID, Attempt: held.Holder.Attempt, HeldAt: act.At})
	w.refresh(act.At)
	return nil
}

// ExtendBooking moves the end of an entry; giving time back is never refused.
func (w *Worker) ExtendBooking(holder booking.Holder, until time.Time, margin time.Duration, act parts.Act) error {
	if entry, ok := w.Book.Find(holder); ok && entry.Until.Equal(until) {
		return nil
	}
	if refusal := w.Book.Extend(w.Limits(), holder, until, act.At, margin); refusal != nil {
		return refusal.Err()
	}
	w.Note(EventBookingExtended, bookingExtended{base: base{w.ID}, InstanceID: holder.InstanceID, Attempt: holder.Attempt, Until: until, ExtendedAt: act.At})
	w.refresh(act.At)
	return nil
}

// Release ends entries; those that are not there are left out.
func (w *Worker) Release(act parts.Act, holders ...booking.Holder) {
	released := false
	for _, holder := range holders {
		entry, ok := w.Book.Find(holder)
		if ok && w.Book.Release(holder) {
			released = true
			w.tellRemoved(entry, act)
		}
	}
	if released {
		w.refresh(act.At)
	}
}

func (w *Worker) tellAssigned(e booking.Entry, act parts.Act) {
	w.Note(EventInstanceAssigned, instanceAssigned{
		base: base{w.ID}, InstanceID: e.Holder.InstanceID, Attempt: e.Holder.Attempt, LabRecordID: e.Holder.LabRecordID,
		CPUCores: e.Requirements.CPUCores, MemoryGB: e.Requirements.MemoryGB, StorageGB: e.Requirements.StorageGB, Nodes: e.Nodes,
		From: e.From, Until: e.Until, AssignedAt: act.At,
	})
	if len(e.Ports) > 0 {
		w.Note(EventPortsAllocated, portsAllocated{base: base{w.ID}, InstanceID: e.Holder.InstanceID, Ports: portMap(e.Ports), AllocatedAt: act.At})
	}
}

func (w *Worker) tellRemoved(e booking.Entry, act parts.Act) {
	w.Raise(EventInstanceRemoved, instanceRemoved{
		base: base{w.ID}, InstanceID: e.Holder.InstanceID, Attempt: e.Holder.Attempt, LabRecordID: e.Holder.LabRecordID,
		CPUCores: e.Requirements.CPUCores, MemoryGB: e.Requirements.MemoryGB, StorageGB: e.Requirements.StorageGB, Nodes: e.Nodes,
		RemovedAt: act.At,
	})
	if len(e.Ports) > 0 {
		w.Note(EventPortsReleased, portsReleased{base: base{w.ID}, InstanceID: e.Holder.InstanceID, ReleasedPorts: portNumbers(e.Ports), ReleasedAt: act.At})
	}
}
