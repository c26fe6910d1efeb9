package lds

import "time"

// The verbs of a candidate and of the API. Each returns a conflict when the
// state does not allow it and does nothing when it is already so.

func (r *record) prelaunch(at time.Time) {
	if r.Launched == nil {
		r.Launched = &at
	}
	if r.last(0) == created {
		r.add(happening{At: at, Verb: prelaunched})
	}
}

func (r *record) begin(at time.Time) error {
	switch r.last(0) {
	case running:
		return nil
	case created, prelaunched:
	default:
		return conflict("session is %s", r.state())
	}
	r.move(at, running, happening{})
	return nil
}

func (r *record) pause(at time.Time, reason string) error {
	switch r.last(0) {
	case paused:
		return nil
	case running:
		r.move(at, paused, happening{Reason: reason})
		return nil
	default:
		return conflict("session is %s", r.state())
	}
}

func (r *record) resume(at time.Time) error {
	switch r.last(0) {
	case running:
		return nil
	case paused:
		r.move(at, running, happening{})
		return nil
	default:
		return conflict("session is %s", r.state())
	}
}

// finish ends the candidate's work in the session and in all parts.
func (r *record) finish(at time.Time, by, reason string) error {
	switch r.last(0) {
	case userFinished:
		return nil
	case finalized:
		return conflict("session is %s", r.state())
	}
	r.end(at, userFinished, happening{By: by, Reason: reason})
	return nil
}

// finalize is what a release does; a second one changes nothing.
func (r *record) finalize(at time.Time) {
	if r.last(0) != finalized {
		r.end(at, finalized, happening{By: "system", Reason: "released"})
	}
}

// move changes the state of the session and of its current part.
func (r *record) move(at time.Time, verb string, h happening) {
	h.At, h.Verb = at, verb
	r.add(h)
	if num := r.currentPart(); r.part(num) != nil {
		h.Part = num
		r.add(h)
	}
}

// end changes the state of all parts and then of the session.
func (r *record) end(at time.Time, verb string, h happening) {
	h.At, h.Verb = at, verb
	for _, p := range r.Parts {
		if r.last(p.Num) != verb {
			h.Part = p.Num
			r.add(h)
		}
	}
	h.Part = 0
	r.add(h)
}
