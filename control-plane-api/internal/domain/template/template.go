// Package template is the aggregate of a worker template: what may be launched, what it holds and what it costs.
package template

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
)

const prefix = "worker_template."

// Template is the state.
type Template struct {
	aggregate.Root

	Name           string               `json:"name"`
	Description    string               `json:"description"`
	InstanceType   string               `json:"instance_type"`
	AMINamePattern string               `json:"ami_name_pattern"`
	Capacity       resource.Capacity    `json:"capacity"`
	CostPerHourUSD float64              `json:"cost_per_hour_usd"`
	LicenseType    resource.LicenseType `json:"license_type,omitempty"`
	// License names the entry of the licence file that workers of this template register with.
	License           string             `json:"license,omitempty"`
	PortRange         resource.PortRange `json:"port_range,omitzero"`
	StartupMinutes    float64            `json:"startup_time_minutes"`
	DrainTimeoutHours float64            `json:"drain_timeout_hours"`
	Enabled           bool               `json:"enabled"`
	Deleted           bool               `json:"deleted"`
	Seeded            bool               `json:"is_seeded"`
	CreatedAt         time.Time          `json:"created_at"`
	UpdatedAt         time.Time          `json:"updated_at"`
	DeletedAt         *time.Time         `json:"deleted_at,omitempty"`
}

type created struct {
	AggregateID    string            `json:"aggregate_id"`
	Name           string            `json:"name"`
	InstanceType   string            `json:"instance_type"`
	Capacity       resource.Capacity `json:"capacity"`
	CostPerHourUSD float64           `json:"cost_per_hour_usd"`
	CreatedAt      time.Time         `json:"created_at"`
}

// Defaults of a template where the author gives nothing.
const (
	DefaultAMINamePattern    = "cisco-cml2.9*"
	DefaultStartupMinutes    = 20
	DefaultDrainTimeoutHours = 4
)

// New makes a template from a draft. Codes: bad_template, bad_capacity, bad_license_type, bad_instance_type.
func New(draft Template, now time.Time) (*Template, error) {
	t := draft
	if err := t.check(); err != nil {
		return nil, err
	}
	if t.AMINamePattern == "" {
		t.AMINamePattern = DefaultAMINamePattern
	}
	if t.StartupMinutes == 0 {
		t.StartupMinutes = DefaultStartupMinutes
	}
	if t.DrainTimeoutHours == 0 {
		t.DrainTimeoutHours = DefaultDrainTimeoutHours
	}
	t.CreatedAt, t.UpdatedAt = now, now
	t.Raise(prefix+"created.v1", created{
		AggregateID: t.ID, Name: t.Name, InstanceType: t.InstanceType, Capacity: t.Capacity, CostPerHourUSD: t.CostPerHourUSD, CreatedAt: now,
	})
	return &t, nil
}

// check refuses what no worker could be launched or priced by, and writes the licence type in the one way.
func (t *Template) check() error {
	if t.Name == "" || t.Description == "" || t.InstanceType == "" {
		return failure.New(failure.Invalid, "bad_template", "A template needs a name, a description and an instance type.")
	}
	if err := CheckInstanceType(t.InstanceType); err != nil {
		return err
	}
	if t.LicenseType != "" {
		kind, err := resource.ParseLicenseType(string(t.LicenseType))
		if err != nil {
			return failure.New(failure.Invalid, "bad_license_type", "%s.", err)
		}
		t.LicenseType = kind
	}
	if t.Capacity.CPUCores < 1 || t.Capacity.MemoryGB < 1 || t.Capacity.StorageGB < 1 || t.Capacity.MaxNodes != nil && *t.Capacity.MaxNodes < 1 {
		return failure.New(failure.Invalid, "bad_capacity", "Template %q needs vCPU, memory, storage and nodes of at least 1.", t.Name)
	}
	if t.CostPerHourUSD < 0 || t.StartupMinutes < 0 || t.DrainTimeoutHours < 0 {
		return failure.New(failure.Invalid, "bad_template", "Template %q: cost and times must not be negative.", t.Name)
	}
	if r := t.PortRange; r != (resource.PortRange{}) && (r.Min < 1 || r.Max > maxPort || r.Size() == 0) {
		return failure.New(failure.Invalid, "bad_port_range", "Template %q: ports %d to %d are no range.", t.Name, r.Min, r.Max)
	}
	return nil
}

const maxPort = 65535

// Usable says why no worker may be launched from the template; nil when one may.
func (t *Template) Usable() error {
	if t.Deleted || !t.Enabled {
		return failure.New(failure.Conflict, "template_disabled", "Template %q is disabled.", t.Name)
	}
	return nil
}

// Model is the template's read model.
func (t *Template) Model(version, generation int64) readmodel.Template {
	return readmodel.Template{
		ID: t.ID, Version: version, Generation: generation, Name: t.Name, Description: t.Description, InstanceType: t.InstanceType,
		AMINamePattern: t.AMINamePattern, Capacity: t.Capacity, CostPerHourUSD: t.CostPerHourUSD, LicenseType: t.LicenseType,
		License: t.License, PortRange: t.PortRange, StartupMinutes: t.StartupMinutes, DrainTimeoutHours: t.DrainTimeoutHours,
		Enabled: t.Enabled, Deleted: t.Deleted, UpdatedAt: t.UpdatedAt,
	}
}
