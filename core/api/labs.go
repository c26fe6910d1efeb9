package api

import (
	"net/http"
	"time"
)

// WorkerOfRegion names a worker by region and id, as the older routes do.
type WorkerOfRegion struct {
	Region   string `path:"aws_region" minLength:"1" maxLength:"64"`
	WorkerID string `path:"worker_id" minLength:"1" maxLength:"128"`
}

// LabOfWorker names a lab by its worker and CML's id.
type LabOfWorker struct {
	WorkerOfRegion
	LabID string `path:"lab_id" minLength:"1" maxLength:"128"`
}

// ImportLabOfWorker makes a lab of a lab file.
type ImportLabOfWorker struct {
	WorkerOfRegion
	Body ImportLabFileBody
}

// ImportLabFileBody is the lab file. It may come as multipart/form-data, the lab file in the field "file".
type ImportLabFileBody struct {
	Title        string `json:"title,omitempty" maxLength:"200"`
	TopologyYAML string `json:"topology_yaml" minLength:"1" maxLength:"4194304" doc:"CML lab file."`
}

// Lab is a lab as the older routes show it.
type Lab struct {
	ID            string     `json:"id" doc:"CML's id."`
	Title         string     `json:"title"`
	Description   string     `json:"description"`
	Notes         string     `json:"notes"`
	State         string     `json:"state"`
	Owner         string     `json:"owner"`
	OwnerUsername string     `json:"owner_username"`
	NodeCount     int        `json:"node_count"`
	LinkCount     int        `json:"link_count"`
	Created       *time.Time `json:"created,omitempty"`
	Modified      *time.Time `json:"modified,omitempty"`
	Groups        []string   `json:"groups"`
	LastSynced    time.Time  `json:"last_synced"`
}

// LabControlled says that an action on a lab waits for lablet-controller.
type LabControlled struct {
	LabID       string `json:"lab_id,omitempty"`
	LabRecordID string `json:"lab_record_id"`
	Action      string `json:"action"`
	Status      string `json:"status"`
	TaskID      string `json:"task_id"`
}

func olderLab(id, method, path, summary string, roles []Role, success int, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/labs/region/{aws_region}/workers/{worker_id}/labs" + path, Tag: "Labs", Summary: summary,
		Audience: Public, Roles: roles, Success: success, Codes: append([]string{"worker_not_found"}, codes...),
	}
}

func actOnOlderLab(action, summary string) Info {
	return olderLab(action+"-lab", http.MethodPost, "/{lab_id}/"+action, summary, []Role{Admin, Manager}, http.StatusAccepted,
		"lab_record_not_found", "lab_terminal", "action_pending", "lab_bound", "lab_in_use", "invalid_transition")
}

// The older routes of labs, by worker and CML's id.
var (
	RouteListLabs    = Route[WorkerOfRegion, []Lab]{olderLab("list-labs", http.MethodGet, "", "List a worker's labs", []Role{Admin, Manager, LabAuthor}, 0)}
	RouteStartLab    = Route[LabOfWorker, LabControlled]{actOnOlderLab("start", "Start a lab")}
	RouteStopLab     = Route[LabOfWorker, LabControlled]{actOnOlderLab("stop", "Stop a lab")}
	RouteWipeLab     = Route[LabOfWorker, LabControlled]{actOnOlderLab("wipe", "Wipe a lab")}
	RouteDeleteLab   = Route[LabOfWorker, LabControlled]{actOnOlderLab("delete", "Delete a lab in CML")}
	RouteDownloadLab = Route[LabOfWorker, []byte]{olderLab("download-lab", http.MethodGet, "/{lab_id}/download", "Download a lab file as it was read last", []Role{Admin, Manager, LabAuthor}, 0, "lab_record_not_found", "topology_unknown")}
	RouteImportLab   = Route[ImportLabOfWorker, LabControlled]{importLab(olderLab("import-lab", http.MethodPost, "/import", "Make a lab of a lab file; multipart/form-data is taken as well", []Role{Admin, Manager}, http.StatusAccepted, "worker_terminated", "bad_topology"))}
)

func labRoutes() []Described {
	return []Described{
		RouteListLabs, RouteImportLab, RouteRefreshLabs, RouteStartLab, RouteStopLab, RouteWipeLab, RouteDeleteLab, RouteDownloadLab,
	}
}
