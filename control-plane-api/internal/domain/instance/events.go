package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
)

// The events of an instance.
const (
	EventCreated           = "lablet_instance.created.v1"
	EventScheduled         = "lablet_instance.scheduled.v1"
	EventInstantiating     = "lablet_instance.instantiating.v1"
	EventReady             = "lablet_instance.ready.v1"
	EventRunning           = "lablet_instance.running.v1"
	EventCollecting        = "lablet_instance.collecting.v1"
	EventGrading           = "lablet_instance.grading.v1"
	EventScoreRecorded     = "lablet_instance.score_recorded.v1"
	EventStopping          = "lablet_instance.stopping.v1"
	EventStopped           = "lablet_instance.stopped.v1"
	EventArchived          = "lablet_instance.archived.v1"
	EventTerminated        = "lablet_instance.terminated.v1"
	EventPortsReleased     = "lablet_instance.ports_released.v1"
	EventRequeued          = "lablet_instance.requeued.v1"
	EventDesiredStatus     = "lablet_instance.desired_status_updated.v1"
	EventTimeslotExtended  = "lablet_instance.timeslot_extended.v1"
	EventStepRecorded      = "lablet_instance.step_recorded.v1"
	EventConditionsUpdated = "lablet_instance.conditions_updated.v1"
	EventFinalizerPut      = "lablet_instance.finalizer_put.v1"
	EventFinalizerDropped  = "lablet_instance.finalizer_dropped.v1"
)

// base is in the data of every event.
type base struct {
	AggregateID string `json:"aggregate_id"`
}

type created struct {
	base
	DefinitionID      string     `json:"definition_id"`
	DefinitionName    string     `json:"definition_name"`
	DefinitionVersion string     `json:"definition_version"`
	OwnerID           string     `json:"owner_id"`
	TimeslotStart     *time.Time `json:"timeslot_start,omitempty"`
	TimeslotEnd       *time.Time `json:"timeslot_end,omitempty"`
	DurationMinutes   float64    `json:"duration_minutes"`
	ReservationID     string     `json:"reservation_id,omitempty"`
	GroupID           string     `json:"group_id,omitempty"`
	CreatedAt         time.Time  `json:"created_at"`
}

type scheduled struct {
	base
	WorkerID       string         `json:"worker_id"`
	AllocatedPorts map[string]int `json:"allocated_ports,omitempty"`
	Attempt        int            `json:"attempt"`
	TimeslotStart  *time.Time     `json:"timeslot_start,omitempty"`
	TimeslotEnd    *time.Time     `json:"timeslot_end,omitempty"`
	ScheduledAt    time.Time      `json:"scheduled_at"`
	ScheduledBy    string         `json:"scheduled_by"`
}

type instantiating struct {
	base
	WorkerID               string         `json:"worker_id"`
	AllocatedPorts         map[string]int `json:"allocated_ports,omitempty"`
	InstantiationStartedAt time.Time      `json:"instantiation_started_at"`
}

// ready leaves the launch URL of the Python system's event out: it is a credential.
type ready struct {
	base
	LDSSessionID string    `json:"lds_session_id,omitempty"`
	CMLLabID     string    `json:"cml_lab_id"`
	ReadyAt      time.Time `json:"ready_at"`
}

type running struct {
	base
	StartedAt time.Time `json:"started_at"`
	Resumed   bool      `json:"resumed,omitempty"`
	Reason    string    `json:"reason,omitempty"`
}

type collecting struct {
	base
	CollectionStartedAt time.Time `json:"collection_started_at"`
	Reason              string    `json:"reason,omitempty"`
}

type grading struct {
	base
	GradingStartedAt time.Time `json:"grading_started_at"`
}

type scoreRecorded struct {
	base
	Score    *Score    `json:"score"`
	Reason   string    `json:"reason,omitempty"`
	ScoredAt time.Time `json:"scored_at"`
}

type stopping struct {
	base
	StoppingStartedAt time.Time `json:"stopping_started_at"`
	Reason            string    `json:"reason,omitempty"`
}

type stopped struct {
	base
	StoppedAt       time.Time `json:"stopped_at"`
	DurationSeconds *float64  `json:"duration_seconds,omitempty"`
}

type archived struct {
	base
	ArchivedAt time.Time `json:"archived_at"`
	ArchivedBy string    `json:"archived_by"`
}

type terminated struct {
	base
	TerminatedAt    time.Time `json:"terminated_at"`
	TerminatedBy    string    `json:"terminated_by"`
	Reason          string    `json:"reason,omitempty"`
	FromState       string    `json:"from_state"`
	DurationSeconds *float64  `json:"duration_seconds,omitempty"`
}

type portsReleased struct {
	base
	WorkerID      string    `json:"worker_id"`
	ReleasedPorts []int     `json:"released_ports"`
	ReleasedAt    time.Time `json:"released_at"`
}

type requeued struct {
	base
	FromState  string    `json:"from_state"`
	WorkerID   string    `json:"worker_id"`
	Attempt    int       `json:"attempt"`
	Reason     string    `json:"reason"`
	Message    string    `json:"message,omitempty"`
	RequeuedBy string    `json:"requeued_by"`
	RequeuedAt time.Time `json:"requeued_at"`
}

type timeslotExtended struct {
	base
	OldTimeslotEnd time.Time `json:"old_timeslot_end"`
	NewTimeslotEnd time.Time `json:"new_timeslot_end"`
	ExtendedBy     string    `json:"extended_by"`
	ExtendedAt     time.Time `json:"extended_at"`
}

type stepRecorded struct {
	base
	Step    string    `json:"step"`
	Attempt int       `json:"attempt"`
	Status  string    `json:"status"`
	Tries   int       `json:"tries,omitempty"`
	Error   string    `json:"error,omitempty"`
	At      time.Time `json:"at"`
}

// portMap is the form in which events and answers show ports.
func portMap(ports []booking.Port) map[string]int {
	if len(ports) == 0 {
		return nil
	}
	byName := make(map[string]int, len(ports))
	for _, port := range ports {
		byName[port.Name] = port.Number
	}
	return byName
}
