package definition

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

func ptr[T any](v T) *T { return &v }

// everything changes every field that an author may change.
func everything() Changes {
	return Changes{
		CPUCores: ptr(9), MemoryGB: ptr(10), StorageGB: ptr(11), NodeCount: ptr(12), MaxDurationMinutes: ptr(30), NestedVirt: ptr(false),
		CollectionEnabled: ptr(false), GradingEnabled: ptr(false), AMI: []resource.AMIRequirement{{CMLVersionMin: "2.10"}},
		LicenseAffinity: []resource.LicenseType{resource.LicensePersonal}, Ports: []resource.PortDefinition{{Name: "p", Protocol: "tcp"}},
		GradingRulesURI: ptr("s3://rules/y"), BootLeadMinutes: ptr(3.0), WarmPoolDepth: ptr(5), Notification: &Notification{Email: "new@example.org"},
		KeepSecret: true,
	}
}

func TestARevisionTakesEveryChangeAndCarriesTheRestOver(t *testing.T) {
	c := everything()
	for i := range reflect.TypeFor[Changes]().NumField() {
		require.False(t, reflect.ValueOf(c).Field(i).IsZero(), "the test has to set %s", reflect.TypeFor[Changes]().Field(i).Name)
	}
	d := full(t)
	d.Notification = &Notification{Email: "old@example.org", SealedSecret: []byte("sealed")}
	next, err := d.Revise("d2", "1.1.0", c, nil, "bob", later)
	require.NoError(t, err)
	differs := map[string]any{
		"Version": "1.1.0", "PreviousVersionID": "d1", "Conditions": nil, "CreatedBy": "bob", "CreatedAt": later, "UpdatedAt": later,
		"Requirements": resource.Requirements{
			CPUCores: 9, MemoryGB: 10, StorageGB: 11,
			AMIRequirements: append([]resource.AMIRequirement{{CMLVersionMin: "2.10"}}, needs()...),
		},
		"Given": Given{CPUCores: true, MemoryGB: true, StorageGB: true, NodeCount: true, Ports: true, AMI: c.AMI}, "NodeCount": 12,
		"LicenseAffinity": c.LicenseAffinity, "PortTemplate": resource.PortTemplate{Ports: c.Ports}, "MaxDurationMinutes": 30,
		"BootLeadMinutes": c.BootLeadMinutes, "WarmPoolDepth": 5, "GradingRulesURI": "s3://rules/y", "CollectionEnabled": false,
		"GradingEnabled": false, "Notification": &Notification{Email: "new@example.org", SealedSecret: []byte("sealed")},
	}
	for i := range reflect.TypeFor[Definition]().NumField() {
		field := reflect.TypeFor[Definition]().Field(i).Name
		if field == "Root" {
			continue
		}
		got := reflect.ValueOf(*next).Field(i)
		want, own := differs[field]
		switch {
		case !own:
			require.Equal(t, reflect.ValueOf(*d).Field(i).Interface(), got.Interface(), "%s is carried over", field)
		case want == nil:
			require.True(t, got.IsZero(), field)
		default:
			require.Equal(t, want, got.Interface(), field)
		}
	}
	names, _ := told(t, next)
	require.Equal(t, []string{"lablet_definition.version_created.v1"}, names)
}

func TestARevisionInEveryStatus(t *testing.T) {
	for _, status := range lifecycle.Definitions().Statuses() {
		d := inStatus(t, status)
		next, err := d.Revise("d2", "1.0.1", Changes{CPUCores: ptr(3)}, nil, "bob", later)
		switch status {
		case lifecycle.DefinitionActive, lifecycle.DefinitionInactive:
			require.NoError(t, err)
			require.Equal(t, status, next.Status, "what is switched off stays off")
		case lifecycle.DefinitionPendingSync:
			refused(t, err, failure.Conflict, "definition_not_synced")
		default:
			refused(t, err, failure.Invalid, "definition_deprecated")
		}
		unchanged(t, inStatus(t, status), d)
	}
}

func TestARevisionIsChecked(t *testing.T) {
	d := inStatus(t, lifecycle.DefinitionActive)
	lab := topology("h2")
	for code, c := range map[string]struct {
		version string
		changes Changes
		lab     *Topology
	}{
		"bad_version":       {"newer", Changes{CPUCores: ptr(3)}, nil},
		"bad_duration":      {"1.0.1", Changes{MaxDurationMinutes: ptr(0)}, nil},
		"bad_requirements":  {"1.0.1", Changes{MemoryGB: ptr(0)}, nil},
		"bad_ports":         {"1.0.1", Changes{Ports: []resource.PortDefinition{{Name: "a"}, {Name: "a"}}}, nil},
		"too_many_nodes":    {"1.0.1", Changes{NodeCount: ptr(501)}, nil},
		"lab_too_large":     {"1.0.1", Changes{CPUCores: ptr(193)}, nil},
		"definition_source": {"1.0.1", Changes{}, &lab},
	} {
		_, err := d.Revise("d2", c.version, c.changes, c.lab, "bob", later)
		refused(t, err, failure.Invalid, code)
	}
}

func TestANewTopologyIsSummedAnew(t *testing.T) {
	first, second := topology("h1"), topology("h2")
	second.NodeCount, second.Requirements.CPUCores, second.AMI.NodeDefinitionsRequired = 40, 12, []string{"nxosv"}
	d := stored(t, made(t, draft(), &first))
	next, err := d.Revise("d2", "1.0.1", Changes{MemoryGB: ptr(64)}, &second, "bob", later)
	require.NoError(t, err)
	require.Equal(t, "h2", next.Content.TopologyHash)
	require.Equal(t, 40, next.NodeCount)
	require.Equal(t, 12, next.Requirements.CPUCores)
	require.Equal(t, 64, next.Requirements.MemoryGB, "what the author gives is not summed")
	require.Equal(t, []resource.AMIRequirement{{NodeDefinitionsRequired: []string{"nxosv"}}}, next.Requirements.AMIRequirements)
	same, err := d.Revise("d3", "1.0.2", Changes{MemoryGB: ptr(64)}, &second, "ann", later.Add(1))
	require.NoError(t, err)
	require.True(t, stored(t, next).SameLab(stored(t, same)))
	other, err := d.Revise("d3", "1.0.2", Changes{MemoryGB: ptr(65)}, &second, "ann", later)
	require.NoError(t, err)
	require.False(t, next.SameLab(other))
}

func TestNotesAreChangedInPlace(t *testing.T) {
	act := parts.Act{By: "bob", At: later}
	c := Changes{WarmPoolDepth: ptr(4), Notification: &Notification{Email: "x@example.org"}}
	require.True(t, c.Notes())
	require.False(t, c.Lab())
	require.True(t, everything().Lab())
	for _, status := range lifecycle.Definitions().Statuses() {
		d := inStatus(t, status)
		err := d.Annotate(c, act)
		switch status {
		case lifecycle.DefinitionDeprecated, lifecycle.DefinitionArchived, lifecycle.DefinitionDeleted:
			refused(t, err, failure.Invalid, "definition_deprecated")
			continue
		}
		require.NoError(t, err)
		names, _ := told(t, d)
		require.Equal(t, []string{"lablet_definition.warm_pool_updated.v1", "lablet_definition.updated.v1"}, names)
		require.Equal(t, map[string]any{
			"aggregate_id": "d1", "old_warm_pool_depth": 0.0, "new_warm_pool_depth": 4.0, "updated_by": "bob", "updated_at": "2026-03-02T13:00:00Z",
		}, payload(t, d, names[0]))
		again := stored(t, d)
		require.NoError(t, again.Annotate(c, act))
		unchanged(t, d, again)
	}
}
