package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// DiscoverLabs reports the labs that a worker's CML has. A whole scan also tells of those that it does not have any more.
type DiscoverLabs struct {
	Body DiscoverLabsBody
}

// DiscoverLabsBody is one scan. CollectedAt is when it began: what was seen or made later is not touched; now when left out.
type DiscoverLabsBody struct {
	WorkerID    string     `json:"worker_id" minLength:"1" maxLength:"128"`
	Labs        []SeenLab  `json:"labs" maxItems:"1000"`
	Source      string     `json:"source,omitempty" maxLength:"64" doc:"Who looked, and why."`
	PartialScan bool       `json:"partial_scan,omitempty" doc:"The list does not name all labs of the worker."`
	CollectedAt *time.Time `json:"collected_at,omitempty"`
}

// SeenLab is a lab as CML shows it.
type SeenLab struct {
	LabID         string     `json:"lab_id" minLength:"1" maxLength:"128"`
	Title         string     `json:"title,omitempty" maxLength:"500"`
	Description   string     `json:"description,omitempty" maxLength:"4096"`
	Notes         string     `json:"notes,omitempty" maxLength:"8192"`
	State         string     `json:"state" minLength:"1" maxLength:"64"`
	OwnerUsername string     `json:"owner_username,omitempty" maxLength:"128"`
	OwnerFullname string     `json:"owner_fullname,omitempty" maxLength:"200"`
	NodeCount     int        `json:"node_count,omitempty" minimum:"0"`
	LinkCount     int        `json:"link_count,omitempty" minimum:"0"`
	Groups        []string   `json:"groups,omitempty" maxItems:"100"`
	CreatedAt     *time.Time `json:"created_at,omitempty"`
	ModifiedAt    *time.Time `json:"modified_at,omitempty"`
}

// DiscoveredLabs counts what a scan led to.
type DiscoveredLabs struct {
	Synced           int            `json:"synced"`
	Discovered       int            `json:"discovered"`
	Updated          int            `json:"updated"`
	Orphaned         int            `json:"orphaned"`
	RevisionsCreated int            `json:"revisions_created"`
	Errors           []LabScanError `json:"errors"`
}

// LabScanError is why one lab of a scan could not be recorded.
type LabScanError struct {
	LabID   string `json:"lab_id"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// LabStatusReport moves a lab along its table.
type LabStatusReport struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body LabStatusBody
}

// LabStatusBody names the status, or gives CML's own word for the state. ErrorMessage goes with the status error.
type LabStatusBody struct {
	NewStatus    string `json:"new_status" minLength:"1" maxLength:"40"`
	CMLState     string `json:"cml_state,omitempty" maxLength:"64"`
	ErrorMessage string `json:"error_message,omitempty" maxLength:"2000"`
	Reason       string `json:"reason,omitempty" maxLength:"500"`
}

// LabTopologyReport brings a lab file that was read from CML.
type LabTopologyReport struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body LabTopologyBody
}

// LabTopologyBody is the lab file.
type LabTopologyBody struct {
	TopologyData  string `json:"topology_data" minLength:"1" maxLength:"4194304"`
	ChangeSummary string `json:"change_summary,omitempty" maxLength:"500"`
}

// LabRunReport tells of a run of a lab.
type LabRunReport struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body LabRun
}

// LabActionReport tells how the pending action of a lab goes on.
type LabActionReport struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body LabActionReportBody
}

// LabActionReportBody names the action that is meant; left out it is the one that is pending. LabID is the lab that an import
// made.
type LabActionReportBody struct {
	Action            string `json:"action,omitempty" enum:"start,stop,wipe,delete,import"`
	LabID             string `json:"lab_id,omitempty" maxLength:"128"`
	CMLState          string `json:"cml_state,omitempty" maxLength:"64"`
	ErrorMessage      string `json:"error_message,omitempty" maxLength:"2000"`
	TransitionToError bool   `json:"transition_to_error,omitempty"`
}

// PendingLabAction is a lab that waits for lablet-controller.
type PendingLabAction struct {
	LabRecordID string              `json:"lab_record_id"`
	WorkerID    string              `json:"worker_id"`
	LabID       string              `json:"lab_id,omitempty"`
	Title       string              `json:"title,omitempty"`
	TopologyRef string              `json:"topology_checksum,omitempty"`
	Pending     readmodel.LabAction `json:"pending_action"`
	Generation  int64               `json:"generation"`
}

// ListLabRecordModels filters labs for controllers, as ListLabRecords does for people.
type ListLabRecordModels struct {
	ModelList
	WorkerID        string `query:"worker_id" maxLength:"128"`
	Status          string `query:"status" maxLength:"200" doc:"One status or several with commas between."`
	Owner           string `query:"owner" maxLength:"128" doc:"The owner's user name in CML."`
	Bound           string `query:"bound" enum:"true,false" doc:"Only labs that serve an instance, or only those that serve none."`
	IncludeTerminal bool   `query:"include_terminal"`
}

// PendingLabs filters the labs that wait.
type PendingLabs struct {
	ModelList
	WorkerID string `query:"worker_id" maxLength:"128"`
}

// TimeOutLabActions fails the actions that nobody carried out in time; ThresholdMinutes is the API's to say.
type TimeOutLabActions struct {
	Body *TimeOutLabActionsBody
}

// TimeOutLabActionsBody may name one worker.
type TimeOutLabActionsBody struct {
	WorkerID string `json:"worker_id,omitempty" maxLength:"128"`
}

// TimedOutLabActions counts what was done.
type TimedOutLabActions struct {
	Scanned  int            `json:"scanned"`
	TimedOut int            `json:"timed_out"`
	Skipped  int            `json:"skipped"`
	Errors   []LabScanError `json:"errors"`
}

func internalLab(id, method, path, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/internal" + path, Tag: "Internal", Summary: summary, Audience: Internal,
		NeedsTerm: method != http.MethodGet, Codes: notFound("lab_record_not_found", path, codes),
	}
}

func scan(id, path, summary string) Info {
	info := internalLab(id, http.MethodPost, path, summary, "worker_not_found")
	info.BodyLimit = 8 << 20
	return info
}

func largeLab(info Info) Info {
	info.BodyLimit = 6 << 20
	return info
}

// The internal routes of lab records. Those below labs and lab-imports are the older names of the same.
var (
	RouteLabRecordModels   = Route[ListLabRecordModels, []readmodel.LabRecord]{internalLab("list-lab-record-models", http.MethodGet, "/lab-records", "List labs' read models", "bad_status")}
	RouteLabRecordModel    = Route[ID, readmodel.LabRecord]{internalLab("get-lab-record-model", http.MethodGet, "/lab-records/{id}", "Get a lab's read model")}
	RouteLabRecordTopology = Route[ID, LabTopology]{internalLab("get-lab-record-file", http.MethodGet, "/lab-records/{id}/topology", "Get a lab file", "topology_unknown")}
	RouteDiscoverLabs      = Route[DiscoverLabs, DiscoveredLabs]{scan("discover-lab-records", "/lab-records/discover", "Report the labs of a worker")}
	RouteSyncLabs          = Route[DiscoverLabs, DiscoveredLabs]{scan("sync-lab-records", "/lab-records/sync", "Report the labs of a worker")}
	RouteReportLabStatus   = Route[LabStatusReport, Ack]{internalLab("report-lab-record-status", http.MethodPost, "/lab-records/{id}/status", "Move a lab", "bad_status", "invalid_transition")}
	RouteReportLabTopology = Route[LabTopologyReport, Ack]{largeLab(internalLab("report-lab-record-topology", http.MethodPost, "/lab-records/{id}/topology", "Bring a lab file that was read", "bad_topology", "lab_terminal"))}
	RouteReportLabRun      = Route[LabRunReport, Ack]{internalLab("report-lab-record-run", http.MethodPost, "/lab-records/{id}/run-completed", "Tell of a lab's run", "bad_run")}
	RouteBeginLabAction    = Route[LabActionReport, Ack]{internalLab("start-lab-record-action", http.MethodPost, "/lab-records/{id}/start-action", "Begin with a lab's action", "no_pending_action", "other_action")}
	RouteCompleteLabAction = Route[LabActionReport, Ack]{internalLab("complete-lab-record-action", http.MethodPost, "/lab-records/{id}/complete-action", "Complete a lab's action", "no_pending_action", "other_action", "lab_id_missing")}
	RouteFailLabAction     = Route[LabActionReport, Ack]{internalLab("fail-lab-record-action", http.MethodPost, "/lab-records/{id}/fail-action", "Fail a lab's action", "no_pending_action")}
	RouteOrphanLabRecord   = Route[LabAction, Ack]{internalLab("mark-lab-record-orphaned", http.MethodPost, "/lab-records/{id}/mark-orphaned", "Tell that CML does not have a lab any more")}
	RouteBindLab           = Route[BindLab, Ack]{internalLab("bind-lab", http.MethodPost, "/lab-records/{id}/bind", "Let a lab serve an instance", "instance_not_found", "instance_terminated", "other_worker", "lab_terminal", "lab_bound", "action_pending", "invalid_transition")}
	RouteUnbindLab         = Route[UnbindLab, Ack]{internalLab("unbind-lab", http.MethodPost, "/lab-records/{id}/unbind", "Let a lab serve an instance no more")}
	RouteTimeOutLabActions = Route[TimeOutLabActions, TimedOutLabActions]{internalLab("time-out-lab-actions", http.MethodPost, "/lab-records/time-out-actions", "Fail the actions that nobody carried out in time")}

	RoutePendingLabActions = Route[PendingLabs, []PendingLabAction]{internalLab("list-pending-lab-actions", http.MethodGet, "/labs/pending-actions", "List the labs that wait for an action")}
	RouteStartLabAction    = Route[LabActionReport, Ack]{internalLab("start-lab-action", http.MethodPost, "/labs/{id}/action/start", "Begin with a lab's action", "no_pending_action", "other_action")}
	RouteFinishLabAction   = Route[LabActionReport, Ack]{internalLab("complete-lab-action", http.MethodPost, "/labs/{id}/action/complete", "Complete a lab's action", "no_pending_action", "other_action", "lab_id_missing")}
	RouteGiveUpLabAction   = Route[LabActionReport, Ack]{internalLab("fail-lab-action", http.MethodPost, "/labs/{id}/action/fail", "Fail a lab's action", "no_pending_action")}
	RoutePendingLabImports = Route[PendingLabs, []PendingLabAction]{internalLab("list-pending-lab-imports", http.MethodGet, "/lab-imports/pending", "List the labs that wait to be imported")}
	RouteStartLabImport    = Route[LabActionReport, Ack]{internalLab("start-lab-import", http.MethodPost, "/lab-imports/{id}/start", "Begin with an import", "no_pending_action", "other_action")}
	RouteCompleteLabImport = Route[LabActionReport, Ack]{internalLab("complete-lab-import", http.MethodPost, "/lab-imports/{id}/complete", "Complete an import", "no_pending_action", "other_action", "lab_id_missing")}
	RouteFailLabImport     = Route[LabActionReport, Ack]{internalLab("fail-lab-import", http.MethodPost, "/lab-imports/{id}/fail", "Fail an import", "no_pending_action")}
)

func labRecordCommandRoutes() []Described {
	return []Described{
		RouteLabRecordModels, RouteDiscoverLabs, RouteSyncLabs, RouteTimeOutLabActions, RouteLabRecordModel, RouteLabRecordTopology,
		RouteReportLabStatus, RouteReportLabTopology, RouteReportLabRun, RouteBeginLabAction, RouteCompleteLabAction, RouteFailLabAction,
		RouteOrphanLabRecord, RouteBindLab, RouteUnbindLab, RoutePendingLabActions, RouteStartLabAction, RouteFinishLabAction,
		RouteGiveUpLabAction, RoutePendingLabImports, RouteStartLabImport, RouteCompleteLabImport, RouteFailLabImport,
	}
}
