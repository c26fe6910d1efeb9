package resource

import "time"

// Window is a span of time, From included, Until not. A zero Until is open-ended.
type Window struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Open reports whether the window has no end.
func (w Window) Open() bool { return w.Until.IsZero() }

// Contains reports whether an instant lies in the window.
func (w Window) Contains(at time.Time) bool {
	return !at.Before(w.From) && (w.Open() || at.Before(w.Until))
}

// Overlaps reports whether two windows share an instant.
func (w Window) Overlaps(o Window) bool {
	return (w.Open() || o.From.Before(w.Until)) && (o.Open() || w.From.Before(o.Until))
}

// Widen moves the start back by lead and the end on by margin.
func (w Window) Widen(lead, margin time.Duration) Window {
	wide := Window{From: w.From.Add(-lead)}
	if !w.Open() {
		wide.Until = w.Until.Add(margin)
	}
	return wide
}
