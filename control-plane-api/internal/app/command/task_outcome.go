package command

import (
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// WorkerOutcome reads off a worker how far a task on it has come; w is nil when the worker is gone. ok is false for a task
// that somebody reports on instead.
func WorkerOutcome(t *task.Task, w *worker.Worker) (o task.Outcome, ok bool) {
	switch t.Kind {
	case TaskDrain:
		return drainOutcome(w), true
	case TaskRegister:
		return licenseOutcome(t, w, lifecycle.LicenseRegister), true
	case TaskDeregister:
		return licenseOutcome(t, w, lifecycle.LicenseDeregister), true
	case readmodel.TaskDiscoverLabs:
		return lookOutcome(w)
	default:
		return task.Outcome{}, false
	}
}

func drainOutcome(w *worker.Worker) task.Outcome {
	if w == nil {
		return task.Outcome{Status: lifecycle.TaskCompleted, Message: "The worker is gone."}
	}
	switch {
	case w.Status == lifecycle.WorkerDraining:
		left := len(w.Book.HeldByInstances())
		return task.Outcome{Status: lifecycle.TaskInProgress, Progress: 100 / (left + 1), Message: fmt.Sprintf("%d labs are left.", left)}
	case w.Status == lifecycle.WorkerStopping:
		return task.Outcome{Status: lifecycle.TaskInProgress, Progress: 90, Message: "The machine stops."}
	case w.Status == lifecycle.WorkerRunning && w.DesiredStatus == lifecycle.WorkerRunning:
		return task.Outcome{Status: lifecycle.TaskCancelled, Message: "The drain was cancelled."}
	case w.Status == lifecycle.WorkerRunning:
		return task.Outcome{Status: lifecycle.TaskInProgress, Message: "The worker is wanted stopped."}
	default:
		return task.Outcome{Status: lifecycle.TaskCompleted, Message: fmt.Sprintf("The worker is %s.", w.Status)}
	}
}

func licenseOutcome(t *task.Task, w *worker.Worker, op lifecycle.LicenseOperation) task.Outcome {
	failed := func(code, message string) task.Outcome {
		return task.Outcome{Status: lifecycle.TaskFailed, Message: message, Error: &task.Failure{Code: code, Message: message}}
	}
	if w == nil || w.Terminal() {
		return failed("worker_terminated", "The worker is terminated.")
	}
	l := w.License
	switch done := l.Done; {
	case l.PendingOperation == op && l.InProgress:
		return task.Outcome{Status: lifecycle.TaskInProgress, Progress: 50, Message: l.LastError}
	case l.PendingOperation == op:
		return task.Outcome{Status: lifecycle.TaskPending, Message: l.LastError}
	case done == nil || done.Operation != op || done.At.Before(t.CreatedAt):
		return failed("superseded", "Another operation took the place of this one.")
	case done.Cancelled:
		return task.Outcome{Status: lifecycle.TaskCancelled, Message: "The operation was called off."}
	case done.OK:
		return task.Outcome{Status: lifecycle.TaskCompleted, Message: fmt.Sprintf("The licence is %s.", l.Status)}
	default:
		return failed("license_failed", done.Message)
	}
}
