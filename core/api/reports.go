package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Report tells how the system stands: how much there is of what, how full the workers are, and what they cost.
type Report struct {
	At          time.Time           `json:"at"`
	Instances   []StatusCount       `json:"instances"`
	Workers     []StatusCount       `json:"workers"`
	Definitions []StatusCount       `json:"definitions"`
	LabRecords  []StatusCount       `json:"lab_records"`
	Regions     []RegionUtilisation `json:"regions"`
	Machines    []WorkerUtilisation `json:"worker_utilisation"`
	Cost        Cost                `json:"cost"`
}

// StatusCount is how many there are in a status; statuses of which there is none are listed too.
type StatusCount struct {
	Status string `json:"status"`
	Count  int    `json:"count"`
}

// Utilisation is how much of a capacity is allocated now, by the entries whose window holds.
type Utilisation struct {
	Declared       resource.Capacity `json:"declared_capacity"`
	Allocated      resource.Capacity `json:"allocated_capacity"`
	CPUPercent     float64           `json:"cpu_percent"`
	MemoryPercent  float64           `json:"memory_percent"`
	StoragePercent float64           `json:"storage_percent"`
	Instances      int               `json:"instances"`
}

// RegionUtilisation is the utilisation of a region's workers that are not terminated.
type RegionUtilisation struct {
	AWSRegion string `json:"aws_region"`
	Workers   int    `json:"workers"`
	Utilisation
	Cost Cost `json:"cost"`
}

// WorkerUtilisation is the utilisation of one worker that is not terminated.
type WorkerUtilisation struct {
	WorkerID     string                 `json:"worker_id"`
	Name         string                 `json:"name"`
	AWSRegion    string                 `json:"aws_region"`
	Status       lifecycle.WorkerStatus `json:"status"`
	TemplateName string                 `json:"template_name,omitempty"`
	Utilisation
	// CostPerHourUSD is nil where no template tells a price; 0 while the machine is not running.
	CostPerHourUSD *float64 `json:"cost_per_hour_usd,omitempty"`
}

// Cost is what the machines that run now cost, by the prices of their templates: in an hour, and in a day if all stays as it
// is. Unpriced counts machines that run and whose template tells no price.
type Cost struct {
	PerHourUSD float64 `json:"per_hour_usd"`
	PerDayUSD  float64 `json:"per_day_usd"`
	Unpriced   int     `json:"unpriced_workers"`
}

// RouteReport answers the report.
var RouteReport = Route[None, Report]{Info{
	ID: "get-report", Method: http.MethodGet, Path: "/api/reports/summary", Tag: "Reports", Summary: "Counts, utilisation and cost",
	Audience: Public, Roles: []Role{Admin, Manager},
}}

func reportRoutes() []Described { return []Described{RouteReport} }
