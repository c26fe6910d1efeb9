package lds

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// advance brings a session to where the automatic candidate and the limits of a
// practice lab have it by now. It is a function of stored facts and the clock.
func (r *record) advance(clock *kit.Clock, t Timings) {
	now := clock.Now()
	if at, due := r.loginAt(clock.Rate(), t); due && !at.After(now) {
		_ = r.begin(at) // loginAt says that it is allowed
	}
	if at, by, due := r.finishAt(clock.Rate(), t); due && !at.After(now) {
		_ = r.finish(at, by, "work is over") // finishAt says that it is allowed
	}
}

// loginAt returns when the candidate logs in by himself.
func (r *record) loginAt(rate float64, t Timings) (time.Time, bool) {
	waiting := r.last(0) == created || r.last(0) == prelaunched
	if !t.CandidateAuto || !waiting || r.Launched == nil {
		return time.Time{}, false
	}
	at, ever := later(*r.Launched, ms(t.LoginAfterMS), rate)
	at = latest(at, r.Scheduled)
	at = latest(at, t.AutoSince)
	if t.NotBefore != nil {
		at = latest(at, *t.NotBefore)
	}
	return at, ever
}

// finishAt returns when the work ends by itself and by whom: the candidate or
// the time limit, whichever is first.
func (r *record) finishAt(rate float64, t Timings) (at time.Time, by string, due bool) {
	verb := r.last(0)
	if verb == userFinished || verb == finalized {
		return time.Time{}, "", false
	}
	if r.SlotEnd != nil {
		at, by, due = *r.SlotEnd, "timeout", true
	}
	if verb != running {
		return at, by, due
	}
	since, worked := r.worked()
	sooner := func(work time.Duration, who string) {
		end, ever := later(since.Add(-worked), work, rate)
		if ever && (!due || end.Before(at)) {
			at, by, due = latest(end, since), who, true
		}
	}
	if r.MaxMinutes != nil {
		sooner(time.Duration(*r.MaxMinutes+r.extra())*time.Minute, "timeout")
	}
	if t.CandidateAuto {
		sooner(ms(t.WorkForMS), "user")
		if by == "user" {
			at = latest(at, t.AutoSince)
		}
	}
	return at, by, due
}

// worked returns since when the session runs and the time that it ran before.
func (r *record) worked() (since time.Time, before time.Duration) {
	on := false
	for _, h := range r.History {
		if h.Part != 0 || state(h.Verb) == "" {
			continue
		}
		if on {
			before += h.At.Sub(since)
		}
		on = h.Verb == running
		since = h.At
	}
	return since, before
}

func (r *record) extra() int {
	minutes := 0
	for _, p := range r.Parts {
		minutes += p.Extra
	}
	return minutes
}

// later returns the moment when simulated work begun at since has taken d; at
// rate 0 it never comes.
func later(since time.Time, d time.Duration, rate float64) (time.Time, bool) {
	if rate <= 0 {
		return since, d <= 0
	}
	return since.Add(time.Duration(float64(d) / rate)), true
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
