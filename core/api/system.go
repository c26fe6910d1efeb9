package api

import (
	"net/http"
	"time"
)

// SystemHealth tells how the parts that the API needs are. It is healthy when all are, and degraded otherwise.
type SystemHealth struct {
	Status     string               `json:"status" enum:"healthy,degraded"`
	CheckedAt  time.Time            `json:"checked_at"`
	Components map[string]Component `json:"components" doc:"database, etcd, cloudevent_sink, keycloak, background_scheduler"`
}

// Alive says that the API answers at all; /api/system/health tells how it is.
type Alive struct {
	Status string `json:"status" enum:"ok"`
}

// Component is one part. What is not configured says so and is no fault.
type Component struct {
	Status    string   `json:"status" enum:"healthy,unhealthy,not_configured,standby"`
	Type      string   `json:"type,omitempty"`
	Detail    string   `json:"detail,omitempty"`
	EventID   string   `json:"event_id,omitempty" doc:"Of the event that was sent to the sink."`
	LatencyMS *float64 `json:"latency_ms,omitempty"`
}

// SchedulerStatus tells of the work that the leading replica does by itself.
type SchedulerStatus struct {
	Running  bool   `json:"running" doc:"Some replica does it."`
	State    string `json:"state" enum:"leading,standby,no_leader"`
	Leader   string `json:"leader,omitempty" doc:"The replica that does it."`
	JobCount int    `json:"job_count"`
	Jobs     []Job  `json:"jobs"`
}

// Job is work that is repeated.
type Job struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	IntervalSeconds float64    `json:"interval_seconds"`
	LastRunAt       *time.Time `json:"last_run_at,omitempty" doc:"In this replica."`
	LastError       string     `json:"last_error,omitempty" doc:"Code of the last run's failure."`
}

// WorkerMonitoring tells whose figures come in.
type WorkerMonitoring struct {
	Collectors       []Collector `json:"collectors"`
	TotalCollectors  int         `json:"total_collectors"`
	ActiveCollectors int         `json:"active_collectors"`
	PollInterval     int         `json:"poll_interval"`
	Message          string      `json:"message,omitempty"`
}

// Collector is the collection of one running worker's figures.
type Collector struct {
	WorkerID        string     `json:"worker_id"`
	WorkerName      string     `json:"worker_name"`
	Active          bool       `json:"active" doc:"Figures came within three intervals."`
	LastCollectedAt *time.Time `json:"last_collected_at,omitempty"`
	NextRefreshAt   *time.Time `json:"next_refresh_at,omitempty"`
}

// Intervals tells how often what is done.
type Intervals struct {
	Settings IntervalSettings `json:"settings"`
	Jobs     []Job            `json:"jobs"`
}

// IntervalSettings are in seconds.
type IntervalSettings struct {
	WorkerMetricsPollInterval int `json:"worker_metrics_poll_interval"`
	DiscoveryScanInterval     int `json:"auto_import_workers_interval"`
	IdleCheckInterval         int `json:"worker_activity_detection_interval"`
}

// Jobs lists what the leading replica repeats.
type Jobs struct {
	Jobs []Job `json:"jobs"`
}

func systemRoute(id, path, summary string, roles ...Role) Info {
	return Info{ID: id, Method: http.MethodGet, Path: path, Tag: "System", Summary: summary, Audience: Public, Roles: roles}
}

// The routes that tell how the system is.
var (
	RouteAlive            = Route[None, Alive]{alive()}
	RouteSystemHealth     = Route[None, SystemHealth]{systemRoute("get-system-health", "/api/system/health", "Try the parts that the API needs", Admin, Manager, User)}
	RouteSchedulerStatus  = Route[None, SchedulerStatus]{systemRoute("get-scheduler-status", "/api/system/scheduler/status", "Get the API's own repeated work", Admin, Manager, User)}
	RouteWorkerMonitoring = Route[None, WorkerMonitoring]{systemRoute("get-worker-monitoring", "/api/system/monitoring/workers", "Get whose figures come in", Admin, Manager, User)}
	RouteIntervals        = Route[None, Intervals]{systemRoute("get-intervals", "/api/diagnostics/intervals", "Get how often what is done")}
	RouteJobs             = Route[None, Jobs]{systemRoute("get-jobs", "/api/diagnostics/jobs", "Get the API's repeated work", Admin, Manager)}
)

func alive() Info {
	info := systemRoute("get-health", "/api/health", "Find out whether the API answers")
	info.Audience = Open
	return info
}

func systemRoutes() []Described {
	return []Described{RouteAlive, RouteSystemHealth, RouteSchedulerStatus, RouteWorkerMonitoring, RouteIntervals, RouteJobs}
}
