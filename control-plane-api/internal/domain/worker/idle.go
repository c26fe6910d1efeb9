package worker

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// IdlePolicy says when a worker counts as idle and what follows.
type IdlePolicy struct {
	// Enabled switches the detection for all workers, AutoPause what follows from it.
	Enabled, AutoPause bool
	// Timeout is how long nobody has to have done anything; Snooze is how long a resumed worker is left alone.
	Timeout, Snooze time.Duration
	// CheckEvery is the time to the next check; Boot the time that a worker takes to start.
	CheckEvery, Boot time.Duration
	// Categories are the telemetry that counts as somebody's activity; Excluded are the users whose does not.
	Categories []string
	Excluded   *regexp.Regexp
	// Keep is how many of its events are kept.
	Keep int
}

// Relevant gives the telemetry that counts, newest first, no more than is kept.
func (p IdlePolicy) Relevant(events []ActivityEvent) []ActivityEvent {
	var relevant []ActivityEvent
	for _, e := range events {
		excluded := p.Excluded != nil && e.UserID != "" && p.Excluded.MatchString(e.UserID)
		if slices.Contains(p.Categories, e.Category) && !excluded {
			relevant = append(relevant, e)
		}
	}
	return newest(relevant, min(p.Keep, MaxActivityEvents))
}

// Idle is how idle a worker is at an instant.
type Idle struct {
	IsIdle bool
	// For is how long nobody has done anything.
	For         time.Duration
	InSnooze    bool
	SnoozeUntil *time.Time
	// Eligible tells that the worker may be paused for it; Reason says why not.
	Eligible bool
	Reason   string
}

// Idle judges the worker. It is eligible for a pause only when no lab of an instance is held on it and none begins before
// it could be up again: nobody's session is disturbed because CML's telemetry is silent.
func (w *Worker) Idle(p IdlePolicy, now time.Time) Idle {
	idle := Idle{For: max(0, now.Sub(w.lastSign()))}
	idle.IsIdle = idle.For >= p.Timeout
	if resumed := w.Pauses.LastResumedAt; resumed != nil {
		if until := resumed.Add(p.Snooze); now.Before(until) {
			idle.InSnooze, idle.SnoozeUntil = true, &until
		}
	}
	idle.Reason = w.keptUp(idle, p, now)
	idle.Eligible = idle.Reason == ""
	return idle
}

// CheckActivity takes what CML's telemetry tells, and when it is looked at next.
func (w *Worker) CheckActivity(telemetry []ActivityEvent, p IdlePolicy, act parts.Act) {
	next := act.At.Add(p.CheckEvery)
	found := Activity{Recent: p.Relevant(telemetry), CheckedAt: &act.At, NextCheckAt: &next}
	if len(found.Recent) > 0 {
		// A clock on the machine that is ahead must not keep the worker up.
		last := found.Recent[0].At.UTC()
		if last.After(act.At) {
			last = act.At
		}
		found.LastAt = &last
	}
	sign := w.lastSign()
	if had := w.Activity.LastAt; found.LastAt != nil && (had == nil || found.LastAt.After(*had)) {
		sign = *found.LastAt
	}
	if target := sign.Add(p.Timeout); p.Enabled && !w.IdleDetectionOff {
		found.TargetPauseAt = &target
	}
	w.SetActivity(found, p.Keep, act)
}

// lastSign is when somebody last did something, or the worker last came up.
func (w *Worker) lastSign() time.Time {
	switch {
	case w.Activity.LastAt != nil:
		return *w.Activity.LastAt
	case w.Pauses.LastResumedAt != nil:
		return *w.Pauses.LastResumedAt
	default:
		return w.CreatedAt
	}
}

func (w *Worker) keptUp(idle Idle, p IdlePolicy, now time.Time) string {
	switch inUse := w.InUse(now, p.Boot); {
	case !p.Enabled:
		return "idle detection is switched off"
	case w.IdleDetectionOff:
		return "idle detection is switched off for the worker"
	case w.Status != lifecycle.WorkerRunning:
		return fmt.Sprintf("the worker is %s", w.Status)
	case w.DesiredStatus != lifecycle.WorkerRunning:
		return fmt.Sprintf("the worker is wanted %s", w.DesiredStatus)
	case inUse != "":
		return inUse
	case idle.InSnooze:
		return "the worker was resumed not long ago"
	case !idle.IsIdle:
		return "somebody was active not long ago"
	default:
		return ""
	}
}

// EventIdleDetection tells that the detection was switched for the worker.
const EventIdleDetection = "cml_worker.idle_detection_toggled.v1"

type idleDetectionToggled struct {
	base
	IsEnabled bool      `json:"is_enabled"`
	ToggledBy string    `json:"toggled_by,omitempty"`
	ToggledAt time.Time `json:"toggled_at"`
}

// SetIdleDetection switches the detection for the worker (worker_terminated).
func (w *Worker) SetIdleDetection(on bool, act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	if w.IdleDetectionOff == !on {
		return nil
	}
	w.IdleDetectionOff = !on
	w.Raise(EventIdleDetection, idleDetectionToggled{base: base{w.ID}, IsEnabled: on, ToggledBy: act.By, ToggledAt: act.At})
	w.refresh(act.At)
	return nil
}
