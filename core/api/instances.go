package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// CreateInstance books a lab.
type CreateInstance struct {
	Body CreateInstanceBody
}

// CreateInstanceBody gives either a timeslot (start and end) or duration_minutes alone: as soon as possible.
type CreateInstanceBody struct {
	DefinitionID    string     `json:"definition_id" minLength:"1" maxLength:"128"`
	TimeslotStart   *time.Time `json:"timeslot_start,omitempty" doc:"RFC 3339; at most 5 minutes in the past."`
	TimeslotEnd     *time.Time `json:"timeslot_end,omitempty" doc:"RFC 3339; after the start."`
	DurationMinutes *float64   `json:"duration_minutes,omitempty" exclusiveMinimum:"0" maximum:"1440" doc:"As soon as possible, for so long; may be a fraction."`
	ReservationID   string     `json:"reservation_id,omitempty" maxLength:"128" doc:"The booking system's reference; used once."`
	OwnerID         string     `json:"owner_id,omitempty" maxLength:"128" doc:"Admin and manager may book for another person."`
	GroupID         string     `json:"group_id,omitempty" maxLength:"128" doc:"A class: all of a group are booked or none."`
}

// InstanceSummary is an instance in a list.
type InstanceSummary struct {
	ID                string                   `json:"id"`
	DefinitionID      string                   `json:"definition_id"`
	DefinitionName    string                   `json:"definition_name"`
	DefinitionVersion string                   `json:"definition_version"`
	OwnerID           string                   `json:"owner_id"`
	WorkerID          string                   `json:"worker_id,omitempty"`
	Status            lifecycle.InstanceStatus `json:"status"`
	DesiredStatus     lifecycle.InstanceStatus `json:"desired_status"`
	TimeslotStart     *time.Time               `json:"timeslot_start,omitempty"`
	TimeslotEnd       *time.Time               `json:"timeslot_end,omitempty"`
	DurationMinutes   float64                  `json:"duration_minutes"`
	ReservationID     string                   `json:"reservation_id,omitempty"`
	GroupID           string                   `json:"group_id,omitempty"`
	CreatedAt         time.Time                `json:"created_at"`
	IsActive          bool                     `json:"is_active"`
	// IsPendingExecution tells that the candidate's session has not begun yet.
	IsPendingExecution bool `json:"is_pending_execution"`
	IsTerminal         bool `json:"is_terminal"`
}

// Instance is an instance in full. LDSLoginURL is a credential: only owner, manager and admin are answered it.
type Instance struct {
	InstanceSummary
	AllocatedPorts        map[string]int        `json:"allocated_ports"`
	CMLLabID              string                `json:"cml_lab_id,omitempty"`
	StateHistory          []StateTransition     `json:"state_history"`
	LDSSessionID          string                `json:"lds_session_id,omitempty"`
	LDSLoginURL           string                `json:"lds_login_url,omitempty"`
	GradingScore          *GradingScore         `json:"grading_score,omitempty"`
	GradingRulesURI       string                `json:"grading_rules_uri,omitempty"`
	EvidenceURI           string                `json:"evidence_uri,omitempty"`
	Attempt               int                   `json:"attempt"`
	RetryCount            int                   `json:"retry_count"`
	Conditions            []readmodel.Condition `json:"conditions"`
	QueuePosition         int                   `json:"queue_position,omitempty" doc:"Place in the queue, from 1, while the instance waits for a worker."`
	ETA                   *time.Time            `json:"eta,omitempty" doc:"When a place is expected, while the instance waits for one."`
	Finalizers            []readmodel.Finalizer `json:"finalizers"`
	Steps                 []readmodel.Step      `json:"steps"`
	ScheduledAt           *time.Time            `json:"scheduled_at,omitempty"`
	StartedAt             *time.Time            `json:"started_at,omitempty"`
	EndedAt               *time.Time            `json:"ended_at,omitempty"`
	TerminatedAt          *time.Time            `json:"terminated_at,omitempty"`
	UpdatedAt             time.Time             `json:"updated_at"`
	StateVersion          int64                 `json:"state_version"`
	CanBeTerminated       bool                  `json:"can_be_terminated"`
	ActualDurationMinutes *float64              `json:"actual_duration_minutes,omitempty"`
	TransitionCount       int                   `json:"transition_count"`
	LastTransition        *StateTransition      `json:"last_transition,omitempty"`
}

// StateTransition is one line of an instance's history.
type StateTransition struct {
	FromState      *string   `json:"from_state"`
	ToState        string    `json:"to_state"`
	TransitionedAt time.Time `json:"transitioned_at"`
	TriggeredBy    string    `json:"triggered_by"`
	Reason         string    `json:"reason,omitempty"`
}

// GradingScore is a result. Score, MaxScore and Checks repeat the longer names, for reading only.
type GradingScore struct {
	TotalPointsEarned   float64        `json:"total_points_earned"`
	TotalPointsPossible float64        `json:"total_points_possible"`
	Percentage          float64        `json:"percentage"`
	Passed              *bool          `json:"passed,omitempty"`
	CheckResults        []GradingCheck `json:"check_results"`
	GradedAt            time.Time      `json:"graded_at"`
	GradingRulesURI     string         `json:"grading_rules_uri,omitempty"`
	GradingRulesVersion string         `json:"grading_rules_version,omitempty"`
	GraderVersion       string         `json:"grader_version,omitempty"`
	Score               float64        `json:"score"`
	MaxScore            float64        `json:"max_score"`
	Checks              []GradingCheck `json:"checks"`
}

// GradingCheck is the result of one check.
type GradingCheck struct {
	CheckID        string  `json:"check_id"`
	CheckName      string  `json:"check_name"`
	Passed         bool    `json:"passed"`
	PointsEarned   float64 `json:"points_earned"`
	PointsPossible float64 `json:"points_possible"`
	Message        string  `json:"message,omitempty"`
}

// ListInstances filters instances. Callers who are neither admin nor manager see their own.
type ListInstances struct {
	List
	Status            string `query:"status" maxLength:"200" doc:"One status or several with commas between."`
	WorkerID          string `query:"worker_id" maxLength:"128"`
	OwnerID           string `query:"owner_id" maxLength:"128"`
	DefinitionID      string `query:"definition_id" maxLength:"128"`
	GroupID           string `query:"group_id" maxLength:"128"`
	IncludeTerminated bool   `query:"include_terminated"`
	Sort              string `query:"sort" enum:"created_at,timeslot_start,timeslot_end,status" default:"created_at" doc:"What the list is sorted by."`
	Order             string `query:"order" enum:"asc,desc" default:"desc" doc:"Newest, latest or last first, unless asc is asked for."`
}

// ByReservation names an instance by the booking system's reference.
type ByReservation struct {
	ReservationID string `path:"reservation_id" minLength:"1" maxLength:"128"`
}

// TerminateInstance ends an instance, in whatever state it is.
type TerminateInstance struct {
	ID string `path:"id" maxLength:"128"`
	Precondition
	Body *TerminateInstanceBody
}

// TerminateInstanceBody may give a reason.
type TerminateInstanceBody struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// DeleteInstance is TerminateInstance for clients that send no body.
type DeleteInstance struct {
	ID string `path:"id" maxLength:"128"`
	Precondition
	Reason string `query:"reason" maxLength:"500"`
}

// ExtendInstance moves the end of a slot on.
type ExtendInstance struct {
	ID string `path:"id" maxLength:"128"`
	Precondition
	Body ExtendInstanceBody
}

// ExtendInstanceBody gives the new end.
type ExtendInstanceBody struct {
	NewTimeslotEnd time.Time `json:"new_timeslot_end"`
}

const instancesTag = "Lablet instances"

// The public routes of instances.
var (
	RouteCreateInstance = Route[CreateInstance, Instance]{Info{
		ID: "create-lablet-instance", Method: http.MethodPost, Path: "/api/lablet-instances", Tag: instancesTag,
		Summary: "Book a lab", Audience: Public, Success: http.StatusCreated,
		Codes: []string{"definition_not_found", "definition_not_synced", "definition_not_active", "timeslot_missing", "timeslot_end_before_start", "timeslot_in_past", "timeslot_too_far", "timeslot_too_long", "reservation_exists", "owner_not_yours"},
	}}
	RouteListInstances = Route[ListInstances, []InstanceSummary]{Info{
		ID: "list-lablet-instances", Method: http.MethodGet, Path: "/api/lablet-instances", Tag: instancesTag,
		Summary: "List instances", Audience: Public, Codes: []string{"bad_status"},
	}}
	RouteMyInstances = Route[ListInstances, []InstanceSummary]{Info{
		ID: "list-my-lablet-instances", Method: http.MethodGet, Path: "/api/lablet-instances/my", Tag: instancesTag,
		Summary: "List the caller's own instances", Audience: Public, Codes: []string{"bad_status"},
	}}
	RouteInstanceByReservation = Route[ByReservation, Instance]{Info{
		ID: "get-lablet-instance-by-reservation", Method: http.MethodGet, Path: "/api/lablet-instances/by-reservation/{reservation_id}", Tag: instancesTag,
		Summary: "Get an instance by reservation", Audience: Public, Roles: []Role{Admin, Manager}, Owner: true, Codes: []string{"instance_not_found"},
	}}
	RouteGetInstance = Route[ID, Instance]{Info{
		ID: "get-lablet-instance", Method: http.MethodGet, Path: "/api/lablet-instances/{id}", Tag: instancesTag,
		Summary: "Get an instance", Audience: Public, Roles: []Role{Admin, Manager}, Owner: true, Codes: []string{"instance_not_found"},
	}}
	RouteTerminateInstance = Route[TerminateInstance, Instance]{Info{
		ID: "terminate-lablet-instance", Method: http.MethodPost, Path: "/api/lablet-instances/{id}/terminate", Tag: instancesTag,
		Summary: "End an instance", Audience: Public, Roles: []Role{Admin, Manager}, Owner: true,
		Codes: []string{"instance_not_found", "instance_terminated"},
	}}
	RouteDeleteInstance = Route[DeleteInstance, Instance]{Info{
		ID: "delete-lablet-instance", Method: http.MethodDelete, Path: "/api/lablet-instances/{id}", Tag: instancesTag,
		Summary: "End an instance", Audience: Public, Roles: []Role{Admin, Manager}, Owner: true,
		Codes: []string{"instance_not_found", "instance_terminated"},
	}}
	RouteExtendInstance = Route[ExtendInstance, Instance]{Info{
		ID: "extend-lablet-instance", Method: http.MethodPost, Path: "/api/lablet-instances/{id}/extend", Tag: instancesTag,
		Summary: "Move the end of a slot on", Audience: Public, Roles: []Role{Admin, Manager}, Owner: true,
		Codes: []string{"instance_not_found", "instance_terminated", "not_later", "timeslot_too_far", "timeslot_too_long", "timeslot_taken", "placement_changing"},
	}}
)

func instanceRoutes() []Described {
	return []Described{
		RouteCreateInstance, RouteListInstances, RouteMyInstances, RouteInstanceByReservation, RouteGetInstance,
		RouteTerminateInstance, RouteDeleteInstance, RouteExtendInstance, RouteInstanceLabs, RouteBindInstanceLab, RouteUnbindInstanceLab,
	}
}
