package task

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) parts.Act { return parts.Act{By: "ann", At: noon.Add(d)} }

// stored is a task as it is after it was stored, in a status.
func stored(status lifecycle.TaskStatus) *Task {
	t := New("t1", Spec{Kind: "worker.drain", Title: "Drain one", Subject: Subject{Kind: readmodel.KindWorker, ID: "w1"}, Params: json.RawMessage(`{"a":1}`)}, at(0))
	t.Root = aggregate.Root{ID: t.ID}
	t.Status = status
	return t
}

func told(t *Task) []string {
	var names []string
	events, _, _ := t.Changes()
	for _, e := range events {
		names = append(names, e.Type)
	}
	return names
}

func TestNew(t *testing.T) {
	made := New("t1", Spec{Kind: "worker.drain", Title: "Drain one"}, at(0))
	require.Equal(t, lifecycle.TaskPending, made.Status)
	require.Equal(t, "ann", made.CreatedBy)
	require.Equal(t, noon, made.CreatedAt)
	require.Equal(t, []string{EventCreated}, told(made))
}

func TestEveryMove(t *testing.T) {
	for _, from := range lifecycle.Tasks().Statuses() {
		for _, to := range lifecycle.Tasks().Statuses() {
			task := stored(from)
			err := task.Take(Outcome{Status: to, Progress: 30, Message: "m"}, at(time.Minute))
			switch {
			case lifecycle.Tasks().Allows(from, to):
				require.NoError(t, err, "%s to %s", from, to)
				require.Equal(t, to, task.Status)
				require.Equal(t, []string{EventStatus}, told(task))
				require.Equal(t, lifecycle.Tasks().Terminal(to), task.FinishedAt != nil)
			case lifecycle.Tasks().Terminal(from) && from != to:
				require.Equal(t, "task_finished", failure.CodeOf(err), "%s to %s", from, to)
				require.Empty(t, told(task))
			case lifecycle.Tasks().Terminal(from):
				require.NoError(t, err, "the same again")
				require.Empty(t, told(task))
			default:
				require.NoError(t, err)
				require.Equal(t, from, task.Status, "a late word of an earlier state does not turn it back")
				require.Equal(t, []string{EventProgress}, told(task))
			}
		}
	}
}

func TestProgressNeverGoesBackAndIsFullOnlyWhenDone(t *testing.T) {
	task := stored(lifecycle.TaskInProgress)
	require.NoError(t, task.Take(Outcome{Status: lifecycle.TaskInProgress, Progress: 60, Message: "two of three"}, at(1)))
	require.NoError(t, task.Take(Outcome{Status: lifecycle.TaskInProgress, Progress: 10}, at(2)))
	require.Equal(t, 60, task.Progress)
	require.Equal(t, "two of three", task.Message)
	require.Len(t, told(task), 1, "nothing new is no change")
	require.NoError(t, task.Take(Outcome{Status: lifecycle.TaskInProgress, Progress: 100, Result: json.RawMessage(`{"n":1}`)}, at(3)))
	require.Equal(t, 99, task.Progress)
	require.NoError(t, task.Take(Outcome{Status: lifecycle.TaskCompleted, Result: json.RawMessage(`{"n":2}`)}, at(4)))
	require.Equal(t, 100, task.Progress)
	require.JSONEq(t, `{"n":2}`, string(task.Result))
}

func TestCancel(t *testing.T) {
	task := stored(lifecycle.TaskInProgress)
	require.NoError(t, task.Cancel(at(1).Because("changed my mind")))
	require.Equal(t, lifecycle.TaskCancelled, task.Status)
	require.Equal(t, "Cancelled: changed my mind", task.Message)
	require.NoError(t, task.Cancel(at(2)))
	require.Equal(t, "task_finished", failure.CodeOf(stored(lifecycle.TaskCompleted).Cancel(at(1))))
}

func TestModel(t *testing.T) {
	m := stored(lifecycle.TaskPending).Model(3, 2)
	require.Equal(t, readmodel.Task{
		ID: "t1", Version: 3, Generation: 2, Kind: "worker.drain", SubjectKind: "workers", SubjectID: "w1", Status: lifecycle.TaskPending,
		Params: json.RawMessage(`{"a":1}`), CreatedBy: "ann", CreatedAt: noon, UpdatedAt: noon,
	}, m)
}
