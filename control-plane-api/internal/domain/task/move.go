package task

import (
	"bytes"
	"encoding/json"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Outcome is how far a task has come. Progress counts while it is in progress, Result when it is completed, Error when it
// has failed.
type Outcome struct {
	Status   lifecycle.TaskStatus
	Progress int
	Message  string
	Result   json.RawMessage
	Error    *Failure
}

// Take brings the task to an outcome. A finished task refuses another one (task_finished); the same one again is no change.
func (t *Task) Take(o Outcome, act parts.Act) error {
	if t.Finished() {
		if o.Status == t.Status {
			return nil
		}
		return finished(t)
	}
	if o.Status == t.Status || !lifecycle.Tasks().Allows(t.Status, o.Status) {
		t.progress(o, act)
		return nil
	}
	old := t.Status
	t.Status, t.UpdatedAt = o.Status, act.At
	t.Message, t.Error, t.Result = o.Message, o.Error, o.Result
	t.Progress = max(t.Progress, min(o.Progress, almost))
	if t.Finished() {
		t.FinishedAt = &act.At
	}
	if t.Status == lifecycle.TaskCompleted {
		t.Progress = done
	}
	t.Raise(EventStatus, statusUpdated{
		AggregateID: t.ID, OldStatus: string(old), NewStatus: string(t.Status), Error: t.Error, UpdatedBy: act.By, UpdatedAt: act.At,
	})
	return nil
}

const (
	// almost is the most that a task shows that is not completed.
	almost = 99
	done   = 100
)

// progress takes what changed without a move; it never goes back.
func (t *Task) progress(o Outcome, act parts.Act) {
	percent := max(t.Progress, min(o.Progress, almost))
	if percent == t.Progress && (o.Message == "" || o.Message == t.Message) && (o.Result == nil || bytes.Equal(o.Result, t.Result)) {
		return
	}
	t.Progress, t.UpdatedAt = percent, act.At
	if o.Message != "" {
		t.Message = o.Message
	}
	if o.Result != nil {
		t.Result = o.Result
	}
	t.Note(EventProgress, progressUpdated{AggregateID: t.ID, Progress: percent, Message: t.Message, UpdatedAt: act.At})
}

// Cancel gives the task up (task_finished). Cancelling again is no change.
func (t *Task) Cancel(act parts.Act) error {
	message := "Cancelled."
	if act.Reason != "" {
		message = "Cancelled: " + act.Reason
	}
	return t.Take(Outcome{Status: lifecycle.TaskCancelled, Message: message}, act)
}

// Delete tells of the end of a finished task's document, before it goes (task_not_finished).
func (t *Task) Delete(act parts.Act) error {
	if !t.Finished() {
		return failure.New(failure.Conflict, "task_not_finished", "The task is %s.", t.Status)
	}
	t.Raise(EventDeleted, progressUpdated{AggregateID: t.ID, Progress: t.Progress, Message: t.Message, UpdatedAt: act.At})
	return nil
}
