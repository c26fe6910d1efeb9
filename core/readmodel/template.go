package readmodel

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Template is the read model of a worker template: what may be launched and what it costs.
type Template struct {
	ID                string               `json:"id"`
	Version           int64                `json:"version"`
	Generation        int64                `json:"generation"`
	Name              string               `json:"name"`
	Description       string               `json:"description"`
	InstanceType      string               `json:"instance_type"`
	AMINamePattern    string               `json:"ami_name_pattern"`
	Capacity          resource.Capacity    `json:"capacity"`
	CostPerHourUSD    float64              `json:"cost_per_hour_usd"`
	LicenseType       resource.LicenseType `json:"license_type,omitempty"`
	License           string               `json:"license,omitempty"`
	PortRange         resource.PortRange   `json:"port_range,omitzero"`
	StartupMinutes    float64              `json:"startup_time_minutes,omitempty"`
	DrainTimeoutHours float64              `json:"drain_timeout_hours,omitempty"`
	Enabled           bool                 `json:"enabled"`
	Deleted           bool                 `json:"deleted,omitempty"`
	UpdatedAt         time.Time            `json:"updated_at"`
}
