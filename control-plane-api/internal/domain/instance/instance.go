// Package instance is the aggregate of a booked lab: its life, its slot, its attempts on workers and what LCM made
// outside for it. It is plain; whoever calls a verb stores the result in one write.
package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Instance is the stored state of a booked lab.
type Instance struct {
	aggregate.Root

	// Definition and Needs are pinned at creation: a definition's version never changes.
	Definition Definition `json:"definition"`
	Needs      Needs      `json:"needs"`

	OwnerID       string `json:"owner_id"`
	ReservationID string `json:"reservation_id,omitempty"`
	GroupID       string `json:"group_id,omitempty"`

	Status        lifecycle.InstanceStatus `json:"status"`
	DesiredStatus lifecycle.InstanceStatus `json:"desired_status"`
	StatusSince   time.Time                `json:"status_since"`
	StateHistory  []parts.Transition       `json:"state_history"`

	Slot Slot `json:"slot"`

	// WorkerID is the worker of the present attempt; it is empty while pending and stays after the end.
	WorkerID string `json:"worker_id,omitempty"`
	// Attempt is 0 before the first placement, 1 with it; each requeue raises it, so that what was made before is known
	// by a lower number.
	Attempt int `json:"attempt"`
	// Requeues counts attempts that were given up, WorkersLost those given up because a worker was lost.
	Requeues    int `json:"requeues,omitempty"`
	WorkersLost int `json:"workers_lost,omitempty"`

	Ports        []booking.Port `json:"allocated_ports,omitempty"`
	CMLLabID     string         `json:"cml_lab_id,omitempty"`
	LDSSessionID string         `json:"lds_session_id,omitempty"`
	// LoginURL is a credential: no event, read model or audit record holds it.
	LoginURL    string `json:"lds_login_url,omitempty"`
	NoLDS       bool   `json:"no_lds,omitempty"`
	EvidenceURI string `json:"evidence_uri,omitempty"`

	Score *Score `json:"grading_score,omitempty"`
	// Graded tells that a score was recorded, or that there will be none: the condition Graded says why.
	Graded bool `json:"graded,omitempty"`

	Steps      []readmodel.Step      `json:"steps,omitempty"`
	Conditions []readmodel.Condition `json:"conditions,omitempty"`
	Finalizers []readmodel.Finalizer `json:"finalizers,omitempty"`

	ScheduledAt  *time.Time `json:"scheduled_at,omitempty"`
	StartedAt    *time.Time `json:"started_at,omitempty"`
	EndedAt      *time.Time `json:"ended_at,omitempty"`
	TerminatedAt *time.Time `json:"terminated_at,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
}

// Definition names the version of the definition that the instance was booked from.
type Definition struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	Version         string `json:"version"`
	GradingRulesURI string `json:"grading_rules_uri,omitempty"`
}

// Needs is what the lab takes of a worker.
type Needs struct {
	Requirements    resource.Requirements  `json:"requirements"`
	Nodes           int                    `json:"nodes"`
	PortNames       []string               `json:"port_names,omitempty"`
	LicenseAffinity []resource.LicenseType `json:"license_affinity,omitempty"`
}

// Terminal reports whether nothing follows.
func (i *Instance) Terminal() bool { return lifecycle.Instances().Terminal(i.Status) }

// Settled reports whether the instance is over and nothing outside is left of it.
func (i *Instance) Settled() bool { return i.Terminal() && len(i.Finalizers) == 0 }

// NextAttempt is the number of the attempt that a placement now would begin.
func (i *Instance) NextAttempt() int { return max(1, i.Attempt) }

// Holder is whose entry the booking of an attempt is.
func (i *Instance) Holder(attempt int) booking.Holder {
	return booking.Holder{InstanceID: i.ID, Attempt: attempt}
}

// Needed reports whether the booking of an attempt must stay: the attempt is under way, or its lab may exist.
func (i *Instance) Needed(attempt int) bool {
	if attempt == i.Attempt && i.Status.Placed() {
		return true
	}
	_, lab := readmodel.FindFinalizer(i.Finalizers, readmodel.FinalizerLab, attempt)
	return lab
}

// AttemptOver reports whether an attempt is not the present one, or the present one has no placement or is at its end.
func (i *Instance) AttemptOver(attempt int) bool {
	return attempt != i.Attempt || i.WorkerID == "" || i.Status == lifecycle.InstancePending || i.Terminal()
}
