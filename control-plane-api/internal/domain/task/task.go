// Package task is the aggregate of a long-running request: what was asked for, how far it has come and how it ended. It is
// a record; what is done stays with the aggregates that it is done to.
package task

import (
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Task is the state.
type Task struct {
	aggregate.Root

	// Kind is what is to be done, such as "worker.drain".
	Kind    string  `json:"kind"`
	Title   string  `json:"title"`
	Subject Subject `json:"subject"`
	// Params is what was asked for. Never a secret.
	Params json.RawMessage `json:"params,omitempty"`

	Status lifecycle.TaskStatus `json:"status"`
	// Progress is in percent; Message tells where it stands.
	Progress int             `json:"progress"`
	Message  string          `json:"message,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Error    *Failure        `json:"error,omitempty"`

	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// Subject names what a task is about.
type Subject struct {
	Kind readmodel.Kind `json:"kind,omitempty"`
	ID   string         `json:"id,omitempty"`
}

// Failure says why a task failed, in a stable code and a sentence for people.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// The events of a task.
const (
	EventCreated  = "task.created.v1"
	EventStatus   = "task.status.updated.v1"
	EventProgress = "task.progress.updated.v1"
	EventDeleted  = "task.deleted.v1"
)

type created struct {
	AggregateID string    `json:"aggregate_id"`
	Kind        string    `json:"kind"`
	Title       string    `json:"title"`
	SubjectKind string    `json:"subject_kind,omitempty"`
	SubjectID   string    `json:"subject_id,omitempty"`
	CreatedBy   string    `json:"created_by"`
	CreatedAt   time.Time `json:"created_at"`
}

type statusUpdated struct {
	AggregateID string    `json:"aggregate_id"`
	OldStatus   string    `json:"old_status"`
	NewStatus   string    `json:"new_status"`
	Error       *Failure  `json:"error,omitempty"`
	UpdatedBy   string    `json:"updated_by"`
	UpdatedAt   time.Time `json:"updated_at"`
}

type progressUpdated struct {
	AggregateID string    `json:"aggregate_id"`
	Progress    int       `json:"progress"`
	Message     string    `json:"message,omitempty"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Spec is what a task is made of.
type Spec struct {
	Kind, Title string
	Subject     Subject
	Params      json.RawMessage
}

// New makes a task that waits.
func New(id string, s Spec, act parts.Act) *Task {
	t := &Task{
		Root: aggregate.Root{ID: id}, Kind: s.Kind, Title: s.Title, Subject: s.Subject, Params: s.Params,
		Status: lifecycle.TaskPending, CreatedBy: act.By, CreatedAt: act.At, UpdatedAt: act.At,
	}
	t.Raise(EventCreated, created{
		AggregateID: id, Kind: t.Kind, Title: t.Title, SubjectKind: string(t.Subject.Kind), SubjectID: t.Subject.ID,
		CreatedBy: act.By, CreatedAt: act.At,
	})
	return t
}

// Finished reports whether nothing more comes.
func (t *Task) Finished() bool { return lifecycle.Tasks().Terminal(t.Status) }

// Model is the task's read model.
func (t *Task) Model(version, generation int64) readmodel.Task {
	return readmodel.Task{
		ID: t.ID, Version: version, Generation: generation, Kind: t.Kind, SubjectKind: string(t.Subject.Kind), SubjectID: t.Subject.ID,
		Status: t.Status, Params: t.Params, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
}

func finished(t *Task) error {
	return failure.New(failure.Conflict, "task_finished", "The task is %s already.", t.Status)
}
