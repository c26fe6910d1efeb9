package readmodel

// Settings is the read model of the system settings that controllers follow (document id "default").
type Settings struct {
	ID         string    `json:"id"`
	Version    int64     `json:"version"`
	Generation int64     `json:"generation"`
	Discovery  Discovery `json:"discovery"`
	// MetricsPollSeconds is how often workers' figures are read.
	MetricsPollSeconds int `json:"worker_metrics_poll_interval_seconds"`
	// WorkerBootMinutes and InstantiationMinutes are how long before a slot capacity is wanted (20 and 15).
	WorkerBootMinutes    float64 `json:"worker_boot_minutes"`
	InstantiationMinutes float64 `json:"instantiation_minutes"`
	// TeardownMarginMinutes is kept free after a slot (5).
	TeardownMarginMinutes float64 `json:"teardown_margin_minutes"`
	// MaxWorkersPerRegion caps scale-up.
	MaxWorkersPerRegion int `json:"max_workers_per_region"`
	// IdleDetection tells whether idle workers are looked for, IdleCheckSeconds how often.
	IdleDetection    bool `json:"idle_detection"`
	IdleCheckSeconds int  `json:"idle_check_interval_seconds,omitempty"`
	// SecurityGroupIDs and SubnetID are for new machines; empty leaves them to worker-controller's own settings.
	SecurityGroupIDs []string `json:"security_group_ids,omitempty"`
	SubnetID         string   `json:"subnet_id,omitempty"`
}

// SettingsID is the id of the one settings document.
const SettingsID = "default"

// Discovery says where worker-controller looks for machines.
type Discovery struct {
	Enabled             bool     `json:"enabled"`
	Regions             []string `json:"regions"`
	AMINamePattern      string   `json:"ami_name_pattern"`
	ScanIntervalSeconds int      `json:"scan_interval_seconds"`
}
