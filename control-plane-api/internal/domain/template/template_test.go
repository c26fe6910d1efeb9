package template

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func draft() Template {
	return Template{
		Root: aggregate.Root{ID: "t1"}, Name: "small", Description: "Small labs", InstanceType: "m5.xlarge",
		Capacity: resource.Capacity{CPUCores: 4, MemoryGB: 16, StorageGB: 100}, Enabled: true,
	}
}

func TestDefaults(t *testing.T) {
	made, err := New(draft(), noon)
	require.NoError(t, err)
	require.Equal(t, DefaultAMINamePattern, made.AMINamePattern)
	require.InDelta(t, 20, made.StartupMinutes, 0)
	require.InDelta(t, 4, made.DrainTimeoutHours, 0)
	require.Equal(t, noon, made.CreatedAt)
	require.Equal(t, noon, made.UpdatedAt)
	require.Empty(t, made.LicenseType, "a template need not have a licence")

	given := draft()
	given.AMINamePattern, given.StartupMinutes, given.DrainTimeoutHours, given.LicenseType = "cml-3*", 1.5, 0.5, "Enterprise"
	made, err = New(given, noon)
	require.NoError(t, err)
	require.Equal(t, "cml-3*", made.AMINamePattern)
	require.InDelta(t, 1.5, made.StartupMinutes, 0)
	require.InDelta(t, 0.5, made.DrainTimeoutHours, 0)
	require.Equal(t, resource.LicenseEnterprise, made.LicenseType, "placement compares the plain word")
}

func TestTheEventOfACreation(t *testing.T) {
	given := draft()
	given.CostPerHourUSD = 0.25
	made, err := New(given, noon)
	require.NoError(t, err)
	events, changed, raises := made.Changes()
	require.True(t, changed)
	require.True(t, raises)
	require.Len(t, events, 1)
	require.Equal(t, "worker_template.created.v1", events[0].Type)
	data, err := json.Marshal(events[0].Data)
	require.NoError(t, err)
	require.JSONEq(t, `{"aggregate_id": "t1", "name": "small", "instance_type": "m5.xlarge", "cost_per_hour_usd": 0.25,
		"capacity": {"cpu_cores": 4, "memory_gb": 16, "storage_gb": 100}, "created_at": "2026-03-02T12:00:00Z"}`, string(data))
}

func TestWhatNoTemplateIsMadeOf(t *testing.T) {
	none := 0
	for _, c := range []struct {
		reason string
		change func(*Template)
		code   string
	}{
		{"no name", func(t *Template) { t.Name = "" }, "bad_template"},
		{"no description", func(t *Template) { t.Description = "" }, "bad_template"},
		{"no instance type", func(t *Template) { t.InstanceType = "" }, "bad_template"},
		{"no vCPU", func(t *Template) { t.Capacity.CPUCores = 0 }, "bad_capacity"},
		{"no memory", func(t *Template) { t.Capacity.MemoryGB = 0 }, "bad_capacity"},
		{"no storage", func(t *Template) { t.Capacity.StorageGB = -1 }, "bad_capacity"},
		{"a limit of no nodes", func(t *Template) { t.Capacity.MaxNodes = &none }, "bad_capacity"},
		{"a licence that does not exist", func(t *Template) { t.LicenseType = "gold" }, "bad_license_type"},
		{"a negative price", func(t *Template) { t.CostPerHourUSD = -1 }, "bad_template"},
		{"a negative start", func(t *Template) { t.StartupMinutes = -1 }, "bad_template"},
		{"a negative drain", func(t *Template) { t.DrainTimeoutHours = -1 }, "bad_template"},
		{"ports the wrong way round", func(t *Template) { t.PortRange = resource.PortRange{Min: 3000, Max: 2000} }, "bad_port_range"},
		{"ports that do not exist", func(t *Template) { t.PortRange = resource.PortRange{Min: 2000, Max: 70000} }, "bad_port_range"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			d := draft()
			c.change(&d)
			_, err := New(d, noon)
			require.Equal(t, c.code, failure.CodeOf(err))
			require.Equal(t, failure.Invalid, failure.KindOf(err))
		})
	}
}

func TestUsable(t *testing.T) {
	for _, c := range []struct{ enabled, deleted, usable bool }{
		{true, false, true}, {false, false, false}, {true, true, false}, {false, true, false},
	} {
		d := draft()
		d.Enabled, d.Deleted = c.enabled, c.deleted
		err := d.Usable()
		if c.usable {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, "template_disabled", failure.CodeOf(err))
		require.Equal(t, failure.Conflict, failure.KindOf(err))
	}
}

func TestModel(t *testing.T) {
	d := draft()
	d.PortRange, d.License, d.Deleted = resource.PortRange{Min: 1, Max: 9}, "pool", true
	made, err := New(d, noon)
	require.NoError(t, err)
	m := made.Model(3, 2)
	require.Equal(t, int64(3), m.Version)
	require.Equal(t, int64(2), m.Generation)
	require.Equal(t, "small", m.Name)
	require.Equal(t, "pool", m.License)
	require.Equal(t, resource.PortRange{Min: 1, Max: 9}, m.PortRange)
	require.True(t, m.Enabled)
	require.True(t, m.Deleted)
}
