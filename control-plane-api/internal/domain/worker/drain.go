package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The events of a drain besides the moves of the status.
const (
	EventDrainStarted   = "cml_worker.drain.started.v1"
	EventDrainCancelled = "cml_worker.drain.cancelled.v1"
	EventDrainForced    = "cml_worker.drain.forced.v1"
)

type drainEvent struct {
	base
	Reason string     `json:"reason,omitempty"`
	By     string     `json:"by"`
	Until  *time.Time `json:"drain_until,omitempty"`
	Labs   int        `json:"labs"`
	At     time.Time  `json:"at"`
}

// DefaultDrainTimeout is how long a drain waits where no template says so.
const DefaultDrainTimeout = 4 * time.Hour

// Drain takes no new labs and has the worker stopped when the last one has gone, or when the template's hours are over.
// Only a running worker is drained (worker_not_running, worker_terminated); draining again is no change.
func (w *Worker) Drain(act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	if w.Status == lifecycle.WorkerDraining {
		return nil
	}
	if w.Status != lifecycle.WorkerRunning {
		return failure.New(failure.Conflict, "worker_not_running", "The worker is %s; only a running one is drained.", w.Status)
	}
	w.move(lifecycle.WorkerDraining, act)
	until := act.At.Add(w.drainTimeout())
	w.DrainUntil = &until
	w.desire(lifecycle.WorkerStopped, false, act)
	w.Raise(EventDrainStarted, w.drainTold(act))
	w.refresh(act.At)
	return nil
}

// CancelDrain takes labs again (worker_not_draining, worker_terminated). A drain that has been forced is over.
func (w *Worker) CancelDrain(act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	if w.Status != lifecycle.WorkerDraining || w.Forced {
		return failure.New(failure.Conflict, "worker_not_draining", "The worker is %s; there is no drain to cancel.", w.Status)
	}
	told := w.drainTold(act)
	w.move(lifecycle.WorkerRunning, act)
	w.desire(lifecycle.WorkerRunning, false, act)
	w.Raise(EventDrainCancelled, told)
	w.refresh(act.At)
	return nil
}

// DrainOverdue reports whether a drain has waited for as long as it may.
func (w *Worker) DrainOverdue(now time.Time) bool {
	return w.Status == lifecycle.WorkerDraining && !w.Forced && w.DrainUntil != nil && !now.Before(*w.DrainUntil)
}

// ForceDrain ends the wait of a drain that is overdue: the worker is stopped under the labs that are left. Without labs,
// or before its time, it is no change.
func (w *Worker) ForceDrain(act parts.Act) {
	if !w.DrainOverdue(act.At) || len(w.Book.HeldByInstances()) == 0 {
		return
	}
	w.Forced = true
	w.Raise(EventDrainForced, w.drainTold(act))
	w.refresh(act.At)
}

func (w *Worker) drainTold(act parts.Act) drainEvent {
	return drainEvent{
		base: base{w.ID}, Reason: act.Reason, By: act.By, Until: w.DrainUntil, Labs: len(w.Book.HeldByInstances()), At: act.At,
	}
}

func (w *Worker) drainTimeout() time.Duration {
	if w.DrainTimeoutHours <= 0 {
		return DefaultDrainTimeout
	}
	return time.Duration(w.DrainTimeoutHours * float64(time.Hour))
}
