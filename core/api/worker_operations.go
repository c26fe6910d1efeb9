package api

import (
	"net/http"
	"time"
)

// Why is a request's reason; it is kept in the audit log.
type Why struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why; kept in the audit log."`
}

// StopBody stops or pauses a worker.
type StopBody struct {
	Why
	Force bool `json:"force,omitempty" doc:"Although labs are on the worker or begin soon: they are lost. Audited."`
}

// TerminateBody ends a worker.
type TerminateBody struct {
	Why
	Force           bool `json:"force,omitempty" doc:"Although labs are on the worker or begin soon: they are lost. Audited."`
	ForceHardDelete bool `json:"force_hard_delete,omitempty" doc:"Remove the worker for good when nothing outside is left of it."`
}

// TagsBody replaces the tags that are wanted on the machine.
type TagsBody struct {
	Tags map[string]string `json:"tags" doc:"All tags besides those that LCM needs itself."`
}

// MonitoringBody asks for figures by the minute.
type MonitoringBody struct {
	Enabled *bool `json:"enabled,omitempty" doc:"True when left out."`
}

// RegisterLicenseBody asks for a registration of CML.
type RegisterLicenseBody struct {
	LicenseToken string `json:"license_token,omitempty" maxLength:"256" pattern:"^[a-zA-Z0-9+/%=-]*$" doc:"Token to register with; a seat of the licence file is taken when it is left out. It is sealed, used once and never shown."`
	Reregister   bool   `json:"reregister,omitempty" doc:"Although CML is registered already."`
}

// Accepted answers a request on a worker that goes on after the answer. Location names the task.
type Accepted struct {
	WorkerID string `json:"worker_id"`
	// Status is the task's.
	Status  string `json:"status"`
	Message string `json:"message"`
	TaskID  string `json:"task_id"`
}

// Drained answers a drain.
type Drained struct {
	WorkerID      string     `json:"worker_id"`
	Status        string     `json:"status"`
	DesiredStatus string     `json:"desired_status"`
	DrainUntil    *time.Time `json:"drain_until,omitempty" doc:"When the drain no longer waits for the last lab."`
	TaskID        string     `json:"task_id"`
}

// RefreshAnswer tells whether fresh data have been asked for.
type RefreshAnswer struct {
	WorkerID          string `json:"worker_id"`
	Scheduled         bool   `json:"scheduled"`
	Reason            string `json:"reason,omitempty" enum:"not_running,rate_limited,background_job_imminent,already_scheduled"`
	ETASeconds        int    `json:"eta_seconds,omitempty" doc:"When fresh data come at the latest without being asked for."`
	RetryAfterSeconds int    `json:"retry_after_seconds,omitempty"`
}

// IdleDetection tells whether the detection is on for the worker.
type IdleDetection struct {
	WorkerID               string `json:"worker_id"`
	IsIdleDetectionEnabled bool   `json:"is_idle_detection_enabled"`
}

func operation(id, method, below, summary string, roles []Role, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/workers/{id}" + below, Tag: "Workers", Summary: summary, Audience: Public, Roles: roles,
		Codes: append([]string{"worker_not_found"}, codes...),
	}
}

// goesOn marks a route that answers before the work is done.
func goesOn(info Info) Info {
	info.Success = http.StatusAccepted
	return info
}

// admins may change machines.
func admins() []Role { return []Role{Admin} }

// The routes that change a worker.
var (
	RoutesStartWorker = onWorker[*Why, Worker](operation("start-worker", http.MethodPost, "/start", "Want a worker running", admins(), "worker_terminated", "worker_not_draining"))
	RoutesStopWorker  = onWorker[*StopBody, Worker](operation("stop-worker", http.MethodPost, "/stop", "Want a worker stopped", admins(), "worker_terminated", "worker_in_use"))
	RoutesPauseWorker = onWorker[*StopBody, Worker](operation("pause-worker", http.MethodPost, "/pause", "Stop a running worker until it is resumed", admins(),
		"worker_terminated", "worker_in_use", "worker_not_running"))
	RoutesResumeWorker = onWorker[*Why, Worker](operation("resume-worker", http.MethodPost, "/resume", "Start a paused worker", admins(), "worker_terminated", "worker_not_draining"))
	RoutesTerminate    = onWorker[*TerminateBody, Worker](goesOn(operation("end-worker", http.MethodPost, "/terminate", "Ask for a worker's end", admins(), "worker_in_use", "worker_terminated")))
	RoutesSetTags      = onWorker[TagsBody, Worker](operation("set-worker-tags", http.MethodPost, "/tags", "Replace the tags of a worker's machine", admins(), "worker_terminated", "bad_tags"))
	RoutesRefresh      = onWorker[*Why, RefreshAnswer](goesOn(operation("refresh-worker", http.MethodPost, "/refresh", "Ask for fresh data of a worker", nil)))
	RoutesMonitoring   = onWorker[*MonitoringBody, Worker](operation("monitor-worker", http.MethodPost, "/monitoring", "Ask for figures by the minute", admins(),
		"worker_terminated", "worker_not_launched"))
	RoutesRegisterLicense = onWorker[RegisterLicenseBody, Accepted](goesOn(operation("register-worker-license", http.MethodPost, "/license", "Register CML's licence", admins(),
		"worker_not_running", "license_busy", "license_token_required", "no_secret_key")))
	RoutesDeregisterLicense = ofWorker[Accepted](goesOn(operation("deregister-worker-license", http.MethodDelete, "/license", "Give CML's licence back", admins(),
		"worker_not_running", "worker_in_use", "license_busy")))
	RoutesEnableIdle  = onWorker[*Why, IdleDetection](operation("enable-worker-idle-detection", http.MethodPost, "/idle-detection/enable", "Look for idleness", admins(), "worker_terminated"))
	RoutesDisableIdle = onWorker[*Why, IdleDetection](operation("disable-worker-idle-detection", http.MethodPost, "/idle-detection/disable", "Look for idleness no longer", admins(), "worker_terminated"))
	RoutesDrain       = onWorker[*Why, Drained](goesOn(operation("drain-worker", http.MethodPost, "/drain", "Take no new labs and stop after the last one", admins(),
		"worker_terminated", "worker_not_running")))
	RoutesCancelDrain      = onWorker[*Why, Worker](operation("cancel-worker-drain", http.MethodPost, "/cancel-drain", "Take labs again", admins(), "worker_terminated", "worker_not_draining"))
	RoutesResetCertificate = ofWorker[Worker](operation("reset-worker-certificate", http.MethodDelete, "/tls-pin", "Forget the pinned certificate", admins(), "worker_terminated"))
)

func workerOperationRoutes() (all []Described) {
	for _, pair := range []interface{ describe() []Described }{
		RoutesStartWorker, RoutesStopWorker, RoutesPauseWorker, RoutesResumeWorker, RoutesTerminate, RoutesSetTags, RoutesRefresh, RoutesMonitoring, RoutesRegisterLicense,
		RoutesDeregisterLicense, RoutesEnableIdle, RoutesDisableIdle, RoutesDrain, RoutesCancelDrain, RoutesResetCertificate,
	} {
		all = append(all, pair.describe()...)
	}
	return all
}
