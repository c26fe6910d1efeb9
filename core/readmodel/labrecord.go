package readmodel

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// LabRecord is the read model of a lab that a worker's CML holds or is to hold. The lab file is a blob, by hash.
type LabRecord struct {
	ID         string `json:"id"`
	Version    int64  `json:"version"`
	Generation int64  `json:"generation"`
	WorkerID   string `json:"worker_id"`
	// LabID is CML's id, empty until an import is done.
	LabID string `json:"lab_id,omitempty"`
	Title string `json:"title,omitempty"`

	Status lifecycle.LabRecordStatus `json:"status"`
	// CMLState is what CML showed last, in its own words.
	CMLState string `json:"cml_state,omitempty"`
	// Source is discovery, import or clone.
	Source       string `json:"source"`
	DefinitionID string `json:"based_on_definition_id,omitempty"`
	// TopologyHash is the SHA-256 of the lab file in hex, empty while it is not known; Revision counts different ones.
	TopologyHash string `json:"topology_checksum,omitempty"`
	Revision     int    `json:"revision"`
	NodeCount    int    `json:"node_count"`
	LinkCount    int    `json:"link_count"`

	OwnerUsername string `json:"owner_username,omitempty"`
	// PendingAction is what lablet-controller has to do with the lab, nil when nothing.
	PendingAction *LabAction `json:"pending_action,omitempty"`
	// ActiveInstanceID is the instance that the lab serves.
	ActiveInstanceID string `json:"active_lablet_instance_id,omitempty"`
	ActiveBindingID  string `json:"active_binding_id,omitempty"`
	LastError        string `json:"last_error,omitempty"`

	StatusSince  time.Time `json:"status_since"`
	LastSyncedAt time.Time `json:"last_synced_at"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// LabAction is an action that was asked for and is not done yet: start, stop, wipe, delete or import.
type LabAction struct {
	Action      string    `json:"action"`
	RequestedBy string    `json:"requested_by"`
	RequestedAt time.Time `json:"requested_at"`
	// StartedAt is when a controller began with it.
	StartedAt *time.Time `json:"started_at,omitempty"`
}
