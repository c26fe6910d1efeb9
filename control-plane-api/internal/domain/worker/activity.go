package worker

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Activity is what people last did on a worker's CML.
type Activity struct {
	LastAt        *time.Time      `json:"last_activity_at,omitempty"`
	CheckedAt     *time.Time      `json:"last_activity_check_at,omitempty"`
	NextCheckAt   *time.Time      `json:"next_idle_check_at,omitempty"`
	TargetPauseAt *time.Time      `json:"target_pause_at,omitempty"`
	Recent        []ActivityEvent `json:"recent_activity_events,omitempty"`
}

// ActivityEvent is one thing that somebody did, as CML's telemetry tells it. What else the telemetry holds is not kept.
type ActivityEvent struct {
	Category string    `json:"category"`
	At       time.Time `json:"timestamp"`
	UserID   string    `json:"user_id,omitempty"`
}

// EventActivityUpdated tells of activity. It is no reason to reconcile.
const EventActivityUpdated = "cml_worker.activity_updated.v1"

type activityUpdated struct {
	base
	Activity
	UpdatedAt time.Time `json:"updated_at"`
}

// MaxActivityEvents is how many events of a worker are kept at the very most.
const MaxActivityEvents = 100

// SetActivity takes what a look at the telemetry found. The last activity never goes back and is not forgotten; the other
// times are taken as they are. Events are kept newest first, each once, and no more than keep.
func (w *Worker) SetActivity(found Activity, keep int, act parts.Act) {
	next := found
	if next.LastAt == nil || w.Activity.LastAt != nil && w.Activity.LastAt.After(*next.LastAt) {
		next.LastAt = w.Activity.LastAt
	}
	next.Recent = newest(append(slices.Clone(found.Recent), w.Activity.Recent...), min(keep, MaxActivityEvents))
	if sameActivity(w.Activity, next) {
		return
	}
	w.Activity = next
	w.Note(EventActivityUpdated, activityUpdated{base: base{w.ID}, Activity: next, UpdatedAt: act.At})
	w.refresh(act.At)
}

func sameActivity(a, b Activity) bool {
	return parts.SameTime(a.LastAt, b.LastAt) && parts.SameTime(a.CheckedAt, b.CheckedAt) && parts.SameTime(a.NextCheckAt, b.NextCheckAt) &&
		parts.SameTime(a.TargetPauseAt, b.TargetPauseAt) && slices.EqualFunc(a.Recent, b.Recent, sameEvent)
}

func sameEvent(a, b ActivityEvent) bool {
	return a.Category == b.Category && a.UserID == b.UserID && a.At.Equal(b.At)
}

// newest gives the latest events, each once, newest first.
func newest(events []ActivityEvent, most int) []ActivityEvent {
	slices.SortStableFunc(events, func(a, b ActivityEvent) int { return b.At.Compare(a.At) })
	kept := make([]ActivityEvent, 0, min(most, len(events)))
	for _, e := range events {
		if len(kept) == most {
			break
		}
		if !slices.ContainsFunc(kept, func(k ActivityEvent) bool { return sameEvent(k, e) }) {
			kept = append(kept, e)
		}
	}
	return kept
}
