package lds

import "time"

// What happens to a session or, with a part number, to a part of it.
const (
	created      = "created"
	added        = "added"
	devicesAdded = "devicesadded"
	prelaunched  = "prelaunched"
	running      = "running"
	paused       = "paused"
	userFinished = "userfinished"
	finalized    = "finalized"
)

// happening is one entry of a session's history.
type happening struct {
	At   time.Time `json:"at"`
	Verb string    `json:"verb"`
	Part int       `json:"part,omitempty"` // 0: the session itself
	// Reason and By tell why something paused or ended and who ended it: user,
	// timeout, admin or system.
	Reason string `json:"reason,omitempty"`
	By     string `json:"by,omitempty"`
}

// states maps the verbs that change a state to the last word of that state.
func state(verb string) string {
	switch verb {
	case created, added:
		return "PENDING"
	case prelaunched:
		return "PRELAUNCH"
	case running:
		return "RUNNING"
	case paused:
		return "PAUSED"
	case userFinished:
		return "USER_FINISHED"
	case finalized:
		return "FINALIZED"
	default:
		return ""
	}
}

func (h happening) status() string {
	word := state(h.Verb)
	switch {
	case word == "":
		return ""
	case h.Part == 0:
		return "SESSION_" + word
	default:
		return "SESSION_PART_" + word
	}
}

// last returns the verb that set the state of the session (num 0) or a part.
func (r *record) last(num int) string {
	for i := len(r.History) - 1; i >= 0; i-- {
		if h := r.History[i]; h.Part == num && state(h.Verb) != "" {
			return h.Verb
		}
	}
	return created
}

func (r *record) state() string { return happening{Verb: r.last(0)}.status() }

func (r *record) partState(num int) string {
	return happening{Verb: r.last(num), Part: num}.status()
}

// add appends to the history; its time never runs backwards.
func (r *record) add(h happening) {
	if n := len(r.History); n > 0 && h.At.Before(r.History[n-1].At) {
		h.At = r.History[n-1].At
	}
	r.History = append(r.History, h)
}

// currentPart is the first part that is not finished, else the last.
func (r *record) currentPart() int {
	current := 1
	for _, p := range r.Parts {
		current = p.Num
		if verb := r.last(p.Num); verb != userFinished && verb != finalized {
			break
		}
	}
	return current
}
