package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Pauses counts how often the worker was paused and resumed, and by whom it is paused now.
type Pauses struct {
	AutoPaused    int         `json:"auto_pause_count,omitempty"`
	ManualPaused  int         `json:"manual_pause_count,omitempty"`
	AutoResumed   int         `json:"auto_resume_count,omitempty"`
	ManualResumed int         `json:"manual_resume_count,omitempty"`
	LastPausedAt  *time.Time  `json:"last_paused_at,omitempty"`
	LastResumedAt *time.Time  `json:"last_resumed_at,omitempty"`
	PausedBy      string      `json:"paused_by,omitempty"`
	Reason        PauseReason `json:"pause_reason,omitempty"`
}

// PauseReason tells what paused or resumed a worker.
type PauseReason string

// The reasons. External is somebody who did it past LCM, in EC2 itself.
const (
	PauseIdle     PauseReason = "idle_timeout"
	PauseManual   PauseReason = "manual"
	PauseExternal PauseReason = "external"
	resumeAuto    PauseReason = "auto"
)

// The events of pauses.
const (
	EventPaused  = "cml_worker.paused.v1"
	EventResumed = "cml_worker.resumed.v1"
)

type paused struct {
	base
	Reason      PauseReason `json:"pause_reason"`
	PausedBy    string      `json:"paused_by,omitempty"`
	PausedAt    time.Time   `json:"paused_at"`
	Auto        int         `json:"auto_pause_count"`
	Manual      int         `json:"manual_pause_count"`
	IdleMinutes *float64    `json:"idle_duration_minutes,omitempty"`
}

type resumed struct {
	base
	Reason        PauseReason `json:"resume_reason"`
	ResumedBy     string      `json:"resumed_by,omitempty"`
	ResumedAt     time.Time   `json:"resumed_at"`
	Auto          int         `json:"auto_resume_count"`
	Manual        int         `json:"manual_resume_count"`
	WasAutoPaused bool        `json:"was_auto_paused"`
}

// Pause stops a running worker until somebody resumes it (worker_not_running, and the codes of Want). What is on its way
// down already is no change.
func (w *Worker) Pause(why PauseReason, force bool, boot time.Duration, act parts.Act) error {
	if w.DesiredStatus == lifecycle.WorkerRunning && w.Status != lifecycle.WorkerRunning && !w.Terminal() {
		return failure.New(failure.Conflict, "worker_not_running", "The worker is %s; only a running one is paused.", w.Status)
	}
	return w.Stop(why, force, boot, act)
}

// Stop wants the worker stopped, whatever it does now. The codes are those of Want.
func (w *Worker) Stop(why PauseReason, force bool, boot time.Duration, act parts.Act) error {
	was := w.DesiredStatus
	if err := w.Want(lifecycle.WorkerStopped, force, boot, act); err != nil {
		return err
	}
	if was != lifecycle.WorkerStopped {
		w.paused(why, act)
	}
	return nil
}

func (w *Worker) paused(why PauseReason, act parts.Act) {
	told := paused{base: base{w.ID}, Reason: why, PausedBy: act.By, PausedAt: act.At}
	if why == PauseIdle {
		w.Pauses.AutoPaused++
		idle := act.At.Sub(w.lastSign()).Minutes()
		told.IdleMinutes = &idle
	} else {
		w.Pauses.ManualPaused++
	}
	w.Pauses.LastPausedAt, w.Pauses.PausedBy, w.Pauses.Reason = &act.At, act.By, why
	w.Activity.TargetPauseAt = nil
	told.Auto, told.Manual = w.Pauses.AutoPaused, w.Pauses.ManualPaused
	w.Raise(EventPaused, told)
	w.refresh(act.At)
}

// Start wants the worker running, after a pause or a drain too (worker_terminated). auto tells that it is needed again,
// not that somebody asked for it. One that is wanted running already is no change.
func (w *Worker) Start(auto bool, act parts.Act) error {
	if w.Status == lifecycle.WorkerDraining {
		return w.CancelDrain(act)
	}
	was := w.DesiredStatus
	if err := w.Want(lifecycle.WorkerRunning, false, 0, act); err != nil {
		return err
	}
	if was == lifecycle.WorkerStopped {
		w.resumed(auto, act)
	}
	return nil
}

func (w *Worker) resumed(auto bool, act parts.Act) {
	told := resumed{base: base{w.ID}, Reason: PauseManual, ResumedBy: act.By, ResumedAt: act.At, WasAutoPaused: w.Pauses.Reason == PauseIdle}
	if auto {
		told.Reason = resumeAuto
		w.Pauses.AutoResumed++
	} else {
		w.Pauses.ManualResumed++
	}
	w.Pauses.LastResumedAt, w.Pauses.PausedBy, w.Pauses.Reason = &act.At, "", ""
	told.Auto, told.Manual = w.Pauses.AutoResumed, w.Pauses.ManualResumed
	w.Raise(EventResumed, told)
	w.refresh(act.At)
}
