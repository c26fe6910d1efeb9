package definition

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// full is a definition whose every field is set, given figures included.
func full(t *testing.T) *Definition {
	t.Helper()
	d := synced(t, "h1")
	lead := 9.0
	d.Requirements = resource.Requirements{
		CPUCores: 8, MemoryGB: 8, StorageGB: 8, NestedVirt: true, AMIRequirements: []resource.AMIRequirement{{CMLVersionMin: "2.9"}},
	}
	d.Given = Given{CPUCores: true, MemoryGB: true, StorageGB: true, NodeCount: true, Ports: true, AMI: d.Requirements.AMIRequirements}
	d.TopologyNeeds = topology("h1").AMI
	d.Requirements.AMIRequirements = append(d.Requirements.AMIRequirements, d.TopologyNeeds)
	d.Deprecation = &Deprecation{Reason: "kept"}
	d.Source.WantedHash = "kept"
	d.LicenseAffinity = []resource.LicenseType{resource.LicenseEnterprise}
	d.BootLeadMinutes, d.WarmPoolDepth, d.GradingRulesURI, d.MaxDurationMinutes = &lead, 3, "s3://rules/x", 90
	d.CollectionEnabled, d.GradingEnabled = true, true
	d.Notification = &Notification{Email: "ann@example.org", NotifyOnError: true}
	d.PreviousVersionID = "d0"
	d.Conditions = []readmodel.Condition{{Type: "Old"}}
	require.NoError(t, d.RequestSync("bob", noon))
	d.SyncError = "old: error"
	return d
}

func TestTheNextVersionCarriesAllFieldsOver(t *testing.T) {
	d := full(t)
	for i := range reflect.TypeFor[Definition]().NumField() {
		require.False(t, reflect.ValueOf(*d).Field(i).IsZero(), "the test has to set %s", reflect.TypeFor[Definition]().Field(i).Name)
	}
	content := Content{PackageHash: "p2", GradeXMLPath: "new.xml"}
	next, err := d.Next("d2", "1.0.1", content, topology("h2"), "lablet-controller", later)
	require.NoError(t, err)

	content.TopologyHash = "h2"
	differs := map[string]any{
		"Root": nil, "Version": "1.0.1", "Content": content, "PreviousVersionID": "d1", "SyncStatus": SyncSuccess, "SyncRequestedAt": nil,
		"SyncRequestedBy": "", "SyncError": "", "LastSyncedAt": &later, "Conditions": nil, "CreatedBy": "lablet-controller",
		"CreatedAt": later, "UpdatedAt": later,
	}
	for i := range reflect.TypeFor[Definition]().NumField() {
		field := reflect.TypeFor[Definition]().Field(i).Name
		got := reflect.ValueOf(*next).Field(i).Interface()
		want, own := differs[field]
		switch {
		case !own:
			require.Equal(t, reflect.ValueOf(*d).Field(i).Interface(), got, "%s is carried over", field)
		case want == nil:
			require.True(t, field == "Root" || reflect.ValueOf(*next).Field(i).IsZero(), field)
		default:
			require.Equal(t, want, got, field)
		}
	}
	require.Equal(t, "d2", next.ID)
	names, data := told(t, next)
	require.Equal(t, []string{"lablet_definition.version_created.v1"}, names, "the events of the old version are not told again")
	require.Equal(t, map[string]any{
		"aggregate_id": "d2", "name": "ccna", "version": "1.0.1", "previous_version": "1.0.0", "previous_version_id": "d1",
		"lab_artifact_uri": "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip", "lab_yaml_hash": "h2",
		"resource_requirements": map[string]any{
			"cpu_cores": 8.0, "memory_gb": 8.0, "storage_gb": 8.0, "nested_virt": true, "ami_requirements": []any{
				map[string]any{"cml_version_min": "2.9"}, map[string]any{"node_definitions_required": []any{"iosv"}},
			},
		},
		"node_count": 2.0, "port_template": map[string]any{"ports": []any{map[string]any{"name": "r1_serial", "protocol": "tcp"}}},
		"created_by": "lablet-controller", "created_at": "2026-03-02T13:00:00Z",
	}, data)
}

func TestWhatWasSummedIsSummedAnew(t *testing.T) {
	larger := topology("h2")
	larger.NodeCount, larger.Requirements.CPUCores = 40, 12
	next, err := synced(t, "h1").Next("d2", "1.0.1", Content{}, larger, "x", later)
	require.NoError(t, err)
	require.Equal(t, 40, next.NodeCount)
	require.Equal(t, 12, next.Requirements.CPUCores)
	larger.NodeCount = 501
	_, err = synced(t, "h1").Next("d2", "1.0.1", Content{}, larger, "x", later)
	refused(t, err, failure.Invalid, "too_many_nodes")
}

func TestWhichVersionsHaveANextOne(t *testing.T) {
	for _, status := range lifecycle.Definitions().Statuses() {
		next, err := inStatus(t, status).Next("d2", "1.0.1", Content{}, topology("h2"), "x", later)
		if status == lifecycle.DefinitionActive || status == lifecycle.DefinitionInactive {
			require.NoError(t, err)
			require.Equal(t, status, next.Status, "what was switched off stays off")
			continue
		}
		refused(t, err, failure.Conflict, CodeArtifactChanged)
	}
}

func TestASupersededVersionStaysBookable(t *testing.T) {
	d := synced(t, "h1")
	next, err := d.Next("d2", "1.0.1", Content{PackageHash: "p2"}, topology("h2"), "x", later)
	require.NoError(t, err)
	require.NoError(t, d.RequestSync("bob", noon))
	d.SyncError = "old: error"
	d = stored(t, d)
	require.NoError(t, d.Supersede(next, later))
	require.NoError(t, d.Bookable())
	require.Equal(t, SyncSuccess, d.SyncStatus)
	require.Empty(t, d.SyncError)
	require.Equal(t, "h1", d.Content.TopologyHash, "a version never changes")
	require.Len(t, d.Conditions, 1)
	require.Contains(t, d.Conditions[0].Message, "version 1.0.1")
	names, data := told(t, d)
	require.Equal(t, []string{"lablet_definition.content_synced.v1"}, names)
	require.Equal(t, "h2", data["lab_yaml_hash"], "what was found")
	require.Equal(t, "p2", data["content_package_hash"])
	require.Equal(t, "d2", data["next_version_id"])
	require.Equal(t, "d1", data["aggregate_id"])

	d = stored(t, d)
	before := *d
	require.NoError(t, d.Supersede(next, later.Add(1)))
	unchanged(t, &before, d)

	require.NoError(t, d.RequestSync("bob", later))
	require.NoError(t, d.Synced(Content{PackageHash: "p-h1"}, topology("h1"), "x", later))
	require.Empty(t, d.Conditions, "the package is this version's again")
}

func TestTheNumberThatFollows(t *testing.T) {
	for version, want := range map[string]string{"1.0.0": "1.0.1", "1.2": "1.2.1", "v3.4.9": "3.4.10", "1.0.0-rc.1": "1.0.0", "1.0.0+b7": "1.0.1"} {
		require.Equal(t, want, (&Definition{Version: version}).NextPatch(), version)
	}
}

func TestTheNewestOfALine(t *testing.T) {
	d := &Definition{Name: "ccna", Version: "1.2.0"}
	for _, c := range []struct {
		reason string
		others []*Definition
		want   string
	}{
		{"none", nil, "1.2.0"},
		{"numbers are no text", []*Definition{{Name: "ccna", Version: "1.2.9"}, {Name: "ccna", Version: "1.2.10"}}, "1.2.10"},
		{"another minor number is another lab's line", []*Definition{{Name: "ccna", Version: "1.3.7"}, {Name: "ccna", Version: "2.2.7"}}, "1.2.0"},
		{"another name", []*Definition{{Name: "ccnp", Version: "1.2.7"}}, "1.2.0"},
		{"older ones", []*Definition{{Name: "ccna", Version: "1.2.0-rc.1"}}, "1.2.0"},
	} {
		require.Equal(t, c.want, d.Newest(c.others).Version, c.reason)
	}
}

func TestWhatAVersionHolds(t *testing.T) {
	d := synced(t, "h1")
	require.True(t, d.Holds(d.Source, "h1"))
	require.False(t, d.Holds(d.Source, "h2"))
	require.False(t, d.Holds(Source{ArtifactURI: "s3://labs/x"}, "h1"), "the same file from elsewhere is another lab")
}
