package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Slot is the time that was booked. Start and End are nil while an as-soon-as-possible booking waits for a place.
type Slot struct {
	Start *time.Time `json:"start,omitempty"`
	End   *time.Time `json:"end,omitempty"`
	// ASAP tells that each schedule sets the slot anew, Duration long.
	ASAP     bool          `json:"asap,omitempty"`
	Duration time.Duration `json:"duration"`
	// Lead is how long before the start instantiation begins; Max is the most that the definition allows.
	Lead time.Duration `json:"lead"`
	Max  time.Duration `json:"max"`
}

// At gives start and end of a slot that is scheduled at an instant.
func (s Slot) At(now time.Time) (start, end time.Time) {
	if s.ASAP {
		start = now.Add(s.Lead)
		return start, start.Add(s.Duration)
	}
	return *s.Start, *s.End
}

// Window is what has to be booked on a worker for a slot that is scheduled at an instant: lead and margin included.
func (s Slot) Window(now time.Time, margin time.Duration) resource.Window {
	start, end := s.At(now)
	return resource.Window{From: start, Until: end}.Widen(s.Lead, margin)
}

// Over reports whether the slot has an end and it has passed by more than grace.
func (s Slot) Over(now time.Time, grace time.Duration) bool {
	return s.End != nil && now.After(s.End.Add(grace))
}

// Due reports whether instantiation may begin: the start minus lead has come, tolerance allowed.
func (s Slot) Due(now time.Time, tolerance time.Duration) bool {
	return s.Start != nil && !now.Add(tolerance).Before(s.Start.Add(-s.Lead))
}
