package api

import "time"

// WorkerDetails is the rest of a worker: its machine, its figures, its activity. Figures that are missing are not known.
type WorkerDetails struct {
	Origin           string            `json:"origin,omitempty"`
	AMIDescription   string            `json:"ami_description,omitempty"`
	AMICreationDate  string            `json:"ami_creation_date,omitempty"`
	AWSTags          map[string]string `json:"aws_tags"`
	StartInitiatedAt *time.Time        `json:"start_initiated_at,omitempty"`
	StopInitiatedAt  *time.Time        `json:"stop_initiated_at,omitempty"`
	DrainUntil       *time.Time        `json:"drain_until,omitempty"`

	EC2InstanceStateDetail string     `json:"ec2_instance_state_detail,omitempty"`
	EC2SystemStatusCheck   string     `json:"ec2_system_status_check,omitempty"`
	EC2LastCheckedAt       *time.Time `json:"ec2_last_checked_at,omitempty"`

	CloudWatchCPU        *float64   `json:"cloudwatch_cpu_utilization,omitempty"`
	CloudWatchMemory     *float64   `json:"cloudwatch_memory_utilization,omitempty"`
	CloudWatchAt         *time.Time `json:"cloudwatch_last_collected_at,omitempty"`
	CloudWatchByMinute   bool       `json:"cloudwatch_detailed_monitoring_enabled"`
	CMLUptimeSeconds     *int64     `json:"cml_uptime_seconds,omitempty"`
	CMLLabsCount         *int       `json:"cml_labs_count,omitempty"`
	CMLSystemInfo        any        `json:"cml_system_info,omitempty"`
	CMLSystemHealth      any        `json:"cml_system_health,omitempty"`
	ActiveLabsCount      *int       `json:"active_labs_count,omitempty"`
	CPUUtilization       *float64   `json:"cpu_utilization,omitempty" doc:"Percent: CML's figure, else CloudWatch's."`
	MemoryUtilization    *float64   `json:"memory_utilization,omitempty"`
	StorageUtilization   *float64   `json:"storage_utilization,omitempty"`
	DiskUtilization      *float64   `json:"disk_utilization,omitempty"`
	PortUtilizationPct   float64    `json:"port_utilization_pct"`
	PollInterval         int        `json:"poll_interval,omitempty"`
	NextRefreshAt        *time.Time `json:"next_refresh_at,omitempty"`
	RefreshRequestedAt   *time.Time `json:"refresh_requested_at,omitempty"`
	LastActivityAt       *time.Time `json:"last_activity_at,omitempty"`
	LastActivityCheckAt  *time.Time `json:"last_activity_check_at,omitempty"`
	NextIdleCheckAt      *time.Time `json:"next_idle_check_at,omitempty"`
	TargetPauseAt        *time.Time `json:"target_pause_at,omitempty"`
	IdleDetectionEnabled bool       `json:"is_idle_detection_enabled"`
	InSnoozePeriod       bool       `json:"in_snooze_period"`

	RecentActivityEvents []ActivityEvent `json:"recent_activity_events"`
	AutoPauseCount       int             `json:"auto_pause_count"`
	ManualPauseCount     int             `json:"manual_pause_count"`
	AutoResumeCount      int             `json:"auto_resume_count"`
	ManualResumeCount    int             `json:"manual_resume_count"`
	LastPausedAt         *time.Time      `json:"last_paused_at,omitempty"`
	LastResumedAt        *time.Time      `json:"last_resumed_at,omitempty"`
	PausedBy             string          `json:"paused_by,omitempty"`
	PauseReason          string          `json:"pause_reason,omitempty"`
}
