package template

import (
	"reflect"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The events of a template besides its creation.
const (
	EventUpdated  = "worker_template.updated.v1"
	EventEnabled  = "worker_template.enabled.v1"
	EventDisabled = "worker_template.disabled.v1"
	EventDeleted  = "worker_template.deleted.v1"
)

type updated struct {
	AggregateID string            `json:"aggregate_id"`
	Name        string            `json:"name"`
	Changes     map[string]FromTo `json:"changes"`
	UpdatedAt   time.Time         `json:"updated_at"`
}

// FromTo is one field's change in the event of an update.
type FromTo struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// Patch holds the fields that are to change; nil leaves a field as it is. The name never changes: workers carry it.
type Patch struct {
	Description       *string
	InstanceType      *string
	AMINamePattern    *string
	CPUCores          *int
	MemoryGB          *int
	StorageGB         *int
	MaxNodes          *int
	CostPerHourUSD    *float64
	LicenseType       *resource.LicenseType
	License           *string
	StartupMinutes    *float64
	DrainTimeoutHours *float64
	PortRange         *resource.PortRange
}

// Update changes fields. A deleted template is as good as gone (template_not_found). Codes besides: those of New. Without a
// difference it is no change. Workers that were launched before keep what they were launched with.
func (t *Template) Update(p Patch, act parts.Act) error {
	if err := t.present(); err != nil {
		return err
	}
	next := *t
	p.onto(&next)
	if err := next.check(); err != nil {
		return err
	}
	changes := differences(t, &next)
	if len(changes) == 0 {
		return nil
	}
	*t = next
	t.UpdatedAt = act.At
	t.Raise(EventUpdated, updated{AggregateID: t.ID, Name: t.Name, Changes: changes, UpdatedAt: act.At})
	return nil
}

func (p Patch) onto(t *Template) {
	put(&t.Description, p.Description)
	put(&t.InstanceType, p.InstanceType)
	put(&t.AMINamePattern, p.AMINamePattern)
	put(&t.Capacity.CPUCores, p.CPUCores)
	put(&t.Capacity.MemoryGB, p.MemoryGB)
	put(&t.Capacity.StorageGB, p.StorageGB)
	if p.MaxNodes != nil {
		nodes := *p.MaxNodes
		t.Capacity.MaxNodes = &nodes
	}
	put(&t.CostPerHourUSD, p.CostPerHourUSD)
	put(&t.LicenseType, p.LicenseType)
	put(&t.License, p.License)
	put(&t.StartupMinutes, p.StartupMinutes)
	put(&t.DrainTimeoutHours, p.DrainTimeoutHours)
	put(&t.PortRange, p.PortRange)
}

func put[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

func differences(a, b *Template) map[string]FromTo {
	changes := map[string]FromTo{}
	for field, values := range map[string]FromTo{
		"description": {a.Description, b.Description}, "instance_type": {a.InstanceType, b.InstanceType},
		"ami_name_pattern": {a.AMINamePattern, b.AMINamePattern}, "capacity": {a.Capacity, b.Capacity},
		"cost_per_hour_usd": {a.CostPerHourUSD, b.CostPerHourUSD}, "license_type": {a.LicenseType, b.LicenseType},
		"license": {a.License, b.License}, "startup_time_minutes": {a.StartupMinutes, b.StartupMinutes},
		"drain_timeout_hours": {a.DrainTimeoutHours, b.DrainTimeoutHours}, "port_range": {a.PortRange, b.PortRange},
	} {
		if !reflect.DeepEqual(values.From, values.To) {
			changes[field] = values
		}
	}
	return changes
}

// SetEnabled switches the template (template_not_found). No worker is launched from one that is off.
func (t *Template) SetEnabled(on bool, act parts.Act) error {
	if err := t.present(); err != nil {
		return err
	}
	if t.Enabled == on {
		return nil
	}
	t.Enabled, t.UpdatedAt = on, act.At
	if on {
		t.Raise(EventEnabled, map[string]any{"aggregate_id": t.ID, "name": t.Name, "enabled_at": act.At})
	} else {
		t.Raise(EventDisabled, map[string]any{"aggregate_id": t.ID, "name": t.Name, "disabled_at": act.At})
	}
	return nil
}

// Delete takes the template out of use for good; its name stays taken, since workers carry it. Again is no change.
func (t *Template) Delete(act parts.Act) {
	if t.Deleted {
		return
	}
	t.Deleted, t.Enabled, t.DeletedAt, t.UpdatedAt = true, false, &act.At, act.At
	t.Raise(EventDeleted, map[string]any{"aggregate_id": t.ID, "name": t.Name, "deleted_at": act.At})
}

func (t *Template) present() error {
	if t.Deleted {
		return failure.New(failure.NotFound, "template_not_found", "Template %q is deleted.", t.Name)
	}
	return nil
}
