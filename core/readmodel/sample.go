package readmodel

import "time"

// SamplesRoot is the prefix of the keys of workers' figures. They are not state: no event tells of them, they are not
// compared with the store, and nobody decides by them.
const SamplesRoot = Root + "samples/workers/"

// SampleKey is the key of a worker's figures.
func SampleKey(workerID string) string { return SamplesRoot + workerID }

// WorkerSample is the last figures of a worker. What is nil is not known; a missing figure is never 0.
type WorkerSample struct {
	WorkerID string     `json:"worker_id"`
	EC2      *EC2Sample `json:"ec2,omitempty"`
	CML      *CMLSample `json:"cml,omitempty"`
	// EC2CheckedAt is when EC2's status checks were last read.
	EC2CheckedAt *time.Time `json:"ec2_last_checked_at,omitempty"`
	// PollIntervalSeconds and NextRefreshAt tell when the next figures come.
	PollIntervalSeconds int        `json:"poll_interval,omitempty"`
	NextRefreshAt       *time.Time `json:"next_refresh_at,omitempty"`
	UpdatedAt           time.Time  `json:"updated_at"`
}

// EC2Sample is what CloudWatch tells, in percent and bytes.
type EC2Sample struct {
	CPUUtilization    *float64  `json:"cpu_utilization,omitempty"`
	MemoryUtilization *float64  `json:"memory_utilization,omitempty"`
	NetworkInBytes    *float64  `json:"network_in_bytes,omitempty"`
	NetworkOutBytes   *float64  `json:"network_out_bytes,omitempty"`
	CollectedAt       time.Time `json:"collected_at"`
}

// CMLSample is what CML tells, in percent, seconds and pieces.
type CMLSample struct {
	CPUPercent    *float64  `json:"cpu_percent,omitempty"`
	MemoryPercent *float64  `json:"memory_percent,omitempty"`
	DiskPercent   *float64  `json:"disk_percent,omitempty"`
	UptimeSeconds *int64    `json:"uptime_seconds,omitempty"`
	LabsCount     *int      `json:"labs_count,omitempty"`
	TotalNodes    *int      `json:"total_nodes,omitempty"`
	RunningNodes  *int      `json:"running_nodes,omitempty"`
	CollectedAt   time.Time `json:"collected_at"`
}
