package booking

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Book books a request if it fits. It is idempotent by holder: the same window again gives the entry that is there,
// another window is decided anew, and where that is refused the old entry stays. An entry that is held already is not
// booked anew: see Extend.
func (b *Book) Book(l Limits, r Request, now time.Time, margin time.Duration) (Entry, *Refusal) {
	i := b.index(r.Holder)
	if i >= 0 {
		present := b.Entries[i]
		if sameWindow(present.Window(), r.Window) {
			return present, nil
		}
		if present.State == Held {
			return Entry{}, refuse(AlreadyHeld, "the lab exists already, its time can only be extended")
		}
	}
	ports, refusal := b.Fit(l, r, now, margin)
	if refusal != nil {
		return Entry{}, refusal
	}
	entry := Entry{
		Holder: r.Holder, State: Booked, Requirements: r.Requirements, Nodes: r.Nodes, Ports: ports,
		From: r.Window.From, Until: r.Window.Until, Since: now, Idle: r.Idle,
	}
	if i >= 0 {
		b.Entries[i] = entry
	} else {
		b.Entries = append(b.Entries, entry)
	}
	return entry, nil
}

// Hold turns a booked entry into a held one: from now on the lab exists or may exist. It is refused when all that is
// held now plus this one exceed what the worker can carry. Ports that someone else has taken meanwhile are picked anew,
// since nothing is imported yet; read them from the entry returned. Holding again changes nothing.
func (b *Book) Hold(l Limits, holder Holder, now time.Time, margin time.Duration) (Entry, *Refusal) {
	i := b.index(holder)
	if i < 0 {
		return Entry{}, notBooked()
	}
	entry := b.Entries[i]
	if entry.State == Held {
		return entry, nil
	}
	v := b.view(holder, now, margin)
	if refusal := v.refuseHeld(&l, entry.load()); refusal != nil {
		return Entry{}, refusal
	}
	entry.State, entry.Since = Held, now
	if len(entry.Ports) > 0 {
		ports := v.keepOrPick(&l, entry.Ports, entry.Occupies(now, margin))
		if ports == nil {
			return Entry{}, portsRefusal(&l, len(entry.Ports))
		}
		entry.Ports = ports
	}
	b.Entries[i] = entry
	return entry, nil
}

// Extend moves the end of an entry; a zero until makes it open-ended. Only time that is added is decided, giving time
// back is never refused. A held entry keeps its ports, those of a booked one may change.
func (b *Book) Extend(l Limits, holder Holder, until, now time.Time, margin time.Duration) *Refusal {
	i := b.index(holder)
	if i < 0 {
		return notBooked()
	}
	entry := b.Entries[i]
	if !until.IsZero() && !until.After(entry.From) {
		return refuse(InvalidWindow, "the window must end after it begins")
	}
	if !entry.Until.IsZero() && (until.IsZero() || until.After(entry.Until)) {
		ports, refusal := b.added(&l, &entry, until, now, margin)
		if refusal != nil {
			return refusal
		}
		entry.Ports = ports
	}
	entry.Until = until
	b.Entries[i] = entry
	return nil
}

// added decides on the time between the present and the new end, and gives the ports that the entry then has.
func (b *Book) added(l *Limits, entry *Entry, until, now time.Time, margin time.Duration) ([]Port, *Refusal) {
	v := b.view(entry.Holder, now, margin)
	span := resource.Window{From: entry.Until, Until: until}
	if short := v.shortage(span, entry.load(), l.load()); short != nil {
		return nil, short.refusal()
	}
	if len(entry.Ports) == 0 {
		return entry.Ports, nil
	}
	ports := v.keepOrPick(l, entry.Ports, resource.Window{From: entry.From, Until: until})
	if entry.State == Held {
		// A lab that exists cannot move to other ports; what was quarantined since then is its own problem.
		anyone := Limits{Ports: l.Ports}
		if ports = v.keepOrPick(&anyone, entry.Ports, span); ports != nil && !slices.Equal(ports, entry.Ports) {
			return nil, refuse(InsufficientPorts, "a port of the lab is promised to someone else from then on")
		}
	}
	if ports == nil {
		return nil, portsRefusal(l, len(entry.Ports))
	}
	return ports, nil
}

// refuseHeld refuses what does not fit beside all that is held now.
func (v *view) refuseHeld(l *Limits, need load) *Refusal {
	taken, limit := v.held(), l.load()
	sum := taken
	sum.add(need)
	if code := sum.excess(limit); code != "" {
		short := shortage{code: code, at: v.now, need: need, taken: taken, limit: limit}
		return short.refusal()
	}
	return nil
}

func notBooked() *Refusal { return refuse(NotBooked, "there is no booking to change") }

func sameWindow(a, b resource.Window) bool { return a.From.Equal(b.From) && a.Until.Equal(b.Until) }
