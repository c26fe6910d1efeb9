package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// LabRecordSummary is a lab in a list.
type LabRecordSummary struct {
	ID            string                    `json:"id"`
	WorkerID      string                    `json:"worker_id"`
	LabID         string                    `json:"lab_id,omitempty" doc:"CML's id; empty until an import is done."`
	Title         string                    `json:"title,omitempty"`
	Status        lifecycle.LabRecordStatus `json:"status"`
	State         string                    `json:"state,omitempty" doc:"What CML showed last, in its own words."`
	OwnerUsername string                    `json:"owner_username,omitempty"`
	NodeCount     int                       `json:"node_count"`
	LinkCount     int                       `json:"link_count"`
	Source        string                    `json:"source" enum:"discovery,import,clone"`
	Revision      int                       `json:"revision"`
	PendingAction *readmodel.LabAction      `json:"pending_action,omitempty"`
	// ActiveInstanceID is the instance that the lab serves.
	ActiveInstanceID string    `json:"active_lablet_instance_id,omitempty"`
	FirstSeenAt      time.Time `json:"first_seen_at"`
	LastSyncedAt     time.Time `json:"last_synced_at"`
	CreatedAt        time.Time `json:"created_at"`
	UpdatedAt        time.Time `json:"updated_at"`
}

// LabRecord is a lab in full, without its topology.
type LabRecord struct {
	LabRecordSummary
	Description        string            `json:"description,omitempty"`
	Notes              string            `json:"notes,omitempty"`
	OwnerFullname      string            `json:"owner_fullname,omitempty"`
	Groups             []string          `json:"groups"`
	CMLCreatedAt       *time.Time        `json:"cml_created_at,omitempty"`
	CMLModifiedAt      *time.Time        `json:"cml_modified_at,omitempty"`
	SourceLabRecordID  string            `json:"source_lab_record_id,omitempty"`
	DefinitionID       string            `json:"based_on_definition_id,omitempty"`
	TopologyChecksum   string            `json:"topology_checksum,omitempty"`
	ExternalInterfaces []string          `json:"external_interfaces"`
	LastError          string            `json:"last_error,omitempty"`
	LastErrorAt        *time.Time        `json:"last_error_at,omitempty"`
	StatusBeforeError  string            `json:"previous_status_before_error,omitempty"`
	OperationHistory   []LabOperation    `json:"operation_history"`
	StateHistory       []StateTransition `json:"state_history"`
	ActiveBindingID    string            `json:"active_binding_id,omitempty"`
	WorkerIP           string            `json:"worker_ip,omitempty" doc:"The worker's address when the lab was seen last."`
	RuntimeBinding     *RuntimeBinding   `json:"runtime_binding,omitempty" doc:"Where the lab is; absent until it is there and after it is gone."`
	AllocatedPorts     map[string]int    `json:"allocated_ports" doc:"Port numbers by name of the instance that the lab serves."`
	StateVersion       int64             `json:"state_version"`
	CreatedBy          string            `json:"created_by"`
}

// RuntimeBinding says in what environment a lab is and how it is found there.
type RuntimeBinding struct {
	EnvironmentType string `json:"environment_type" enum:"cml"`
	WorkerID        string `json:"worker_id"`
	WorkerIP        string `json:"worker_ip,omitempty"`
	LabID           string `json:"lab_id"`
}

// LabOperation is a change that was seen in CML.
type LabOperation struct {
	Timestamp     time.Time `json:"timestamp"`
	PreviousState string    `json:"previous_state"`
	NewState      string    `json:"new_state"`
	ChangedFields []string  `json:"changed_fields"`
}

// LabRevision is one state of a lab's topology.
type LabRevision struct {
	Revision         int       `json:"revision"`
	TopologyChecksum string    `json:"topology_checksum"`
	PreviousChecksum string    `json:"previous_checksum,omitempty"`
	ChangeSummary    string    `json:"change_summary,omitempty"`
	NodeCount        int       `json:"node_count"`
	LinkCount        int       `json:"link_count"`
	CreatedBy        string    `json:"created_by"`
	CreatedAt        time.Time `json:"created_at"`
}

// LabRun is one time that a lab ran.
type LabRun struct {
	RunID            string     `json:"run_id" minLength:"1" maxLength:"128"`
	LabletInstanceID string     `json:"lablet_instance_id,omitempty" maxLength:"128"`
	StartedBy        string     `json:"started_by,omitempty" maxLength:"128"`
	StartedAt        time.Time  `json:"started_at"`
	EndedAt          *time.Time `json:"ended_at,omitempty"`
	Outcome          string     `json:"outcome,omitempty" maxLength:"64"`
	StopReason       string     `json:"stop_reason,omitempty" maxLength:"500"`
}

// LabBinding says for which instance a lab runs or ran.
type LabBinding struct {
	BindingID        string            `json:"binding_id"`
	LabRecordID      string            `json:"lab_record_id"`
	LabletInstanceID string            `json:"lablet_instance_id"`
	Role             string            `json:"role"`
	Status           string            `json:"status" enum:"active,released"`
	BoundAt          time.Time         `json:"bound_at"`
	UnboundAt        *time.Time        `json:"unbound_at,omitempty"`
	Reason           string            `json:"reason,omitempty"`
	Metadata         map[string]string `json:"metadata,omitempty"`
}

// LabTopology is what is known of a lab's topology.
type LabTopology struct {
	LabRecordID string `json:"lab_record_id"`
	Revision    int    `json:"revision"`
	Hash        string `json:"topology_checksum" doc:"SHA-256 of the lab file in hex."`
	NodeCount   int    `json:"node_count"`
	LinkCount   int    `json:"link_count"`
	YAML        string `json:"yaml"`
}

// ListLabRecords filters labs. Records that are over are left out unless they are asked for.
type ListLabRecords struct {
	List
	WorkerID        string `query:"worker_id" maxLength:"128"`
	Status          string `query:"status" maxLength:"200" doc:"One status or several with commas between."`
	Owner           string `query:"owner" maxLength:"128" doc:"The owner's user name in CML."`
	Bound           string `query:"bound" enum:"true,false" doc:"Only labs that serve an instance, or only those that serve none."`
	IncludeTerminal bool   `query:"include_terminal"`
	Sort            string `query:"sort" enum:"created_at,status,worker_id,owner" default:"created_at" doc:"What the list is sorted by."`
	Order           string `query:"order" enum:"asc,desc" default:"desc" doc:"Newest or last first, unless asc is asked for."`
}

// ListBindings names a lab whose bindings are listed.
type ListBindings struct {
	ID              string `path:"id" minLength:"1" maxLength:"128"`
	IncludeReleased bool   `query:"include_released"`
}

// LabAction asks for something to be done with a lab.
type LabAction struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body *Why
}

// LabActionAccepted says that an action waits for lablet-controller.
type LabActionAccepted struct {
	LabRecordID string `json:"lab_record_id"`
	LabID       string `json:"lab_id,omitempty"`
	WorkerID    string `json:"worker_id"`
	Action      string `json:"action"`
	// Status is the task's.
	Status  string `json:"status"`
	Message string `json:"message"`
	TaskID  string `json:"task_id"`
}

// CloneLab makes a lab with the topology of another.
type CloneLab struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body *CloneLabBody
}

// CloneLabBody may name the new lab.
type CloneLabBody struct {
	Title string `json:"title,omitempty" maxLength:"200"`
}

// ImportLab makes a lab of a lab file.
type ImportLab struct {
	Body ImportLabBody
}

// ImportLabBody is the lab file and where it goes. It may come as multipart/form-data, the lab file in the field "file".
type ImportLabBody struct {
	WorkerID     string `json:"worker_id" minLength:"1" maxLength:"128"`
	Title        string `json:"title,omitempty" maxLength:"200" doc:"The title in the file when left out."`
	TopologyYAML string `json:"topology_yaml" minLength:"1" maxLength:"4194304" doc:"CML lab file."`
}

// BindLab lets a lab serve an instance.
type BindLab struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body BindLabBody
}

// BindLabBody names the instance and what the lab is to it.
type BindLabBody struct {
	LabletInstanceID string            `json:"lablet_instance_id" minLength:"1" maxLength:"128"`
	Role             string            `json:"role,omitempty" enum:"primary,secondary,auxiliary" default:"primary"`
	Metadata         map[string]string `json:"metadata,omitempty" maxProperties:"32"`
}

// UnbindLab lets a lab serve an instance no more.
type UnbindLab struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body UnbindLabBody
}

// UnbindLabBody names the instance.
type UnbindLabBody struct {
	LabletInstanceID string `json:"lablet_instance_id" minLength:"1" maxLength:"128"`
	Reason           string `json:"reason,omitempty" maxLength:"500"`
}

// LabFile is the media type of lab files.
const LabFile = "application/yaml"

const labRecordsTag = "Lab records"

func readLab(id, path, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: http.MethodGet, Path: "/api/lab-records" + path, Tag: labRecordsTag, Summary: summary, Audience: Public,
		Roles: []Role{Admin, Manager, LabAuthor}, Codes: codes,
	}
}

func changeLab(id, path, summary string, success int, codes ...string) Info {
	return Info{
		ID: id, Method: http.MethodPost, Path: "/api/lab-records" + path, Tag: labRecordsTag, Summary: summary, Audience: Public,
		Roles: []Role{Admin, Manager}, Success: success, Codes: codes,
	}
}

func actOnLab(id, path, summary string) Info {
	return changeLab(id, "/{id}"+path, summary, http.StatusAccepted,
		"lab_record_not_found", "lab_terminal", "action_pending", "lab_bound", "lab_in_use", "invalid_transition")
}

func importLab(info Info) Info {
	info.BodyLimit = 6 << 20
	return info
}

// The public routes of lab records.
var (
	RouteListLabRecords   = Route[ListLabRecords, []LabRecordSummary]{readLab("list-lab-records", "", "List labs", "bad_status")}
	RouteGetLabRecord     = Route[ID, LabRecord]{readLab("get-lab-record", "/{id}", "Get a lab", "lab_record_not_found")}
	RouteLabTopology      = Route[ID, LabTopology]{readLab("get-lab-record-topology", "/{id}/topology", "Get a lab's topology as it was read last", "lab_record_not_found", "topology_unknown")}
	RouteLabRevisions     = Route[ID, []LabRevision]{readLab("list-lab-record-revisions", "/{id}/revisions", "List the revisions of a lab's topology", "lab_record_not_found")}
	RouteLabRuns          = Route[ID, []LabRun]{readLab("list-lab-record-runs", "/{id}/runs", "List when a lab ran", "lab_record_not_found")}
	RouteLabBindings      = Route[ListBindings, []LabBinding]{readLab("list-lab-record-bindings", "/{id}/bindings", "List for whom a lab runs", "lab_record_not_found")}
	RouteExportLab        = Route[ID, []byte]{readLab("export-lab-record", "/{id}/export", "Download a lab file as it was read last", "lab_record_not_found", "topology_unknown")}
	RouteExportLabByPost  = Route[ID, []byte]{exportByPost()}
	RouteStartLabRecord   = Route[LabAction, LabActionAccepted]{actOnLab("start-lab-record", "/start", "Start a lab")}
	RouteStopLabRecord    = Route[LabAction, LabActionAccepted]{actOnLab("stop-lab-record", "/stop", "Stop a lab")}
	RouteWipeLabRecord    = Route[LabAction, LabActionAccepted]{actOnLab("wipe-lab-record", "/wipe", "Wipe a lab")}
	RouteDeleteLabRecord  = Route[LabAction, LabActionAccepted]{actOnLab("delete-lab-record", "/delete", "Delete a lab in CML")}
	RouteCloneLabRecord   = Route[CloneLab, LabActionAccepted]{changeLab("clone-lab-record", "/{id}/clone", "Make a lab with the topology of another", http.StatusAccepted, "lab_record_not_found", "lab_terminal", "topology_unknown")}
	RouteArchiveLabRecord = Route[LabAction, LabRecord]{changeLab("archive-lab-record", "/{id}/archive", "Put a lab's record away", 0, "lab_record_not_found", "action_pending", "lab_bound", "invalid_transition")}
	RouteBindLabRecord    = Route[BindLab, LabRecord]{changeLab("bind-lab-record", "/{id}/bind", "Let a lab serve an instance", 0, "lab_record_not_found", "instance_not_found", "instance_terminated", "other_worker", "lab_terminal", "lab_bound", "action_pending", "invalid_transition")}
	RouteUnbindLabRecord  = Route[UnbindLab, LabRecord]{changeLab("unbind-lab-record", "/{id}/unbind", "Let a lab serve an instance no more", 0, "lab_record_not_found")}
	RouteImportLabRecord  = Route[ImportLab, LabActionAccepted]{importLab(changeLab("import-lab-record", "/import", "Make a lab of a lab file; multipart/form-data is taken as well", http.StatusAccepted, "worker_not_found", "worker_terminated", "bad_topology"))}
	RouteWorkerLabs       = Route[ID, []LabRecordSummary]{workerLabs()}
)

func exportByPost() Info {
	info := readLab("export-lab-record-by-post", "/{id}/export", "Download a lab file as it was read last", "lab_record_not_found", "topology_unknown")
	info.Method = http.MethodPost
	return info
}

func workerLabs() Info {
	return Info{
		ID: "list-worker-labs", Method: http.MethodGet, Path: "/api/workers/{id}/labs", Tag: labRecordsTag, Summary: "List a worker's labs",
		Audience: Public, Roles: []Role{Admin, Manager, LabAuthor}, Codes: []string{"worker_not_found"},
	}
}

func labRecordRoutes() []Described {
	return []Described{
		RouteListLabRecords, RouteImportLabRecord, RouteGetLabRecord, RouteLabTopology, RouteLabRevisions, RouteLabRuns, RouteLabBindings,
		RouteExportLab, RouteExportLabByPost, RouteStartLabRecord, RouteStopLabRecord, RouteWipeLabRecord, RouteDeleteLabRecord,
		RouteCloneLabRecord, RouteArchiveLabRecord, RouteBindLabRecord, RouteUnbindLabRecord, RouteWorkerLabs, RouteLookForLabs, RouteWorkerLabSum,
	}
}
