package seed

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

// Templates seeds worker templates.
type Templates struct {
	Repo *repo.Repo[template.Template]
	Now  func() time.Time
}

type templateFile struct {
	ID                string  `yaml:"id"`
	Name              string  `yaml:"name"`
	Description       string  `yaml:"description"`
	InstanceType      string  `yaml:"instance_type"`
	AMINamePattern    string  `yaml:"ami_name_pattern"`
	CostPerHourUSD    float64 `yaml:"cost_per_hour_usd"`
	Enabled           *bool   `yaml:"enabled"`
	CreatedBy         string  `yaml:"created_by"`
	LicenseType       string  `yaml:"license_type"`
	License           string  `yaml:"license"`
	StartupMinutes    float64 `yaml:"startup_time_minutes"`
	DrainTimeoutHours float64 `yaml:"drain_timeout_hours"`
	Capacity          struct {
		CPUCores  int  `yaml:"cpu_cores"`
		MemoryGB  int  `yaml:"memory_gb"`
		StorageGB int  `yaml:"storage_gb"`
		MaxNodes  *int `yaml:"max_nodes"`
	} `yaml:"capacity"`
	PortRange struct {
		Min int `yaml:"min"`
		Max int `yaml:"max"`
	} `yaml:"port_range"`
}

// Folder implements Seeder.
func (Templates) Folder() string { return "worker_templates" }

// Seed implements Seeder.
func (s Templates) Seed(ctx context.Context, file []byte) (bool, error) {
	var f templateFile
	if err := decode(file, &f); err != nil {
		return false, err
	}
	draft := template.Template{
		Name: f.Name, Description: f.Description, InstanceType: f.InstanceType, AMINamePattern: f.AMINamePattern,
		Capacity: resource.Capacity{
			CPUCores: f.Capacity.CPUCores, MemoryGB: f.Capacity.MemoryGB, StorageGB: f.Capacity.StorageGB, MaxNodes: f.Capacity.MaxNodes,
		},
		CostPerHourUSD: f.CostPerHourUSD, LicenseType: resource.LicenseType(f.LicenseType), License: f.License,
		PortRange: resource.PortRange{Min: f.PortRange.Min, Max: f.PortRange.Max}, StartupMinutes: f.StartupMinutes,
		DrainTimeoutHours: f.DrainTimeoutHours, Enabled: f.Enabled == nil || *f.Enabled, Seeded: true,
	}
	_, _, err := s.Repo.CreateOnce(ctx, func(id string) (*template.Template, error) {
		draft.ID = id
		return template.New(draft, s.Now())
	})
	return created(err)
}
