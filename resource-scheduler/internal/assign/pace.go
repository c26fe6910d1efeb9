package assign

import "time"

const (
	// rush is how many bookings a run must have made for the next one to wait for more.
	rush = 8
	// longestRest bounds how long what has just come waits for the next run.
	longestRest = 250 * time.Millisecond
)

// pace lets a run that booked many be followed by a rest as long as the run was. What comes meanwhile is placed by the next
// run together: a call books on a worker in one write, whose cost grows with the worker's book and hardly with what is added.
// So a rush is booked in few large writes instead of many small ones, and a lone booking waits for nothing.
type pace struct {
	until time.Time
}

// left is how long there is still to rest; not positive when the rest is over.
func (p *pace) left(now time.Time) time.Duration { return p.until.Sub(now) }

// ran tells of a run and how many it booked.
func (p *pace) ran(booked int, began, now time.Time) {
	if booked >= rush {
		p.until = now.Add(min(now.Sub(began), longestRest))
	}
}
