package readmodel

import (
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// KindTask is the kind of tasks. They are projected so that the controller which has to do something sees it at once.
const KindTask Kind = "tasks"

// Task is the read model of a long-running request.
type Task struct {
	ID         string `json:"id"`
	Version    int64  `json:"version"`
	Generation int64  `json:"generation"`
	// Kind is what is to be done, such as "worker.import".
	Kind string `json:"kind"`
	// SubjectKind and SubjectID name what it is done to; both empty where that does not exist yet.
	SubjectKind string               `json:"subject_kind,omitempty"`
	SubjectID   string               `json:"subject_id,omitempty"`
	Status      lifecycle.TaskStatus `json:"status"`
	// Params is what was asked for, as the kind has it. Never a secret.
	Params    json.RawMessage `json:"params,omitempty"`
	CreatedBy string          `json:"created_by,omitempty"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// TaskImportWorkers asks worker-controller to look for machines and to hand what it finds to the bulk import.
const TaskImportWorkers = "worker.import"

// TaskDiscoverLabs asks lablet-controller to look which labs the worker that is the task's subject has, and to report them to the
// discovery of lab records. A whole report that began after the request completes the task.
const TaskDiscoverLabs = "worker.labs.discover"

// ImportCriteria are the params of a task of the kind TaskImportWorkers. One of the last four says what to import.
type ImportCriteria struct {
	AWSRegion string `json:"aws_region"`
	// Name is what the worker is called; only with AWSInstanceID.
	Name          string `json:"name,omitempty"`
	AWSInstanceID string `json:"aws_instance_id,omitempty"`
	AMIID         string `json:"ami_id,omitempty"`
	AMIName       string `json:"ami_name,omitempty"`
	// ImportAll takes every machine that runs an image of discovery's pattern.
	ImportAll bool `json:"import_all,omitempty"`
}
