package ec2

import (
	"errors"
	"time"
)

// Timings are simulated durations (they pass Clock.Rate times as fast).
type Timings struct {
	// Boot is pending to running, Stop is stopping to stopped and Terminate is
	// shutting-down to terminated.
	Boot, Stop, Terminate time.Duration
	// Checks is how long the status checks of a running instance initialize.
	Checks time.Duration
	// Visible is how long a new instance is not found yet, as EC2 is eventually
	// consistent.
	Visible time.Duration
}

// DefaultTimings are near to those of a virtual instance on EC2, which is
// consistent at once.
func DefaultTimings() Timings {
	return Timings{Boot: 30 * time.Second, Stop: 20 * time.Second, Terminate: 20 * time.Second, Checks: time.Minute}
}

// timingsDoc is the JSON form; absent fields stay as they are.
type timingsDoc struct {
	BootMS      *int64 `json:"boot_ms,omitempty"`
	StopMS      *int64 `json:"stop_ms,omitempty"`
	TerminateMS *int64 `json:"terminate_ms,omitempty"`
	ChecksMS    *int64 `json:"checks_ms,omitempty"`
	VisibleMS   *int64 `json:"visible_ms,omitempty"`
}

func (t Timings) doc() timingsDoc {
	ms := func(d time.Duration) *int64 { v := d.Milliseconds(); return &v }
	return timingsDoc{ms(t.Boot), ms(t.Stop), ms(t.Terminate), ms(t.Checks), ms(t.Visible)}
}

func (d timingsDoc) onto(t Timings) (Timings, error) {
	fields := []struct {
		ms   *int64
		into *time.Duration
	}{
		{d.BootMS, &t.Boot}, {d.StopMS, &t.Stop}, {d.TerminateMS, &t.Terminate},
		{d.ChecksMS, &t.Checks}, {d.VisibleMS, &t.Visible},
	}
	for _, f := range fields {
		if f.ms == nil {
			continue
		}
		if *f.ms < 0 {
			return t, errors.New("timings must not be negative")
		}
		*f.into = time.Duration(*f.ms) * time.Millisecond
	}
	return t, nil
}
