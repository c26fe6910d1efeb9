// Package labrecord is the aggregate of one lab that a worker's CML holds, or is to hold: what it is, where it is in its
// life, what was asked to be done with it, and for whom it runs. CML decides what is; what people want is a pending action,
// which lablet-controller carries out.
package labrecord

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// LabRecord is the state.
type LabRecord struct {
	aggregate.Root

	WorkerID string `json:"worker_id"`
	// LabID is CML's id of the lab, empty until an import is done.
	LabID string `json:"lab_id,omitempty"`
	Facts Facts  `json:"facts"`

	Status       lifecycle.LabRecordStatus `json:"status"`
	StatusSince  time.Time                 `json:"status_since"`
	StateHistory []parts.Transition        `json:"state_history"`
	// Operations are the last changes that were seen in CML.
	Operations []Operation `json:"operation_history,omitempty"`

	Source Source `json:"source"`
	// ClonedFrom is the record whose topology a clone has.
	ClonedFrom   string `json:"source_lab_record_id,omitempty"`
	DefinitionID string `json:"based_on_definition_id,omitempty"`

	// Topology is the lab file as it was seen last; Revision counts the different ones, 0 while none is known.
	Topology  Topology   `json:"topology"`
	Revision  int        `json:"revision"`
	Revisions []Revision `json:"revision_history,omitempty"`
	Runs      []Run      `json:"run_history,omitempty"`
	Bindings  []Binding  `json:"bindings,omitempty"`
	// Ports are those, by name, of the instance that the lab serves.
	Ports map[string]int `json:"allocated_ports,omitempty"`

	Pending *Action `json:"pending_action,omitempty"`
	// Cleared is when an action was taken back last.
	Cleared *time.Time `json:"action_cleared_at,omitempty"`

	LastError         string                    `json:"last_error,omitempty"`
	LastErrorAt       *time.Time                `json:"last_error_at,omitempty"`
	StatusBeforeError lifecycle.LabRecordStatus `json:"previous_status_before_error,omitempty"`

	FirstSeenAt  time.Time `json:"first_seen_at"`
	LastSyncedAt time.Time `json:"last_synced_at"`
	CreatedBy    string    `json:"created_by"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// Facts is what a look into CML tells of a lab. WorkerIP is the worker's address at that time.
type Facts struct {
	WorkerIP      string     `json:"worker_ip,omitempty"`
	Title         string     `json:"title,omitempty"`
	Description   string     `json:"description,omitempty"`
	Notes         string     `json:"notes,omitempty"`
	State         string     `json:"cml_state,omitempty"`
	OwnerUsername string     `json:"owner_username,omitempty"`
	OwnerFullname string     `json:"owner_fullname,omitempty"`
	NodeCount     int        `json:"node_count"`
	LinkCount     int        `json:"link_count"`
	Groups        []string   `json:"groups,omitempty"`
	CreatedAt     *time.Time `json:"cml_created_at,omitempty"`
	ModifiedAt    *time.Time `json:"cml_modified_at,omitempty"`
}

// Source says how LCM came to know the lab.
type Source string

// The sources.
const (
	FromDiscovery Source = "discovery"
	FromImport    Source = "import"
	FromClone     Source = "clone"
)

// The bounds of what a record carries; the audit journal keeps all of it.
const (
	maxOperations = 50
	maxRevisions  = 50
	maxRuns       = 50
	maxBindings   = 50
)

// Terminal reports whether nothing follows.
func (l *LabRecord) Terminal() bool { return lifecycle.LabRecords().Terminal(l.Status) }

// Unique is the value that no two records share: a worker has a lab once. A record that is over frees it, and one without a
// lab has none.
func (l *LabRecord) Unique() string {
	if l.LabID == "" || l.Terminal() {
		return ""
	}
	return Key(l.WorkerID, l.LabID)
}

// Key is the unique value of a worker's lab.
func Key(workerID, labID string) string { return "lab:" + workerID + "/" + labID }

// check refuses a move that the table does not have.
func (l *LabRecord) check(to lifecycle.LabRecordStatus) error {
	if lifecycle.LabRecords().Allows(l.Status, to) {
		return nil
	}
	return failure.New(failure.Conflict, "invalid_transition", "A lab that is %s cannot become %s.", l.Status, to)
}

// move applies a move that the table has.
func (l *LabRecord) move(to lifecycle.LabRecordStatus, act parts.Act) {
	l.StateHistory = parts.Append(l.StateHistory, parts.Transition{
		From: string(l.Status), To: string(to), At: act.At, By: act.By, Reason: act.Reason,
	})
	l.Status, l.StatusSince, l.UpdatedAt = to, act.At, act.At
}

// last keeps the newest of a list that is bounded.
func last[T any](list []T, most int) []T {
	if len(list) > most {
		return list[len(list)-most:]
	}
	return list
}
