package readmodel

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// Instance is the read model of a booked lab. The launch URL is not in it: it is a credential.
type Instance struct {
	ID                string `json:"id"`
	Version           int64  `json:"version"`
	Generation        int64  `json:"generation"`
	DefinitionID      string `json:"definition_id"`
	DefinitionName    string `json:"definition_name"`
	DefinitionVersion string `json:"definition_version"`
	OwnerID           string `json:"owner_id"`
	ReservationID     string `json:"reservation_id,omitempty"`
	GroupID           string `json:"group_id,omitempty"`

	Status        lifecycle.InstanceStatus `json:"status"`
	DesiredStatus lifecycle.InstanceStatus `json:"desired_status"`

	// TimeslotStart and TimeslotEnd are nil while an as-soon-as-possible booking is pending.
	TimeslotStart *time.Time `json:"timeslot_start,omitempty"`
	TimeslotEnd   *time.Time `json:"timeslot_end,omitempty"`
	// DurationMinutes is what was asked for; ASAP tells that the slot begins when a place is found.
	DurationMinutes float64 `json:"duration_minutes"`
	ASAP            bool    `json:"asap"`
	// LeadSeconds is how long before the start instantiation begins.
	LeadSeconds float64 `json:"lead_seconds"`

	WorkerID string `json:"worker_id,omitempty"`
	// Attempt counts placements from 1; 0 before the first. Requeues counts lost placements.
	Attempt        int            `json:"attempt"`
	Requeues       int            `json:"requeues,omitempty"`
	AllocatedPorts []booking.Port `json:"allocated_ports,omitempty"`
	CMLLabID       string         `json:"cml_lab_id,omitempty"`
	LDSSessionID   string         `json:"lds_session_id,omitempty"`
	// LoginReady tells that a launch URL is stored.
	LoginReady bool `json:"login_ready"`

	// Graded tells that a score was recorded, or that grading was given up (its condition says why).
	Graded     bool        `json:"graded"`
	Steps      []Step      `json:"steps,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"`
	Finalizers []Finalizer `json:"finalizers,omitempty"`

	StatusSince time.Time `json:"status_since"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Holder is whose entry the present attempt's booking is.
func (i Instance) Holder() booking.Holder {
	return booking.Holder{InstanceID: i.ID, Attempt: i.Attempt}
}
