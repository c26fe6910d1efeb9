package booking

import (
	"slices"
	"time"
)

// Rest marks the lab of an entry as stopped: it keeps storage and ports and gives the rest back. It tells whether
// there is such an entry.
func (b *Book) Rest(holder Holder) bool {
	i := b.index(holder)
	if i >= 0 {
		b.Entries[i].Idle = true
	}
	return i >= 0
}

// Wake takes vCPU, memory and nodes again for a lab that is to be started. It is refused when all that is held now
// plus these exceed what the worker can carry.
func (b *Book) Wake(l Limits, holder Holder, now time.Time, margin time.Duration) *Refusal {
	i := b.index(holder)
	if i < 0 {
		return notBooked()
	}
	if !b.Entries[i].Idle {
		return nil
	}
	awake := b.Entries[i]
	awake.Idle = false
	v := b.view(holder, now, margin)
	if refusal := v.refuseHeld(&l, awake.load()); refusal != nil {
		return refusal
	}
	b.Entries[i] = awake
	return nil
}

// Take is the hold of an instance that gets a lab which exists already: the instance's booked entry becomes held with
// the ports of the lab, and the lab's own entry ends. Taking again changes nothing.
func (b *Book) Take(l Limits, lab, instance Holder, now time.Time, margin time.Duration) (Entry, *Refusal) {
	i, j := b.index(instance), b.index(lab)
	if i < 0 {
		return Entry{}, notBooked()
	}
	entry := b.Entries[i]
	if entry.State == Held {
		return entry, nil
	}
	if j < 0 || b.Entries[j].State != Held {
		return Entry{}, refuse(NotBooked, "the lab is not held on this worker")
	}
	v := b.view(lab, now, margin)
	if refusal := v.refuseHeld(&l, entry.load()); refusal != nil {
		return Entry{}, refusal
	}
	entry.State, entry.Since, entry.Idle = Held, now, false
	entry.Ports = b.Entries[j].Ports
	b.Entries[i] = entry
	b.Entries = slices.Delete(b.Entries, j, j+1)
	return entry, nil
}
