package definition

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func TestWithATopologyItIsActiveAtOnce(t *testing.T) {
	lab := topology("h1")
	d := made(t, draft(), &lab)
	require.Equal(t, lifecycle.DefinitionActive, d.Status)
	require.Empty(t, d.SyncStatus, "there is nothing to sync")
	require.Equal(t, "h1", d.Content.TopologyHash)
	lab.Requirements.AMIRequirements = needs()
	require.Equal(t, lab.Requirements, d.Requirements, "what the topology needs of CML is asked for")
	require.Equal(t, 2, d.NodeCount)
	require.Equal(t, lab.Ports, d.PortTemplate)
	require.Equal(t, noon, d.CreatedAt)
	require.Equal(t, noon, d.UpdatedAt)
	require.Equal(t, "ann", d.CreatedBy)
	_, changed, raises := d.Changes()
	require.True(t, changed)
	require.True(t, raises)
}

func TestWithARemoteSourceItWaitsForItsSync(t *testing.T) {
	artifact := draft()
	artifact.Source = Source{ArtifactURI: "s3://labs/one.zip", BucketName: "labs", PackageName: "one.zip", WantedHash: "h1"}
	for _, c := range []struct {
		reason  string
		draft   Definition
		pack    string
		bucket  string
		visible string
	}{
		{"a form has the usual package", remote(), DefaultPackageName, "exam-associate-ccna-v1.1-lab-1.3a", form},
		{"an artifact keeps its own", artifact, "one.zip", "labs", ""},
	} {
		d := made(t, c.draft, nil)
		require.Equal(t, lifecycle.DefinitionPendingSync, d.Status, c.reason)
		require.Equal(t, SyncRequested, d.SyncStatus, c.reason)
		require.Equal(t, &noon, d.SyncRequestedAt, c.reason)
		require.Equal(t, "ann", d.SyncRequestedBy, c.reason)
		require.Equal(t, c.pack, d.Source.PackageName, c.reason)
		require.Equal(t, c.bucket, d.Source.BucketName, c.reason)
		require.Empty(t, d.Content.TopologyHash, c.reason)
		model := d.Model(3, 2)
		require.Equal(t, c.visible, model.FormQualifiedName)
		require.Equal(t, int64(3), model.Version)
		require.Equal(t, int64(2), model.Generation)
		require.Equal(t, "1.0.0", model.Release)
	}
}

func TestTheEventOfACreation(t *testing.T) {
	lead := 7.5
	given := remote()
	given.BootLeadMinutes, given.WarmPoolDepth, given.GradingRulesURI = &lead, 2, "s3://rules/x"
	given.Notification = &Notification{Email: "ann@example.org", WebhookURL: "https://hook.example/secret-path"}
	names, data := told(t, made(t, given, nil))
	require.Equal(t, []string{"lablet_definition.created.v1"}, names)
	require.Equal(t, map[string]any{
		"aggregate_id": "d1", "name": "ccna", "version": "1.0.0", "lab_artifact_uri": "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip",
		"resource_requirements": map[string]any{"cpu_cores": 0.0, "memory_gb": 0.0, "storage_gb": 0.0, "nested_virt": false},
		"license_affinity":      []any{"personal", "enterprise", "evaluation"}, "node_count": 0.0,
		"port_template": map[string]any{"ports": nil}, "grading_rules_uri": "s3://rules/x", "max_duration_minutes": 60.0, "warm_pool_depth": 2.0,
		"boot_lead_time_minutes": 7.5, "form_qualified_name": form, "content_bucket_name": "exam-associate-ccna-v1.1-lab-1.3a",
		"user_session_package_name": "SVN.zip", "created_by": "ann", "created_at": "2026-03-02T12:00:00Z",
	}, data, "whom to notify is in no event: a webhook's address is often a credential")
}

func TestWhatNoDefinitionIsMadeOf(t *testing.T) {
	lab := topology("h1")
	for _, c := range []struct {
		reason   string
		change   func(*Definition)
		topology *Topology
		code     string
	}{
		{"no name", func(d *Definition) { d.Name = " " }, &lab, "bad_name"},
		{"no version", func(d *Definition) { d.Version = "" }, &lab, "bad_version"},
		{"not a semantic version", func(d *Definition) { d.Version = "latest" }, &lab, "bad_version"},
		{"four numbers", func(d *Definition) { d.Version = "1.2.3.4" }, &lab, "bad_version"},
		{"no length", func(d *Definition) { d.MaxDurationMinutes = 0 }, &lab, "bad_duration"},
		{"no source", func(*Definition) {}, nil, "definition_source"},
		{"a form and a topology", func(d *Definition) { d.Source.FormQualifiedName = form }, &lab, "definition_source"},
		{"an artifact and a topology", func(d *Definition) { d.Source.ArtifactURI = "s3://a/b" }, &lab, "definition_source"},
		{"ports twice", func(d *Definition) {
			d.Given.Ports = true
			d.PortTemplate.Ports = []resource.PortDefinition{{Name: "a", Protocol: "tcp"}, {Name: "a", Protocol: "tcp"}}
		}, &lab, "bad_ports"},
		{"no vCPU", func(d *Definition) { d.Given.CPUCores = true }, &lab, "bad_requirements"},
		{"a CML version that is none", func(d *Definition) {
			d.Requirements.AMIRequirements = []resource.AMIRequirement{{CMLVersionMin: "new"}}
		}, &lab, "bad_requirements"},
		{"no CML version between the bounds", func(d *Definition) {
			d.Requirements.AMIRequirements = []resource.AMIRequirement{{CMLVersionMin: "2.10", CMLVersionMax: "2.9"}}
		}, &lab, "bad_requirements"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			d := draft()
			c.change(&d)
			_, err := New(d, c.topology, "ann", noon)
			refused(t, err, failure.Invalid, c.code)
		})
	}
}

func TestVersionsThatAreTheSame(t *testing.T) {
	for version, unique := range map[string]string{
		"1.0.0": "ccna@1.0.0", "1.0": "ccna@1.0.0", "v1.0.0": "ccna@1.0.0", "1.0.0-rc.1": "ccna@1.0.0-rc.1", "1.0.1": "ccna@1.0.1",
	} {
		d := remote()
		d.Version = version
		require.Equal(t, unique, made(t, d, nil).Unique(), version)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		reason string
		nodes  int
		cpu    int
		memory int
		code   string
	}{
		{"the smallest", 1, 1, 1, ""},
		{"the largest", 500, 192, 768, ""},
		{"no node", 0, 1, 1, "too_many_nodes"},
		{"too many nodes", 501, 1, 1, "too_many_nodes"},
		{"too many vCPU", 1, 193, 1, "lab_too_large"},
		{"too much memory", 1, 1, 769, "lab_too_large"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			needs := resource.Requirements{CPUCores: c.cpu, MemoryGB: c.memory, StorageGB: 1}
			fromTopology := Topology{Hash: "h", NodeCount: c.nodes, Requirements: needs}
			_, summed := New(draft(), &fromTopology, "ann", noon)
			given := remote()
			given.Given = Given{CPUCores: true, MemoryGB: true, StorageGB: true, NodeCount: true}
			given.Requirements, given.NodeCount = needs, c.nodes
			_, stated := New(given, nil, "ann", noon)
			for _, err := range []error{summed, stated} {
				if c.code == "" {
					require.NoError(t, err)
					continue
				}
				refused(t, err, failure.Invalid, c.code)
			}
		})
	}
}

func TestGivenFiguresAreKept(t *testing.T) {
	d := remote()
	d.Given = Given{CPUCores: true, Ports: true}
	d.Requirements = resource.Requirements{CPUCores: 9, NestedVirt: true}
	d.PortTemplate = resource.PortTemplate{Ports: []resource.PortDefinition{{Name: "mine", Protocol: "tcp"}}}
	m := made(t, d, nil)
	require.NoError(t, m.Synced(Content{}, topology("h1"), "x", later))
	require.Equal(t, resource.Requirements{CPUCores: 9, MemoryGB: 4, StorageGB: 20, NestedVirt: true, AMIRequirements: needs()}, m.Requirements)
	require.Equal(t, []string{"mine"}, m.PortTemplate.Names())
	require.Equal(t, 2, m.NodeCount)

	d = remote()
	d.Given = Given{MemoryGB: true, StorageGB: true, NodeCount: true}
	d.Requirements, d.NodeCount = resource.Requirements{MemoryGB: 99, StorageGB: 98}, 7
	m = made(t, d, nil)
	require.NoError(t, m.Synced(Content{}, topology("h1"), "x", later))
	require.Equal(t, resource.Requirements{CPUCores: 2, MemoryGB: 99, StorageGB: 98, AMIRequirements: needs()}, m.Requirements)
	require.Equal(t, []string{"r1_serial"}, m.PortTemplate.Names())
	require.Equal(t, 7, m.NodeCount)
}
