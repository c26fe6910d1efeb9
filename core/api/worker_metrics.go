package api

import (
	"net/http"
	"time"
)

// ReportMetrics tells a worker's figures. They are no state: no event and no audit record tells of them.
type ReportMetrics struct {
	ID   string `path:"id" maxLength:"128"`
	Body ReportMetricsBody
}

// ReportMetricsBody holds what could be read: a part that is left out stays what it was, a figure that is left out of its
// part is not known, and never 0.
type ReportMetricsBody struct {
	CollectedAt time.Time   `json:"collected_at"`
	EC2         *EC2Metrics `json:"ec2,omitempty"`
	CML         *CMLMetrics `json:"cml,omitempty"`
	// PollInterval and NextRefreshAt tell when the next figures come.
	PollInterval  int        `json:"poll_interval,omitempty" minimum:"0" maximum:"86400" doc:"Seconds."`
	NextRefreshAt *time.Time `json:"next_refresh_at,omitempty"`
}

// EC2Metrics are CloudWatch's figures and EC2's status checks.
type EC2Metrics struct {
	CPUUtilization    *float64 `json:"cpu_utilization,omitempty" minimum:"0" maximum:"100"`
	MemoryUtilization *float64 `json:"memory_utilization,omitempty" minimum:"0" maximum:"100"`
	NetworkInBytes    *float64 `json:"network_in_bytes,omitempty" minimum:"0"`
	NetworkOutBytes   *float64 `json:"network_out_bytes,omitempty" minimum:"0"`
	InstanceCheck     string   `json:"instance_state_detail,omitempty" maxLength:"40"`
	SystemCheck       string   `json:"system_status_check,omitempty" maxLength:"40"`
}

// CMLMetrics are CML's figures. SystemInfo and SystemHealth are CML's own documents, for people.
type CMLMetrics struct {
	CPUPercent    *float64       `json:"cpu_percent,omitempty" minimum:"0" maximum:"100"`
	MemoryPercent *float64       `json:"memory_percent,omitempty" minimum:"0" maximum:"100"`
	DiskPercent   *float64       `json:"disk_percent,omitempty" minimum:"0" maximum:"100"`
	UptimeSeconds *int64         `json:"uptime_seconds,omitempty" minimum:"0"`
	LabsCount     *int           `json:"labs_count,omitempty" minimum:"0"`
	TotalNodes    *int           `json:"total_nodes,omitempty" minimum:"0"`
	RunningNodes  *int           `json:"running_nodes,omitempty" minimum:"0"`
	SystemInfo    map[string]any `json:"system_info,omitempty"`
	SystemHealth  map[string]any `json:"system_health,omitempty"`
}

// ReportEC2Details tells details of a worker's machine; what is left out stays as it was.
type ReportEC2Details struct {
	ID   string `path:"id" maxLength:"128"`
	Body ReportEC2DetailsBody
}

// ReportEC2DetailsBody is what EC2 shows.
type ReportEC2DetailsBody struct {
	PublicIP        string `json:"public_ip,omitempty" maxLength:"64"`
	PrivateIP       string `json:"private_ip,omitempty" maxLength:"64"`
	InstanceType    string `json:"instance_type,omitempty" maxLength:"64"`
	AMIID           string `json:"ami_id,omitempty" maxLength:"64"`
	AMIName         string `json:"ami_name,omitempty" maxLength:"128"`
	AMIDescription  string `json:"ami_description,omitempty" maxLength:"255"`
	AMICreationDate string `json:"ami_creation_date,omitempty" maxLength:"40"`
	InstanceCheck   string `json:"instance_state_detail,omitempty" maxLength:"40"`
	SystemCheck     string `json:"system_status_check,omitempty" maxLength:"40"`
}

// ReportActivity tells what people last did on a worker.
type ReportActivity struct {
	ID   string `path:"id" maxLength:"128"`
	Body ReportActivityBody
}

// ReportActivityBody is what a look at the telemetry found.
type ReportActivityBody struct {
	LastActivityAt *time.Time      `json:"last_activity_at,omitempty"`
	RecentEvents   []ActivityEvent `json:"recent_events,omitempty" maxItems:"1000"`
	LastCheckAt    *time.Time      `json:"last_check_at,omitempty"`
	NextCheckAt    *time.Time      `json:"next_check_at,omitempty"`
	TargetPauseAt  *time.Time      `json:"target_pause_at,omitempty"`
}

// DetectIdle hands CML's telemetry over; the API judges whether the worker is idle, and pauses it if it may.
type DetectIdle struct {
	ID   string `path:"id" maxLength:"128"`
	Body DetectIdleBody
}

// DetectIdleBody is CML's telemetry as CML tells it; what else is in the events is ignored.
type DetectIdleBody struct {
	ForceCheck bool             `json:"force_check,omitempty" doc:"Judge although the detection is switched off; it pauses nothing then."`
	Events     []TelemetryEvent `json:"raw_telemetry_events,omitempty" maxItems:"10000"`
}

// TelemetryEvent is an event of CML's telemetry.
type TelemetryEvent struct {
	Category  string         `json:"category" maxLength:"64"`
	Timestamp time.Time      `json:"timestamp"`
	Data      map[string]any `json:"data,omitempty"`
}

// IdleVerdict is what a detection came to.
type IdleVerdict struct {
	WorkerID           string    `json:"worker_id"`
	CheckedAt          time.Time `json:"checked_at"`
	TelemetryFetched   bool      `json:"telemetry_fetched"`
	ActivityUpdated    bool      `json:"activity_updated"`
	IdleCheckPerformed bool      `json:"idle_check_performed"`
	AutoPauseTriggered bool      `json:"auto_pause_triggered"`
	IsIdle             bool      `json:"is_idle"`
	IdleMinutes        float64   `json:"idle_minutes"`
	EligibleForPause   bool      `json:"eligible_for_pause"`
	InSnoozePeriod     bool      `json:"in_snooze_period"`
	Reason             string    `json:"reason,omitempty" doc:"Why it was not paused."`
}

// MarkTerminated tells that EC2 has a worker's machine no more, which the caller has made sure of.
type MarkTerminated struct {
	ID   string `path:"id" maxLength:"128"`
	Body MarkTerminatedBody
}

// MarkTerminatedBody says why, and who found out.
type MarkTerminatedBody struct {
	Reason       string `json:"reason,omitempty" maxLength:"500" default:"orphan_detection"`
	TerminatedBy string `json:"terminated_by,omitempty" maxLength:"128"`
}

// DrainByService drains a worker.
type DrainByService struct {
	ID          string `path:"id" maxLength:"128"`
	Reason      string `query:"reason" maxLength:"500" default:"scale_down"`
	RequestedBy string `query:"requested_by" maxLength:"128"`
}

// Recalculate goes through a worker's book.
type Recalculate struct {
	ID          string `path:"id" maxLength:"128"`
	RequestedBy string `query:"requested_by" maxLength:"128"`
}

// CleanupWorkers removes workers that have been terminated for long.
type CleanupWorkers struct {
	Body CleanupWorkersBody
}

// CleanupWorkersBody says for how long they are kept.
type CleanupWorkersBody struct {
	RetentionDays int  `json:"retention_days,omitempty" minimum:"1" maximum:"365" default:"30"`
	DryRun        bool `json:"dry_run,omitempty" doc:"Only tell what would be removed."`
}

// CleanupResult tells what was removed; one call looks at no more than a thousand.
type CleanupResult struct {
	WorkersFound     int       `json:"workers_found"`
	WorkersDeleted   int       `json:"workers_deleted"`
	WorkersSkipped   int       `json:"workers_skipped"`
	RetentionDays    int       `json:"retention_days"`
	CutoffDate       time.Time `json:"cutoff_date"`
	DryRun           bool      `json:"dry_run"`
	DeletedWorkerIDs []string  `json:"deleted_worker_ids"`
}

// The internal routes of workers' figures and upkeep.
var (
	RouteReportMetrics = Route[ReportMetrics, Ack]{internalWorker(
		"report-worker-metrics", http.MethodPost, "/{id}/metrics", "Report a worker's figures", "worker_terminated")}
	RoutePutMetrics = Route[ReportMetrics, Ack]{internalWorker(
		"put-worker-metrics", http.MethodPut, "/{id}/metrics", "Report a worker's figures, as older callers do", "worker_terminated")}
	RoutePutWorkerStatus = Route[ReportWorkerStatus, Ack]{internalWorker(
		"put-worker-status", http.MethodPut, "/{id}/status", "Report what EC2 shows, as older callers do", "bad_status", "worker_in_use")}
	RouteReportEC2Details = Route[ReportEC2Details, Ack]{internalWorker(
		"report-worker-ec2-details", http.MethodPost, "/{id}/ec2-details", "Report details of a worker's machine", "worker_terminated")}
	RouteReportActivity = Route[ReportActivity, Ack]{internalWorker(
		"report-worker-activity", http.MethodPost, "/{id}/activity", "Report what people last did on a worker")}
	RouteDetectIdle = Route[DetectIdle, IdleVerdict]{internalWorker(
		"detect-worker-idle", http.MethodPost, "/{id}/detect-idle", "Judge whether a worker is idle, and pause it if it may be")}
	RouteInternalIdleStatus = Route[ID, IdleStatus]{internalWorker(
		"get-worker-idle-status-internal", http.MethodGet, "/{id}/idle-status", "Get how idle a worker is")}
	RouteMarkTerminated = Route[MarkTerminated, Ack]{internalWorker(
		"mark-worker-terminated", http.MethodPost, "/{id}/terminate", "Tell that EC2 has a worker's machine no more")}
	RouteDrainByService = Route[DrainByService, Drained]{internalWorker(
		"drain-worker-internal", http.MethodPost, "/{id}/drain", "Take no new labs and stop after the last one", "worker_terminated", "worker_not_running")}
	RouteRecalculate = Route[Recalculate, Ack]{internalWorker(
		"recalculate-worker-capacity", http.MethodPost, "/{id}/recalculate-capacity", "Release what nobody needs of a worker's book")}
	RouteCleanupWorkers = Route[CleanupWorkers, CleanupResult]{internalWorker(
		"cleanup-workers", http.MethodPost, "/cleanup", "Remove workers that have been terminated for long")}
)

func workerUpkeepRoutes() []Described {
	return []Described{
		RouteReportMetrics, RoutePutMetrics, RoutePutWorkerStatus, RouteReportEC2Details, RouteReportActivity, RouteDetectIdle,
		RouteInternalIdleStatus, RouteMarkTerminated, RouteDrainByService, RouteRecalculate, RouteCleanupWorkers, RouteBulkImport,
	}
}
