package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

// Templates holds the commands on worker templates.
type Templates struct {
	repo  *repo.Repo[template.Template]
	clock func() time.Time
}

// NewTemplates makes them.
func NewTemplates(r *repo.Repo[template.Template], now func() time.Time) *Templates {
	return &Templates{repo: r, clock: now}
}

func (c *Templates) act(ctx context.Context) parts.Act {
	caller := call.From(ctx)
	return parts.Act{By: caller.Actor, Reason: caller.Reason, At: c.clock().UTC().Truncate(time.Millisecond)}
}

// Create makes a template. Codes: template_exists, bad_template, bad_capacity, bad_license_type, bad_instance_type, bad_port_range.
func (c *Templates) Create(ctx context.Context, b api.CreateTemplateBody) (*template.Template, repo.Meta, error) {
	return c.repo.CreateOnce(ctx, func(string) (*template.Template, error) {
		nodes := b.MaxNodes
		draft := template.Template{
			Name: b.Name, Description: b.Description, InstanceType: b.InstanceType, AMINamePattern: b.AMINamePattern,
			Capacity:       resource.Capacity{CPUCores: b.CPUCores, MemoryGB: b.MemoryGB, StorageGB: b.StorageGB, MaxNodes: &nodes},
			CostPerHourUSD: b.CostPerHourUSD, LicenseType: b.LicenseType, License: b.License, StartupMinutes: b.StartupMinutes,
			DrainTimeoutHours: b.DrainTimeoutHours, PortRange: portRange(b.PortRange), Enabled: b.Enabled == nil || *b.Enabled,
		}
		return template.New(draft, c.act(ctx).At)
	})
}

// portRange is a range that may be left out.
func portRange(given *resource.PortRange) resource.PortRange {
	if given == nil {
		return resource.PortRange{}
	}
	return *given
}

// Update changes fields of a template. Codes: template_not_found, and those of Create but template_exists.
func (c *Templates) Update(ctx context.Context, id string, b api.UpdateTemplateBody) (*template.Template, repo.Meta, error) {
	patch := template.Patch{
		Description: b.Description, InstanceType: b.InstanceType, AMINamePattern: b.AMINamePattern, CPUCores: b.CPUCores,
		MemoryGB: b.MemoryGB, StorageGB: b.StorageGB, MaxNodes: b.MaxNodes, CostPerHourUSD: b.CostPerHourUSD, LicenseType: b.LicenseType,
		License: b.License, StartupMinutes: b.StartupMinutes, DrainTimeoutHours: b.DrainTimeoutHours, PortRange: b.PortRange,
	}
	return c.repo.Update(ctx, id, func(t *template.Template) error {
		if err := t.Update(patch, c.act(ctx)); err != nil || b.Enabled == nil {
			return err
		}
		return t.SetEnabled(*b.Enabled, c.act(ctx))
	})
}

// SetEnabled switches a template (template_not_found).
func (c *Templates) SetEnabled(ctx context.Context, id string, on bool) (*template.Template, repo.Meta, error) {
	return c.repo.Update(ctx, id, func(t *template.Template) error { return t.SetEnabled(on, c.act(ctx)) })
}

// Delete takes a template out of use for good (template_not_found).
func (c *Templates) Delete(ctx context.Context, id string) (*template.Template, repo.Meta, error) {
	return c.repo.Update(ctx, id, func(t *template.Template) error {
		t.Delete(c.act(ctx))
		return nil
	})
}
