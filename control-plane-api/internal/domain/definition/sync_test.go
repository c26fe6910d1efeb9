package definition

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// over are the statuses of a version that is not used any more.
func over(status lifecycle.DefinitionStatus) bool {
	return slices.Contains([]lifecycle.DefinitionStatus{
		lifecycle.DefinitionDeprecated, lifecycle.DefinitionArchived, lifecycle.DefinitionDeleted,
	}, status)
}

func TestWhoMayAskForASync(t *testing.T) {
	for _, status := range lifecycle.Definitions().Statuses() {
		t.Run(string(status), func(t *testing.T) {
			d := inStatus(t, status)
			before := *d
			err := d.RequestSync("bob", later)
			switch {
			case over(status):
				refused(t, err, failure.Conflict, "definition_deprecated")
				unchanged(t, &before, d)
			case status == lifecycle.DefinitionPendingSync:
				require.NoError(t, err)
				unchanged(t, &before, d)
			default:
				require.NoError(t, err)
				require.Equal(t, status, d.Status, "a version that is in use stays so")
				require.Equal(t, SyncRequested, d.SyncStatus)
				require.Equal(t, &later, d.SyncRequestedAt)
				require.Equal(t, "bob", d.SyncRequestedBy)
				names, data := told(t, d)
				require.Equal(t, []string{"lablet_definition.sync_requested.v1"}, names)
				require.Equal(t, map[string]any{
					"aggregate_id": "d1", "aggregate_type": "lablet_definition", "form_qualified_name": form,
					"bucket_name": "exam-associate-ccna-v1.1-lab-1.3a", "user_session_package_name": "SVN.zip", "requested_by": "bob",
					"requested_at": "2026-03-02T13:00:00Z",
				}, data)
			}
		})
	}
}

func TestALabWithoutARemoteSourceHasNothingToSync(t *testing.T) {
	lab := topology("h1")
	refused(t, made(t, draft(), &lab).RequestSync("bob", later), failure.Invalid, "no_content_source")
}

func TestTheFirstSyncActivates(t *testing.T) {
	d := stored(t, made(t, remote(), nil))
	d.SyncFailed("bad_package", "No zip.", noon)
	d = stored(t, d)
	content := Content{
		PackageHash: "p1", GradeXMLPath: "RCUv1/grade.xml", CMLYAMLPath: "RCUv1/cml.yaml", UpstreamVersion: "7", UpstreamPublished: "2025-Oct-31 01:51:43",
		UpstreamInstance: "DEMO", UpstreamFormID: "64b0",
	}
	require.NoError(t, d.Synced(content, topology("h1"), "lablet-controller", later))
	require.Equal(t, lifecycle.DefinitionActive, d.Status)
	require.Equal(t, SyncSuccess, d.SyncStatus)
	require.Empty(t, d.SyncError)
	require.Equal(t, &later, d.LastSyncedAt)
	require.Equal(t, "h1", d.Content.TopologyHash)
	require.Equal(t, 2, d.NodeCount)
	names, data := told(t, d)
	require.Equal(t, []string{"lablet_definition.content_synced.v1", "lablet_definition.activated.v1"}, names)
	require.Equal(t, map[string]any{"aggregate_id": "d1", "activated_by": "lablet-controller", "activated_at": "2026-03-02T13:00:00Z"}, data)
	require.Equal(t, map[string]any{
		"aggregate_id": "d1", "lab_artifact_uri": "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip", "lab_yaml_hash": "h1",
		"content_package_hash": "p1", "sync_status": "success", "grade_xml_path": "RCUv1/grade.xml", "cml_yaml_path": "RCUv1/cml.yaml",
		"upstream_version": "7", "upstream_date_published": "2025-Oct-31 01:51:43", "upstream_instance_name": "DEMO", "upstream_form_id": "64b0",
		"port_template": map[string]any{"ports": []any{map[string]any{"name": "r1_serial", "protocol": "tcp"}}},
		"synced_at":     "2026-03-02T13:00:00Z",
	}, payload(t, d, "lablet_definition.content_synced.v1"))
}

func TestSyncedInEveryStatus(t *testing.T) {
	for _, status := range lifecycle.Definitions().Statuses() {
		t.Run(string(status), func(t *testing.T) {
			d := inStatus(t, status)
			before := *d
			if status != lifecycle.DefinitionPendingSync {
				refused(t, d.Synced(Content{PackageHash: "p2"}, topology("h2"), "x", later), failure.Conflict, CodeArtifactChanged)
				unchanged(t, &before, d)
				require.NoError(t, d.Synced(Content{PackageHash: "p-h1"}, topology("h1"), "x", later), "what was synced already")
				unchanged(t, &before, d)
			}
			require.NoError(t, d.Synced(Content{PackageHash: "p2", GradeXMLPath: "new"}, topology("h1"), "x", later))
			require.Equal(t, "new", d.Content.GradeXMLPath, "the rest of the package may change")
			want := status
			if status == lifecycle.DefinitionPendingSync {
				want = lifecycle.DefinitionActive
			}
			require.Equal(t, want, d.Status)
		})
	}
}

func TestASyncThatChangesNothingClosesItsRequest(t *testing.T) {
	d := synced(t, "h1")
	require.NoError(t, d.RequestSync("bob", noon))
	d = stored(t, d)
	require.NoError(t, d.Synced(Content{PackageHash: "p-h1"}, topology("h1"), "x", later))
	require.Equal(t, SyncSuccess, d.SyncStatus)
	require.Equal(t, &later, d.LastSyncedAt)
	names, _ := told(t, d)
	require.Equal(t, []string{"lablet_definition.content_synced.v1"}, names)
}

func TestASyncThatCannotBeTakenChangesNothing(t *testing.T) {
	wanted := remote()
	wanted.Source.WantedHash = "h9"
	big, ports := topology("h1"), topology("h1")
	big.NodeCount = 501
	ports.Ports.Ports = append(ports.Ports.Ports, ports.Ports.Ports...)
	for _, c := range []struct {
		reason   string
		draft    Definition
		topology Topology
		code     string
	}{
		{"another topology than the author gave the hash of", wanted, topology("h1"), "hash_mismatch"},
		{"too large", remote(), big, "too_many_nodes"},
		{"ports that clash", remote(), ports, "bad_ports"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			d := stored(t, made(t, c.draft, nil))
			before := *d
			refused(t, d.Synced(Content{PackageHash: "p"}, c.topology, "x", later), failure.Invalid, c.code)
			unchanged(t, &before, d)
		})
	}
}

func TestAFailedSyncKeepsItsRequest(t *testing.T) {
	d := stored(t, made(t, remote(), nil))
	d.SyncFailed("bad_package", "No zip.", later)
	require.Equal(t, SyncRequested, d.SyncStatus, "it is tried again")
	require.Equal(t, lifecycle.DefinitionPendingSync, d.Status)
	require.Equal(t, "bad_package: No zip.", d.SyncError)
	names, data := told(t, d)
	require.Equal(t, []string{"lablet_definition.content_synced.v1"}, names)
	require.Equal(t, map[string]any{
		"aggregate_id": "d1", "lab_artifact_uri": "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip", "sync_status": "failed",
		"error_message": "bad_package: No zip.", "synced_at": "2026-03-02T13:00:00Z",
	}, data)
	_, _, raises := d.Changes()
	require.False(t, raises, "the next try has its back-off")

	d = stored(t, d)
	before := *d
	d.SyncFailed("bad_package", "No zip.", later.Add(1))
	unchanged(t, &before, d)
	d.SyncFailed("bad_package", "Another reason.", later)
	_, changed, _ := d.Changes()
	require.True(t, changed)
}

func TestAFailureThatNobodyWaitsForIsNoNews(t *testing.T) {
	d := synced(t, "h1")
	before := *d
	d.SyncFailed("bad_package", "No zip.", later)
	unchanged(t, &before, d)
}

func TestWhichRequestAResultAnswers(t *testing.T) {
	d := made(t, remote(), nil)
	require.True(t, d.Answers(&noon))
	require.True(t, d.Answers(nil), "who does not say answers any")
	require.False(t, d.Answers(&later))
	lab := topology("h1")
	require.False(t, made(t, draft(), &lab).Answers(&noon))
}

func TestWhatCanBeBooked(t *testing.T) {
	for _, status := range lifecycle.Definitions().Statuses() {
		err := inStatus(t, status).Bookable()
		switch status {
		case lifecycle.DefinitionActive:
			require.NoError(t, err)
		case lifecycle.DefinitionPendingSync:
			refused(t, err, failure.Conflict, "definition_not_synced")
		default:
			refused(t, err, failure.Conflict, "definition_not_active")
			require.ErrorContains(t, err, string(status))
		}
	}
}
