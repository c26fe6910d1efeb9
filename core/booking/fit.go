package booking

import "time"

// Fit decides whether a request fits: at every moment of its window what others occupy plus the request stays within
// vCPU, memory, storage and nodes, and there are ports that nobody else uses in the window, lowest first. An entry of
// the same holder does not count. A held entry past its end counts until now + margin. Nothing is changed.
func (b Book) Fit(l Limits, r Request, now time.Time, margin time.Duration) ([]Port, *Refusal) {
	v := b.view(r.Holder, now, margin)
	ports, refusal := v.decide(&l, &r, len(b.Entries) >= MaxEntries && b.index(r.Holder) < 0)
	if refusal != nil && refusal.Code != BookFull && refusal.Code != InvalidWindow {
		refusal.FreeAt = v.earliest(&l, &r)
	}
	return ports, refusal
}

// Check answers like Fit but gives only the code, empty when the request fits: for a planner that asks many books. It
// neither allocates ports nor looks for the time at which the request would fit.
func (b Book) Check(l Limits, r Request, now time.Time, margin time.Duration) Code {
	v := b.view(r.Holder, now, margin)
	if !valid(&r) {
		return InvalidWindow
	}
	if len(b.Entries) >= MaxEntries && b.index(r.Holder) < 0 {
		return BookFull
	}
	sum, used := v.tally(&r.Window)
	if short := v.shortageGiven(sum, r.Window, r.load(), l.load()); short != nil {
		return short.code
	}
	// Counting mostly answers for the ports. Only when it says no are the numbers looked at, since entries that follow
	// each other may use the same ones.
	wanted := len(r.PortNames)
	if wanted > 0 && used+len(l.Quarantined)+wanted > l.portRange().Size() && v.pick(&l, r.PortNames, &r.Window, used) == nil {
		return InsufficientPorts
	}
	return ""
}

func (v *view) decide(l *Limits, r *Request, full bool) ([]Port, *Refusal) {
	if !valid(r) {
		return nil, refuse(InvalidWindow, "the window must end after it begins")
	}
	if full {
		return nil, refuse(BookFull, "the worker has %d bookings, which is the most that it may have", MaxEntries)
	}
	sum, used := v.tally(&r.Window)
	if short := v.shortageGiven(sum, r.Window, r.load(), l.load()); short != nil {
		return nil, short.refusal()
	}
	if len(r.PortNames) == 0 {
		return nil, nil
	}
	ports := v.pick(l, r.PortNames, &r.Window, used)
	if ports == nil {
		return nil, portsRefusal(l, len(r.PortNames))
	}
	return ports, nil
}

func valid(r *Request) bool { return r.Window.Open() || r.Window.Until.After(r.Window.From) }
