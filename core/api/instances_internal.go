package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Ack is the answer of an internal command: where the aggregate stands after it. Repeats get the same Ack form with the
// aggregate as it is now.
type Ack struct {
	ID             string         `json:"id"`
	PreviousStatus string         `json:"previous_status"`
	CurrentStatus  string         `json:"current_status"`
	Version        int64          `json:"version"`
	Generation     int64          `json:"generation"`
	Attempt        int            `json:"attempt,omitempty"`
	AllocatedPorts []booking.Port `json:"allocated_ports,omitempty"`
	// Changed is false when the effect was there already.
	Changed bool `json:"changed"`
}

// ModelQuery filters a list of read models.
type ModelQuery struct {
	ModelList
	Status            string `query:"status" maxLength:"200"`
	WorkerID          string `query:"worker_id" maxLength:"128"`
	IncludeTerminated bool   `query:"include_terminated"`
}

// InstanceModelQuery filters instances' read models.
type InstanceModelQuery struct {
	ModelQuery
	DefinitionID string `query:"definition_id" maxLength:"128"`
}

// Schedule places instances on one worker: booked in one write, then each is moved. Each has its own outcome.
type Schedule struct {
	WorkerID string `path:"id" maxLength:"128"`
	Body     ScheduleBody
}

// ScheduleBody lists the instances with the generation that the scheduler decided on.
type ScheduleBody struct {
	ScheduledBy string         `json:"scheduled_by" maxLength:"128"`
	Instances   []ScheduleItem `json:"instances" minItems:"1" maxItems:"500"`
}

// ScheduleItem is one instance of a Schedule.
type ScheduleItem struct {
	InstanceID string `json:"instance_id" maxLength:"128"`
	Generation int64  `json:"generation" minimum:"1"`
}

// ScheduleOutcome is what became of one instance of a Schedule: Code is empty when it is scheduled.
type ScheduleOutcome struct {
	InstanceID string `json:"instance_id"`
	Ack        *Ack   `json:"ack,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message,omitempty"`
}

// ScheduleResult lists the outcomes in the order of the request.
type ScheduleResult struct {
	Outcomes []ScheduleOutcome `json:"outcomes"`
}

// StartInstantiation holds the booking and moves scheduled → instantiating; a refused hold requeues the instance and
// answers 409 hold_refused.
type StartInstantiation struct {
	ID   string `path:"id" maxLength:"128"`
	Body GenerationBody
}

// GenerationBody carries the generation that the caller decided on; another one answers 412 and nothing is done.
type GenerationBody struct {
	Generation int64  `json:"generation" minimum:"1"`
	Reason     string `json:"reason,omitempty" maxLength:"500"`
}

// PutFinalizer stores the intent to make something outside, or the ref of what was made. It is repeatable by kind and
// attempt. Generation is checked when it is not zero (an intent needs it, a ref does not).
type PutFinalizer struct {
	ID   string `path:"id" maxLength:"128"`
	Body PutFinalizerBody
}

// PutFinalizerBody is the finalizer.
type PutFinalizerBody struct {
	Kind       readmodel.FinalizerKind `json:"kind" enum:"lab,lds,grading,license,ec2"`
	WorkerID   string                  `json:"worker_id,omitempty" maxLength:"128"`
	Ref        string                  `json:"ref,omitempty" maxLength:"256"`
	Attempt    int                     `json:"attempt" minimum:"0"`
	Generation int64                   `json:"generation,omitempty" minimum:"0"`
}

// DropFinalizer tells that what a finalizer stands for was seen gone.
type DropFinalizer struct {
	ID      string `path:"id" maxLength:"128"`
	Kind    string `path:"kind" enum:"lab,lds,grading,license,ec2"`
	Attempt int    `path:"attempt" minimum:"0"`
}

// RecordStep stores the result or failure of a step of the present attempt.
type RecordStep struct {
	ID   string `path:"id" maxLength:"128"`
	Body RecordStepBody
}

// RecordStepBody is the step. CMLLabID, LDSSessionID and EvidenceURI are copied onto the instance when given; LDSLoginURL
// is stored apart, sealed from read models, events and audit.
type RecordStepBody struct {
	Step         string            `json:"step" minLength:"1" maxLength:"64"`
	Attempt      int               `json:"attempt" minimum:"1"`
	Status       string            `json:"status" enum:"done,skipped,failed"`
	Error        string            `json:"error,omitempty" maxLength:"1000"`
	Result       map[string]string `json:"result,omitempty"`
	CMLLabID     string            `json:"cml_lab_id,omitempty" maxLength:"64"`
	LDSSessionID string            `json:"lds_session_id,omitempty" maxLength:"64"`
	LDSLoginURL  string            `json:"lds_login_url,omitempty" maxLength:"4096"`
	EvidenceURI  string            `json:"evidence_uri,omitempty" maxLength:"1024"`
	// Condition is set together with the step, so that a person sees why it waits.
	Condition *readmodel.Condition `json:"condition,omitempty"`
}

// SetConditions sets conditions by type.
type SetConditions struct {
	ID   string `path:"id" maxLength:"128"`
	Body SetConditionsBody
}

// SetConditionsBody lists the conditions; Since is kept when status and reason are unchanged.
type SetConditionsBody struct {
	Conditions []readmodel.Condition `json:"conditions" minItems:"1" maxItems:"16"`
}

// MarkReady moves instantiating → ready. Without LDS, ids and URL are empty and NoLDS is true.
type MarkReady struct {
	ID   string `path:"id" maxLength:"128"`
	Body MarkReadyBody
}

// MarkReadyBody is what a ready instance needs.
type MarkReadyBody struct {
	Generation   int64  `json:"generation" minimum:"1"`
	LDSSessionID string `json:"lds_session_id,omitempty" maxLength:"64"`
	LDSLoginURL  string `json:"lds_login_url,omitempty" maxLength:"4096"`
	CMLLabID     string `json:"cml_lab_id" minLength:"1" maxLength:"64"`
	NoLDS        bool   `json:"no_lds,omitempty"`
}

// Transition moves an instance along its table, where no route of its own exists for the move.
type Transition struct {
	ID   string `path:"id" maxLength:"128"`
	Body TransitionBody
}

// TransitionBody names the move and why. Ready has a route of its own.
type TransitionBody struct {
	Status     string               `json:"status" minLength:"1" maxLength:"40"`
	Reason     string               `json:"reason,omitempty" maxLength:"500"`
	Generation int64                `json:"generation" minimum:"1"`
	Condition  *readmodel.Condition `json:"condition,omitempty"`
}

// Requeue gives an attempt up: back to pending, the old attempt keeps its finalizers until they are gone.
type Requeue struct {
	ID   string `path:"id" maxLength:"128"`
	Body GenerationBody
}

// RecordScore stores the result of grading, or (Score nil) that there is none and why.
type RecordScore struct {
	ID   string `path:"id" maxLength:"128"`
	Body RecordScoreBody
}

// RecordScoreBody is a score with its evidence, or the reason of its absence.
type RecordScoreBody struct {
	Attempt int           `json:"attempt" minimum:"1"`
	Score   *GradingScore `json:"score,omitempty"`
	// Reason tells why there is no score: grading_failed, grading_timeout, not_configured.
	Reason  string `json:"reason,omitempty" maxLength:"64"`
	Message string `json:"message,omitempty" maxLength:"1000"`
}

// SessionStarted tells that the candidate began, by the LDS session.
type SessionStarted struct {
	Body SessionStartedBody
}

// SessionStartedBody names the session.
type SessionStartedBody struct {
	LDSSessionID string     `json:"lds_session_id" minLength:"1" maxLength:"64"`
	At           *time.Time `json:"at,omitempty"`
}

func internalInstance(id, method, path, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/internal/lablet-instances" + path, Tag: "Internal", Summary: summary,
		Audience: Internal, NeedsTerm: method != http.MethodGet, Codes: notFound("instance_not_found", path, codes),
	}
}

// The internal routes of instances.
var (
	RouteInstanceModels = Route[InstanceModelQuery, []readmodel.Instance]{internalInstance(
		"list-instance-models", http.MethodGet, "", "List instances' read models")}
	RouteInstanceModel = Route[ID, readmodel.Instance]{internalInstance(
		"get-instance-model", http.MethodGet, "/{id}", "Get an instance's read model")}
	RouteStartInstantiation = Route[StartInstantiation, Ack]{internalInstance(
		"start-instantiation", http.MethodPost, "/{id}/start-instantiation", "Hold the booking and start", "hold_refused", "invalid_transition", "too_early")}
	RoutePutInstanceFinalizer = Route[PutFinalizer, Ack]{internalInstance(
		"put-instance-finalizer", http.MethodPost, "/{id}/finalizers", "Store an intent or the ref of what was made", "attempt_over", "generation_required", "bad_finalizer")}
	RouteDropInstanceFinalizer = Route[DropFinalizer, Ack]{internalInstance(
		"drop-instance-finalizer", http.MethodDelete, "/{id}/finalizers/{kind}/{attempt}", "Tell that something was seen gone", "bad_finalizer")}
	RouteRecordStep = Route[RecordStep, Ack]{internalInstance(
		"record-instance-step", http.MethodPost, "/{id}/instantiation-progress", "Store a step's result", "attempt_over", "too_many_steps", "too_many_conditions")}
	RouteInstanceConditions = Route[SetConditions, Ack]{internalInstance(
		"set-instance-conditions", http.MethodPost, "/{id}/conditions", "Set conditions", "too_many_conditions")}
	RouteMarkReady = Route[MarkReady, Ack]{internalInstance(
		"mark-instance-ready", http.MethodPut, "/{id}/mark-ready", "Lab up and session open", "invalid_transition", "login_url_missing")}
	RouteTransition = Route[Transition, Ack]{internalInstance(
		"transition-instance", http.MethodPost, "/{id}/transition", "Move an instance", "invalid_transition", "bad_status", "clock_skew", "not_resumed", "session_kept")}
	RouteRequeue = Route[Requeue, Ack]{internalInstance(
		"requeue-instance", http.MethodPost, "/{id}/requeue", "Give an attempt up", "invalid_transition")}
	RouteRecordScore = Route[RecordScore, Ack]{internalInstance(
		"record-instance-score", http.MethodPost, "/{id}/score", "Store a score", "invalid_transition", "attempt_over", "bad_score", "reason_missing")}
	RouteSessionStarted = Route[SessionStarted, Ack]{internalInstance(
		"session-started", http.MethodPost, "/session-started", "The candidate began", "instance_not_found", "invalid_transition")}
)

func instanceCommandRoutes() []Described {
	return []Described{
		RouteInstanceModels, RouteInstanceModel, RouteSessionStarted, RouteStartInstantiation, RoutePutInstanceFinalizer,
		RouteDropInstanceFinalizer, RouteRecordStep, RouteInstanceConditions, RouteMarkReady, RouteTransition, RouteRequeue,
		RouteRecordScore, RouteScheduleOne, RouteAllocatePorts, RoutePutPorts, RoutePutTransition,
	}
}
