package template

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

var act = parts.Act{By: "ann", At: noon.Add(time.Hour)}

// kept is a template as it is after it was stored.
func kept(t *testing.T) *Template {
	t.Helper()
	made, err := New(draft(), noon)
	require.NoError(t, err)
	made.Root = aggregate.Root{ID: made.ID}
	return made
}

func told(t *Template) (names []string, data string) {
	events, _, _ := t.Changes()
	for _, e := range events {
		names = append(names, e.Type)
		text, _ := json.Marshal(e.Data)
		data = string(text)
	}
	return names, data
}

func of[T any](v T) *T { return &v }

func TestUpdateTellsWhatChanged(t *testing.T) {
	template := kept(t)
	require.NoError(t, template.Update(Patch{Description: of("New words"), CPUCores: of(8), InstanceType: of("m5.xlarge")}, act))
	require.Equal(t, 8, template.Capacity.CPUCores)
	require.Equal(t, act.At, template.UpdatedAt)
	names, data := told(template)
	require.Equal(t, []string{EventUpdated}, names)
	require.JSONEq(t, `{"aggregate_id":"t1","name":"small","updated_at":"2026-03-02T13:00:00Z","changes":{
		"description":{"from":"Small labs","to":"New words"},
		"capacity":{"from":{"cpu_cores":4,"memory_gb":16,"storage_gb":100},"to":{"cpu_cores":8,"memory_gb":16,"storage_gb":100}}}}`, data)

	template = kept(t)
	require.NoError(t, template.Update(Patch{Description: of("Small labs")}, act))
	names, _ = told(template)
	require.Empty(t, names, "nothing changed, nothing told")
}

func TestEveryFieldCanBeUpdated(t *testing.T) {
	template := kept(t)
	require.NoError(t, template.Update(Patch{
		AMINamePattern: of("cml-3*"), MemoryGB: of(32), StorageGB: of(200), MaxNodes: of(60), CostPerHourUSD: of(1.5),
		LicenseType: of(resource.LicenseType("Enterprise")), License: of("pool"), StartupMinutes: of(9.0), DrainTimeoutHours: of(2.0),
		PortRange: of(resource.PortRange{Min: 3000, Max: 3999}),
	}, act))
	require.Equal(t, "cml-3*", template.AMINamePattern)
	require.Equal(t, resource.Capacity{CPUCores: 4, MemoryGB: 32, StorageGB: 200, MaxNodes: of(60)}, template.Capacity)
	require.Equal(t, resource.LicenseEnterprise, template.LicenseType)
	require.Equal(t, "pool", template.License)
	require.InDelta(t, 1.5, template.CostPerHourUSD, 0)
	require.InDelta(t, 9, template.StartupMinutes, 0)
	require.InDelta(t, 2, template.DrainTimeoutHours, 0)
	require.Equal(t, resource.PortRange{Min: 3000, Max: 3999}, template.PortRange)
	_, data := told(template)
	require.Contains(t, data, `"port_range":{"from":{"min":0,"max":0},"to":{"min":3000,"max":3999}}`)
}

func TestWhatAnUpdateIsRefusedFor(t *testing.T) {
	for code, patch := range map[string]Patch{
		"bad_template":      {Description: of("")},
		"bad_capacity":      {CPUCores: of(0)},
		"bad_license_type":  {LicenseType: of(resource.LicenseType("gold"))},
		"bad_instance_type": {InstanceType: of("huge")},
		"bad_port_range":    {PortRange: of(resource.PortRange{Min: 3000, Max: 2999})},
	} {
		template := kept(t)
		require.Equal(t, code, failure.CodeOf(template.Update(patch, act)))
		_, changed, _ := template.Changes()
		require.False(t, changed)
		require.Equal(t, 4, template.Capacity.CPUCores)
	}
}

func TestEnableAndDisable(t *testing.T) {
	template := kept(t)
	require.NoError(t, template.SetEnabled(true, act))
	names, _ := told(template)
	require.Empty(t, names)
	require.NoError(t, template.SetEnabled(false, act))
	require.NoError(t, template.SetEnabled(true, act))
	names, _ = told(template)
	require.Equal(t, []string{EventDisabled, EventEnabled}, names)
}

func TestDelete(t *testing.T) {
	template := kept(t)
	template.Delete(act)
	template.Delete(act)
	names, _ := told(template)
	require.Equal(t, []string{EventDeleted}, names, "once")
	require.True(t, template.Deleted)
	require.False(t, template.Enabled)
	require.Equal(t, act.At, *template.DeletedAt)
	require.Equal(t, "template_not_found", failure.CodeOf(template.SetEnabled(true, act)))
	require.Equal(t, "template_not_found", failure.CodeOf(template.Update(Patch{Description: of("x")}, act)))
}

func TestInstanceTypes(t *testing.T) {
	for _, good := range []string{"t3.micro", "m5zn.metal", "u-6tb1.112xlarge", "mac2-m2.metal"} {
		require.NoError(t, CheckInstanceType(good), good)
	}
	for _, bad := range []string{"", "m5", ".metal", "m5.", "M5.large", "m5 .large", "m5.large;x"} {
		require.Equal(t, "bad_instance_type", failure.CodeOf(CheckInstanceType(bad)), bad)
	}
}
