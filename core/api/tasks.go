package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Task is a long-running request: what was asked for, how far it has come, how it ended.
type Task struct {
	ID          string               `json:"id"`
	Kind        string               `json:"kind" example:"worker.drain"`
	Title       string               `json:"title"`
	SubjectKind string               `json:"subject_kind,omitempty" example:"workers"`
	SubjectID   string               `json:"subject_id,omitempty"`
	Status      lifecycle.TaskStatus `json:"status" enum:"pending,in_progress,completed,failed,cancelled"`
	Progress    int                  `json:"progress" minimum:"0" maximum:"100"`
	Message     string               `json:"message,omitempty"`
	Params      any                  `json:"params,omitempty"`
	Result      any                  `json:"result,omitempty"`
	Error       *TaskError           `json:"error,omitempty"`
	CreatedBy   string               `json:"created_by"`
	CreatedAt   time.Time            `json:"created_at"`
	UpdatedAt   time.Time            `json:"updated_at"`
	FinishedAt  *time.Time           `json:"finished_at,omitempty"`
}

// TaskError says why a task failed.
type TaskError struct {
	Code    string `json:"code" minLength:"1" maxLength:"64"`
	Message string `json:"message" maxLength:"1000"`
}

// ListTasks filters tasks: one's own, or all for managers and admins.
type ListTasks struct {
	List
	Status    string `query:"status" maxLength:"200" doc:"Statuses with commas between."`
	Kind      string `query:"kind" maxLength:"64"`
	SubjectID string `query:"subject_id" maxLength:"128"`
	CreatedBy string `query:"created_by" maxLength:"256" doc:"Only for managers and admins."`
	Sort      string `query:"sort" enum:"created_at,status,kind" default:"created_at" doc:"What the list is sorted by."`
	Order     string `query:"order" enum:"asc,desc" default:"desc" doc:"Newest or last first, unless asc is asked for."`
}

// CancelTask gives a task up, where that is possible.
type CancelTask struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body *Why
}

// ReportTask tells how far a task has come.
type ReportTask struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body ReportTaskBody
}

// ReportTaskBody is what a controller knows of a task.
type ReportTaskBody struct {
	Status   string          `json:"status" enum:"in_progress,completed,failed"`
	Progress int             `json:"progress,omitempty" minimum:"0" maximum:"100"`
	Message  string          `json:"message,omitempty" maxLength:"500"`
	Result   json.RawMessage `json:"result,omitempty" doc:"What came of it; never a secret."`
	Error    *TaskError      `json:"error,omitempty"`
}

// ListTaskModels filters tasks for controllers; without a status those that are not finished.
type ListTaskModels struct {
	ModelList
	Status string `query:"status" maxLength:"200"`
	Kind   string `query:"kind" maxLength:"64"`
}

// The routes of tasks.
var (
	RouteListTasks = Route[ListTasks, []Task]{Info{
		ID: "list-tasks", Method: http.MethodGet, Path: "/api/tasks", Tag: "Tasks", Summary: "List long-running requests, newest first", Audience: Public, Codes: []string{"bad_status"},
	}}
	RouteGetTask = Route[ID, Task]{Info{
		ID: "get-task", Method: http.MethodGet, Path: "/api/tasks/{id}", Tag: "Tasks", Summary: "Get a long-running request", Audience: Public,
		Roles: []Role{Admin, Manager}, Owner: true, Codes: []string{"task_not_found"},
	}}
	RouteCancelTask = Route[CancelTask, Task]{Info{
		ID: "cancel-task", Method: http.MethodPost, Path: "/api/tasks/{id}/cancel", Tag: "Tasks", Summary: "Give a long-running request up", Audience: Public,
		Roles: admins(), Owner: true, Codes: []string{"task_not_found", "task_finished", "task_not_cancellable"},
	}}
	RouteTaskModels = Route[ListTaskModels, []readmodel.Task]{Info{
		ID: "list-task-models", Method: http.MethodGet, Path: "/api/internal/tasks", Tag: "Internal", Summary: "List tasks' read models", Audience: Internal, Codes: []string{"bad_status"},
	}}
	RouteTaskModel = Route[ID, readmodel.Task]{Info{
		ID: "get-task-model", Method: http.MethodGet, Path: "/api/internal/tasks/{id}", Tag: "Internal", Summary: "Get a task's read model", Audience: Internal, Codes: []string{"task_not_found"},
	}}
	RouteReportTask = Route[ReportTask, Ack]{Info{
		ID: "report-task", Method: http.MethodPost, Path: "/api/internal/tasks/{id}/progress", Tag: "Internal", Summary: "Report how far a task has come",
		Audience: Internal, NeedsTerm: true, Codes: []string{"task_not_found", "task_finished"},
	}}
)

func taskRoutes() []Described {
	return []Described{RouteListTasks, RouteGetTask, RouteCancelTask, RouteTaskModels, RouteTaskModel, RouteReportTask}
}
