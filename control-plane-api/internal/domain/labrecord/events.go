package labrecord

import "time"

// The events of a lab record.
const (
	EventCreated         = "lab_record.created.v1"
	EventDiscovered      = "lab_record.discovered.v1"
	EventImported        = "lab_record.imported.v1"
	EventCloned          = "lab_record.cloned.v1"
	EventUpdated         = "lab_record.updated.v1"
	EventStateChanged    = "lab_record.state_changed.v1"
	EventStarted         = "lab_record.started.v1"
	EventStopped         = "lab_record.stopped.v1"
	EventWiped           = "lab_record.wiped.v1"
	EventDeleted         = "lab_record.deleted.v1"
	EventArchived        = "lab_record.archived.v1"
	EventOrphaned        = "lab_record.orphaned.v1"
	EventError           = "lab_record.error.v1"
	EventActionRequested = "lab_record.action_requested.v1"
	EventActionStarted   = "lab_record.action_started.v1"
	EventActionCompleted = "lab_record.action_completed.v1"
	EventActionFailed    = "lab_record.action_failed.v1"
	EventActionCleared   = "lab_record.action_cleared.v1"
	EventRevisionCreated = "lab_record.revision_created.v1"
	EventRunRecorded     = "lab_record.run_recorded.v1"
	EventBound           = "lab_record.bound_to_lablet.v1"
	EventUnbound         = "lab_record.unbound_from_lablet.v1"
	EventPortsAllocated  = "lab_record.ports_allocated.v1"
)

// base is in the data of every event.
type base struct {
	AggregateID string `json:"aggregate_id"`
	WorkerID    string `json:"worker_id"`
	LabID       string `json:"lab_id,omitempty"`
}

func (l *LabRecord) base() base { return base{AggregateID: l.ID, WorkerID: l.WorkerID, LabID: l.LabID} }

type created struct {
	base
	Facts
	Source      string    `json:"source"`
	FirstSeenAt time.Time `json:"first_seen_at"`
}

type discovered struct {
	base
	Facts
	DiscoveredAt time.Time `json:"discovered_at"`
}

type imported struct {
	base
	Title            string    `json:"title,omitempty"`
	TopologyChecksum string    `json:"topology_checksum"`
	ImportedBy       string    `json:"imported_by"`
	ImportedAt       time.Time `json:"imported_at"`
}

type cloned struct {
	base
	SourceLabRecordID string    `json:"source_lab_record_id"`
	ClonedBy          string    `json:"cloned_by"`
	ClonedAt          time.Time `json:"cloned_at"`
}

type updated struct {
	base
	Facts
	SyncedAt time.Time `json:"synced_at"`
}

type stateChanged struct {
	base
	PreviousState string    `json:"previous_state"`
	NewState      string    `json:"new_state"`
	ChangedFields []string  `json:"changed_fields,omitempty"`
	ChangedAt     time.Time `json:"changed_at"`
}

// reached is the data of the events that name a status: started, stopped, wiped, deleted, archived, orphaned.
type reached struct {
	base
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

type failed struct {
	base
	ErrorMessage   string    `json:"error_message"`
	PreviousStatus string    `json:"previous_status"`
	OccurredAt     time.Time `json:"occurred_at"`
}

type actionRequested struct {
	base
	Action      string    `json:"action"`
	RequestedBy string    `json:"requested_by"`
	RequestedAt time.Time `json:"requested_at"`
}

// actionMoved is the data of the events that tell how an action went on.
type actionMoved struct {
	base
	Action       string    `json:"action"`
	ErrorMessage string    `json:"error_message,omitempty"`
	Reason       string    `json:"reason,omitempty"`
	At           time.Time `json:"at"`
}

type revisionCreated struct {
	base
	Revision         int       `json:"revision"`
	TopologyChecksum string    `json:"topology_checksum"`
	PreviousChecksum string    `json:"previous_checksum,omitempty"`
	ChangeSummary    string    `json:"change_summary,omitempty"`
	NodeCount        int       `json:"node_count"`
	LinkCount        int       `json:"link_count"`
	CreatedAt        time.Time `json:"created_at"`
}

type runRecorded struct {
	base
	Run
}

type bound struct {
	base
	LabletInstanceID string    `json:"lablet_instance_id"`
	BindingID        string    `json:"binding_id"`
	BindingRole      string    `json:"binding_role"`
	BoundAt          time.Time `json:"bound_at"`
}

type portsAllocated struct {
	base
	AllocatedPorts map[string]int `json:"allocated_ports"`
	AllocatedAt    time.Time      `json:"allocated_at"`
}

type unbound struct {
	base
	LabletInstanceID string    `json:"lablet_instance_id"`
	BindingID        string    `json:"binding_id"`
	Reason           string    `json:"reason,omitempty"`
	UnboundAt        time.Time `json:"unbound_at"`
}
