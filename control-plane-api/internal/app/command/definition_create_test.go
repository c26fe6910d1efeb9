package command_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

func ofTopology(name string) api.CreateDefinitionBody {
	return api.CreateDefinitionBody{Name: name, Version: "1.0.0", TopologyYAML: lab("r1")}
}

func TestADefinitionFromATopology(t *testing.T) {
	l := newLibrary(t)
	l.blobs.before = func() error {
		require.Empty(t, l.all(), "the lab file is kept before anything refers to it")
		return nil
	}
	d := l.make(ofTopology("tiny"))
	require.Equal(t, lifecycle.DefinitionActive, d.Status)
	require.Equal(t, blobs.Hash([]byte(lab("r1"))), d.Content.TopologyHash)
	kept, err := l.blobs.Get(author(), d.Content.TopologyHash)
	require.NoError(t, err)
	require.Equal(t, lab("r1"), string(kept), "byte for byte")
	require.Equal(t, 1, d.NodeCount)
	require.Equal(t, []string{"r1_serial"}, d.PortTemplate.Names())
	require.Positive(t, d.Requirements.MemoryGB)
	require.True(t, d.Requirements.NestedVirt)
	require.Equal(t, resource.LicenseTypes(), d.LicenseAffinity)
	require.Equal(t, 60, d.MaxDurationMinutes)
	require.True(t, d.CollectionEnabled)
	require.False(t, d.GradingEnabled, "there is no package with grading rules")
	require.Equal(t, "ann", d.CreatedBy)
}

func TestADefinitionFromAForm(t *testing.T) {
	d := newLibrary(t).make(ofForm("1.0.0"))
	require.Equal(t, lifecycle.DefinitionPendingSync, d.Status)
	require.Equal(t, definition.Source{
		FormQualifiedName: form, BucketName: "exam-associate-ccna-v1.1-lab-1.3a", PackageName: "SVN.zip",
		ArtifactURI: "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip",
	}, d.Source)
	require.True(t, d.GradingEnabled)
	require.Equal(t, definition.SyncRequested, d.SyncStatus)
}

func TestADefinitionFromAnArtifact(t *testing.T) {
	hash := strings.Repeat("AB", 32)
	d := newLibrary(t).make(api.CreateDefinitionBody{
		Name: "tiny", Version: "1.0.0", LabArtifactURI: "s3://labs/deep/one.zip", LabYAMLHash: hash,
	})
	require.Equal(t, definition.Source{
		ArtifactURI: "s3://labs/deep/one.zip", BucketName: "labs", PackageName: "deep/one.zip", WantedHash: strings.ToLower(hash),
	}, d.Source, "a hash is the same in either case")
	require.False(t, d.GradingEnabled)
	require.Equal(t, lifecycle.DefinitionPendingSync, d.Status)
}

func TestAnArtifactBesideAFormNamesThePackage(t *testing.T) {
	body := ofForm("1.0.0")
	body.LabArtifactURI, body.LabYAMLHash = "s3://exam-associate-ccna-v1.1-lab-1.3a/other.zip", strings.Repeat("ab", 32)
	d := newLibrary(t).make(body)
	require.Equal(t, "other.zip", d.Source.PackageName)
	require.Equal(t, "exam-associate-ccna-v1.1-lab-1.3a", d.Source.BucketName)
	body.LabArtifactURI = "s3://labs/other.zip"
	_, _, err := newLibrary(t).Create(author(), body)
	require.Equal(t, "definition_source", failure.CodeOf(err), "LDS would read another package than LCM")
}

func TestWhatTheAuthorGivesIsKept(t *testing.T) {
	cpu, nested, off, lead := 7, false, false, 3.5
	d := newLibrary(t).make(api.CreateDefinitionBody{
		Name: "tiny", Version: "2.1.0-rc.1", TopologyYAML: lab("r1"), CPUCores: &cpu, NestedVirt: &nested,
		LicenseAffinity: []resource.LicenseType{"ENTERPRISE"}, PortDefinitions: []resource.PortDefinition{}, CollectionEnabled: &off,
		BootLeadMinutes: &lead, MaxDurationMinutes: 30, WarmPoolDepth: 2, GradingRulesURI: "s3://rules/x",
		AMIRequirements:   []resource.AMIRequirement{{CMLVersionMin: "2.9"}},
		OwnerNotification: &api.Notification{Email: "ann@example.org", NotifyOnStart: &off},
	})
	require.Equal(t, 7, d.Requirements.CPUCores)
	require.False(t, d.Requirements.NestedVirt)
	require.Equal(t, []resource.AMIRequirement{{CMLVersionMin: "2.9"}, {NodeDefinitionsRequired: []string{"iol-xe"}}}, d.Requirements.AMIRequirements, "what the topology needs stands beside it")
	require.Equal(t, []resource.LicenseType{resource.LicenseEnterprise}, d.LicenseAffinity)
	require.Empty(t, d.PortTemplate.Ports, "an empty list is given too")
	require.False(t, d.CollectionEnabled)
	require.Equal(t, &lead, d.BootLeadMinutes)
	require.Equal(t, 30, d.MaxDurationMinutes)
	require.Equal(t, 2, d.WarmPoolDepth)
	require.Equal(t, "s3://rules/x", d.GradingRulesURI)
	require.Equal(t, &definition.Notification{Email: "ann@example.org", NotifyOnComplete: true, NotifyOnError: true}, d.Notification)
}

func TestCreateDefinitionRefusals(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	many := 501
	for _, c := range []struct {
		reason string
		body   api.CreateDefinitionBody
		code   string
	}{
		{"no source", api.CreateDefinitionBody{}, "definition_source"},
		{"two sources", api.CreateDefinitionBody{FormQualifiedName: form, TopologyYAML: lab("r1")}, "definition_source"},
		{"an artifact without its hash", api.CreateDefinitionBody{LabArtifactURI: "s3://labs/x"}, "definition_source"},
		{"a hash without its artifact", api.CreateDefinitionBody{FormQualifiedName: form, LabYAMLHash: hash}, "definition_source"},
		{"a hash that nothing has", api.CreateDefinitionBody{LabArtifactURI: "s3://labs/x", LabYAMLHash: "abc"}, "definition_source"},
		{"an artifact elsewhere", api.CreateDefinitionBody{LabArtifactURI: "https://labs/x", LabYAMLHash: hash}, "definition_source"},
		{"the older form", api.CreateDefinitionBody{FormQualifiedName: "org/project/form"}, "bad_form_qualified_name"},
		{"no lab file", api.CreateDefinitionBody{TopologyYAML: "nodes: 7"}, "bad_topology"},
		{"not a version", api.CreateDefinitionBody{Version: "one", FormQualifiedName: form}, "bad_version"},
		{"no such licence", api.CreateDefinitionBody{FormQualifiedName: form, LicenseAffinity: []resource.LicenseType{"gold"}}, "bad_license_type"},
		{"too many nodes", api.CreateDefinitionBody{FormQualifiedName: form, NodeCount: &many}, "too_many_nodes"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			l := newLibrary(t)
			body := c.body
			body.Name = "tiny"
			if body.Version == "" {
				body.Version = "1.0.0"
			}
			_, _, err := l.Create(author(), body)
			require.Equal(t, c.code, failure.CodeOf(err))
			require.Equal(t, failure.Invalid, failure.KindOf(err))
			require.Empty(t, l.all(), "nothing is stored")
		})
	}
}

func TestALabFileThatCannotBeKeptMakesNoDefinition(t *testing.T) {
	l := newLibrary(t)
	l.blobs.before = func() error { return errShelf }
	_, _, err := l.Create(author(), ofTopology("tiny"))
	require.ErrorIs(t, err, errShelf)
	require.Empty(t, l.all())
}

func TestCreateDefinitionIsRepeatable(t *testing.T) {
	l := newLibrary(t)
	ctx := keyed(author(), "k1", "hash")
	first, meta, err := l.Create(ctx, ofTopology("tiny"))
	require.NoError(t, err)
	require.False(t, meta.Repeated)
	again, meta, err := l.Create(ctx, ofTopology("tiny"))
	require.NoError(t, err)
	require.True(t, meta.Repeated)
	require.Equal(t, first.ID, again.ID)
	_, _, err = l.Create(keyed(author(), "k1", "another"), ofTopology("tiny"))
	require.Equal(t, failure.Reused, failure.KindOf(err))
	require.Len(t, l.all(), 1)
}

func TestAVersionExistsOnce(t *testing.T) {
	l := newLibrary(t)
	l.make(ofTopology("tiny"))
	for _, version := range []string{"1.0.0", "1.0", "v1.0.0"} {
		body := ofTopology("tiny")
		body.Version = version
		_, _, err := l.Create(author(), body)
		require.Equal(t, "definition_exists", failure.CodeOf(err), version)
		require.Equal(t, failure.Conflict, failure.KindOf(err))
	}
	l.make(ofTopology("other"))
	body := ofTopology("tiny")
	body.Version = "1.0.1"
	l.make(body)
	require.Len(t, l.all(), 3)
}
