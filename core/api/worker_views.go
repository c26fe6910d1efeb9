package api

import (
	"net/http"
	"time"
)

// WorkerStatus is where a worker stands, in short.
type WorkerStatus struct {
	WorkerID      string    `json:"worker_id"`
	Status        string    `json:"status"`
	DesiredStatus string    `json:"desired_status"`
	ServiceStatus string    `json:"service_status"`
	InstanceState string    `json:"instance_state,omitempty" doc:"EC2's status check of the machine."`
	InstanceID    string    `json:"instance_id,omitempty" doc:"EC2's id of the machine."`
	AWSRegion     string    `json:"aws_region"`
	Since         time.Time `json:"since"`
}

// WorkerResources are the last figures of a worker. What is missing is not known.
type WorkerResources struct {
	WorkerID          string     `json:"worker_id"`
	InstanceID        string     `json:"instance_id"`
	CPUUtilization    *float64   `json:"cpu_utilization,omitempty" doc:"Percent, of CloudWatch."`
	MemoryUtilization *float64   `json:"memory_utilization,omitempty" doc:"Percent, of CloudWatch, else of CML."`
	NetworkInBytes    *float64   `json:"network_in_bytes,omitempty"`
	NetworkOutBytes   *float64   `json:"network_out_bytes,omitempty"`
	CollectedAt       *time.Time `json:"collected_at,omitempty"`
	RelativeStartTime string     `json:"relative_start_time"`
	Stale             bool       `json:"stale" doc:"There are no figures of the time asked for; these are the last."`
}

// OfResources asks for the figures of a worker.
type OfResources struct {
	WorkerID
	RelativeStartTime string `query:"relative_start_time" enum:"30s,1m,5m,10m" default:"1m" doc:"How far back figures count as fresh."`
}

// OfRegionResources is OfResources below the region.
type OfRegionResources struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32"`
	OfResources
}

// WorkerActivity is what people last did on a worker, and its pauses.
type WorkerActivity struct {
	WorkerID               string          `json:"worker_id"`
	LastActivityAt         *time.Time      `json:"last_activity_at,omitempty"`
	LastActivityCheckAt    *time.Time      `json:"last_activity_check_at,omitempty"`
	RecentActivityEvents   []ActivityEvent `json:"recent_activity_events"`
	LastPausedAt           *time.Time      `json:"last_paused_at,omitempty"`
	LastResumedAt          *time.Time      `json:"last_resumed_at,omitempty"`
	AutoPauseCount         int             `json:"auto_pause_count"`
	ManualPauseCount       int             `json:"manual_pause_count"`
	AutoResumeCount        int             `json:"auto_resume_count"`
	ManualResumeCount      int             `json:"manual_resume_count"`
	NextIdleCheckAt        *time.Time      `json:"next_idle_check_at,omitempty"`
	TargetPauseAt          *time.Time      `json:"target_pause_at,omitempty"`
	IsIdleDetectionEnabled bool            `json:"is_idle_detection_enabled"`
	InSnoozePeriod         bool            `json:"in_snooze_period"`
	IdleDurationMinutes    float64         `json:"idle_duration_minutes"`
}

// ActivityEvent is one thing that somebody did on a worker's CML.
type ActivityEvent struct {
	Category  string    `json:"category" minLength:"1" maxLength:"64"`
	Timestamp time.Time `json:"timestamp"`
	UserID    string    `json:"user_id,omitempty" maxLength:"128"`
}

// IdleStatus is how idle a worker is.
type IdleStatus struct {
	WorkerID             string     `json:"worker_id"`
	IsIdle               bool       `json:"is_idle"`
	IdleMinutes          float64    `json:"idle_minutes"`
	IdleThresholdMinutes int        `json:"idle_threshold_minutes"`
	LastActivityAt       *time.Time `json:"last_activity_at,omitempty"`
	InSnoozePeriod       bool       `json:"in_snooze_period"`
	SnoozeUntil          *time.Time `json:"snooze_until,omitempty"`
	AutoPauseEnabled     bool       `json:"auto_pause_enabled"`
	EligibleForPause     bool       `json:"eligible_for_pause"`
	Reason               string     `json:"reason,omitempty" doc:"Why it is not eligible."`
	NextIdleCheckAt      *time.Time `json:"next_idle_check_at,omitempty"`
	TargetPauseAt        *time.Time `json:"target_pause_at,omitempty"`
	CheckedAt            time.Time  `json:"checked_at"`
}

// OfTelemetry asks for the stored telemetry of a worker.
type OfTelemetry struct {
	WorkerID
	Since string `query:"since" format:"date-time" doc:"Only what came after this."`
}

// OfRegionTelemetry is OfTelemetry below the region.
type OfRegionTelemetry struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32"`
	OfTelemetry
}

// The routes that show parts of a worker.
var (
	RoutesWorkerStatus    = ofWorker[WorkerStatus](operation("get-worker-status", http.MethodGet, "/status", "Get where a worker stands", nil))
	RoutesWorkerResources = paired[OfResources, OfRegionResources, WorkerResources](operation("get-worker-resources", http.MethodGet, "/resources", "Get a worker's last figures", nil, "worker_not_launched"))
	RoutesWorkerActivity  = ofWorker[WorkerActivity](operation("get-worker-activity", http.MethodGet, "/activity", "Get what people last did on a worker", nil))
	RoutesIdleStatus      = ofWorker[IdleStatus](operation("get-worker-idle-status", http.MethodGet, "/idle-status", "Get how idle a worker is", nil))
	RoutesTelemetry       = paired[OfTelemetry, OfRegionTelemetry, []ActivityEvent](operation("list-worker-telemetry-events", http.MethodGet, "/telemetry-events", "List a worker's stored telemetry", nil))
)

func workerViewRoutes() (all []Described) {
	for _, pair := range []interface{ describe() []Described }{RoutesWorkerStatus, RoutesWorkerResources, RoutesWorkerActivity, RoutesIdleStatus, RoutesTelemetry} {
		all = append(all, pair.describe()...)
	}
	return all
}
