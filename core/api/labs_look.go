package api

import "net/http"

// LabsLook says that a worker's CML is being looked into for its labs. Location names the task.
type LabsLook struct {
	WorkerID string `json:"worker_id"`
	// Status is the task's.
	Status  string `json:"status"`
	Message string `json:"message"`
	TaskID  string `json:"task_id"`
}

// LabStats counts the labs of a worker that are not over.
type LabStats struct {
	WorkerID string         `json:"worker_id"`
	Total    int            `json:"total"`
	ByStatus map[string]int `json:"by_status"`
	// Bound is how many serve an instance, Pending how many wait for an action.
	Bound     int `json:"bound"`
	Pending   int `json:"pending"`
	NodeCount int `json:"node_count"`
	LinkCount int `json:"link_count"`
}

// labReaders may look at labs.
func labReaders() []Role { return []Role{Admin, Manager, LabAuthor} }

func labsOfWorker(id, method, path, summary string, success int, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/workers/{id}/labs" + path, Tag: labRecordsTag, Summary: summary, Audience: Public,
		Roles: labReaders(), Success: success, Codes: append([]string{"worker_not_found"}, codes...),
	}
}

// The routes that look into a worker's CML, and count what was found there.
var (
	RouteRefreshLabs  = Route[WorkerOfRegion, LabsLook]{olderLab("refresh-labs", http.MethodPost, "/refresh", "Have a worker's labs looked at again", labReaders(), http.StatusAccepted, "worker_not_running")}
	RouteLookForLabs  = Route[ID, LabsLook]{labsOfWorker("look-for-worker-labs", http.MethodPost, "/discover", "Have a worker's labs looked at again", http.StatusAccepted, "worker_not_running")}
	RouteWorkerLabSum = Route[ID, LabStats]{labsOfWorker("count-worker-labs", http.MethodGet, "/stats", "Count a worker's labs", 0)}
)
