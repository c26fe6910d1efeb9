package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The events of a refresh of a worker's data.
const (
	EventRefreshRequested = "cml_worker.data_refresh.requested.v1"
	EventRefreshSkipped   = "cml_worker.data_refresh.skipped.v1"
	EventRefreshCompleted = "cml_worker.data_refresh.completed.v1"
)

type refreshRequested struct {
	base
	WorkerID    string    `json:"worker_id"`
	RequestedAt time.Time `json:"requested_at"`
	RequestedBy string    `json:"requested_by,omitempty"`
}

type refreshSkipped struct {
	base
	WorkerID  string    `json:"worker_id"`
	Reason    string    `json:"reason"`
	SkippedAt time.Time `json:"skipped_at"`
}

type refreshCompleted struct {
	base
	WorkerID    string    `json:"worker_id"`
	CompletedAt time.Time `json:"completed_at"`
	RefreshType string    `json:"refresh_type"`
}

// The reasons why a refresh is skipped.
const (
	SkipNotRunning       = "not_running"
	SkipAlreadyScheduled = "already_scheduled"
	SkipRateLimited      = "rate_limited"
	SkipImminent         = "background_job_imminent"
)

// refreshLost is how long an unanswered request keeps others from being made.
const refreshLost = 5 * time.Minute

// RequestRefresh asks for fresh data at once. Why it is skipped is answered, empty where it is not: the worker is not
// running, a request is under way, or fresh data have just come, or come within soon without being asked for.
func (w *Worker) RequestRefresh(minInterval, soon time.Duration, nextAt *time.Time, act parts.Act) (skipped string) {
	switch {
	case w.Status != lifecycle.WorkerRunning && w.Status != lifecycle.WorkerDraining:
		skipped = SkipNotRunning
	case w.RefreshRequestedAt != nil && act.At.Sub(*w.RefreshRequestedAt) < refreshLost:
		return SkipAlreadyScheduled
	case w.CML.SeenAt != nil && act.At.Sub(*w.CML.SeenAt) < minInterval:
		return SkipRateLimited
	case nextAt != nil && nextAt.After(act.At) && nextAt.Sub(act.At) < soon:
		return SkipImminent
	}
	if skipped != "" {
		w.Note(EventRefreshSkipped, refreshSkipped{base: base{w.ID}, WorkerID: w.ID, Reason: skipped, SkippedAt: act.At})
		w.refresh(act.At)
		return skipped
	}
	w.RefreshRequestedAt = &act.At
	w.Raise(EventRefreshRequested, refreshRequested{base: base{w.ID}, WorkerID: w.ID, RequestedAt: act.At, RequestedBy: act.By})
	w.refresh(act.At)
	return ""
}

// refreshed ends a request that data collected at an instant answer. Without a time the data are of now.
func (w *Worker) refreshed(collectedAt time.Time, act parts.Act) bool {
	if w.RefreshRequestedAt == nil || !collectedAt.IsZero() && collectedAt.Before(*w.RefreshRequestedAt) {
		return false
	}
	w.RefreshRequestedAt = nil
	w.Note(EventRefreshCompleted, refreshCompleted{base: base{w.ID}, WorkerID: w.ID, CompletedAt: act.At, RefreshType: "on_demand"})
	return true
}

// Refreshed ends a request for fresh data that figures collected at an instant answer.
func (w *Worker) Refreshed(collectedAt time.Time, act parts.Act) {
	if w.refreshed(collectedAt, act) {
		w.refresh(act.At)
	}
}
