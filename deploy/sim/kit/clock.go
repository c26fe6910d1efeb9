package kit

import (
	"math"
	"sync"
	"time"
)

// MaxRate is the fastest rate a Clock accepts.
const MaxRate = 1_000_000

// ClockState is what a Clock keeps over a restart.
type ClockState struct {
	// Rate is how many times faster than real time simulated work runs.
	Rate float64 `json:"rate"`
	// OffsetMS is added to the wall clock, in milliseconds.
	OffsetMS int64 `json:"offset_ms"`
}

// Clock is simulated time. Time stamps shown to clients are Now; the progress
// of simulated work is Elapsed, which runs Rate times as fast. It is safe for
// concurrent use.
type Clock struct {
	mu     sync.RWMutex
	rate   float64
	offset time.Duration
	keep   func(ClockState)
}

// NewClock returns a clock at rate 1 that shows the wall clock.
func NewClock() *Clock { return &Clock{rate: 1} }

// Now returns the wall clock plus the offset, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return time.Now().UTC().Add(c.offset)
}

// Elapsed returns the simulated work time since a time stamp of this clock:
// (Now - since) x rate, never negative. A result beyond the range of
// time.Duration is capped.
func (c *Clock) Elapsed(since time.Time) time.Duration {
	passed := c.Now().Sub(since)
	if passed <= 0 {
		return 0
	}
	scaled := float64(passed) * c.Rate()
	if scaled >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(scaled)
}

// Rate returns the present rate.
func (c *Clock) Rate() float64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.rate
}

// SetRate changes the rate; work begun earlier is measured at the new rate too.
// A rate that is not a number in 0..MaxRate is ignored.
func (c *Clock) SetRate(rate float64) {
	if !ValidRate(rate) {
		return
	}
	c.change(func() { c.rate = rate })
}

// Advance moves the clock forward by d (backward when negative), as a jump of
// the wall clock does.
func (c *Clock) Advance(d time.Duration) {
	c.change(func() { c.offset += d })
}

// ValidRate tells whether SetRate accepts the rate.
func ValidRate(rate float64) bool { return rate >= 0 && rate <= MaxRate }

// State returns the settings to keep.
func (c *Clock) State() ClockState {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.state()
}

func (c *Clock) state() ClockState {
	return ClockState{Rate: c.rate, OffsetMS: c.offset.Milliseconds()}
}

func (c *Clock) setOffset(d time.Duration) {
	c.change(func() { c.offset = d })
}

func (c *Clock) change(edit func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	edit()
	if c.keep != nil {
		c.keep(c.state())
	}
}
