package command_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

func TestTheFirstSyncFillsADefinition(t *testing.T) {
	l := newLibrary(t)
	d := l.make(ofForm("1.0.0"))
	l.clock = l.clock.Add(time.Minute)
	ack, err := l.RecordSync(syncer(), d.ID, found("r1"))
	require.NoError(t, err)
	require.Equal(t, api.Ack{
		ID: d.ID, PreviousStatus: "pending_sync", CurrentStatus: "active", Version: 2, Generation: 2, Changed: true,
	}, ack)
	d = l.get(d.ID)
	require.Equal(t, blobs.Hash([]byte(lab("r1"))), d.Content.TopologyHash, "the API's own hash")
	require.Equal(t, "p-r1", d.Content.PackageHash)
	require.True(t, d.Content.HasContentXML)
	require.Equal(t, map[string]string{"lds": "success"}, d.Content.UpstreamSyncStatus)
	require.Equal(t, 1, d.NodeCount)
	require.Equal(t, l.clock, *d.LastSyncedAt, "by the API's clock")
	_, err = l.blobs.Get(author(), d.Content.TopologyHash)
	require.NoError(t, err)

	ack, err = l.RecordSync(syncer(), d.ID, found("r1"))
	require.NoError(t, err)
	require.False(t, ack.Changed, "the same result again changes nothing")
}

func TestAskingForASync(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	l.clock = l.clock.Add(time.Hour)
	d, meta, err := l.RequestSync(author(), d.ID)
	require.NoError(t, err)
	require.True(t, meta.Changed)
	require.Equal(t, definition.SyncRequested, d.SyncStatus)
	require.Equal(t, l.clock, *d.SyncRequestedAt)
	require.Equal(t, "ann", d.SyncRequestedBy)
	_, meta, err = l.RequestSync(author(), d.ID)
	require.NoError(t, err)
	require.False(t, meta.Changed, "it is asked for already")

	_, _, err = l.RequestSync(author(), l.make(ofTopology("tiny")).ID)
	require.Equal(t, "no_content_source", failure.CodeOf(err))
	_, _, err = l.RequestSync(author(), "nobody")
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
	l.set(d.ID, func(d *definition.Definition) { d.Status = lifecycle.DefinitionDeprecated })
	_, _, err = l.RequestSync(author(), d.ID)
	require.Equal(t, "definition_deprecated", failure.CodeOf(err))
}

func TestAFailedSyncIsShown(t *testing.T) {
	for _, c := range []struct {
		reason string
		body   api.ContentSyncedBody
		shown  string
		code   string
	}{
		{"the package could not be read", api.ContentSyncedBody{SyncStatus: "failed", ErrorCode: "bad_package", ErrorMessage: "No zip."}, "bad_package: No zip.", ""},
		{"without a code", api.ContentSyncedBody{SyncStatus: "failed", ErrorMessage: "Why?"}, "sync_failed: Why?", ""},
		{"a lab file that cannot be used", api.ContentSyncedBody{SyncStatus: "success", CMLYAMLContent: "nodes: 7"}, "bad_topology: The topology", "bad_topology"},
		{"no lab file", api.ContentSyncedBody{SyncStatus: "success"}, "bad_topology: The topology", "bad_topology"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			l := newLibrary(t)
			d := l.make(ofForm("1.0.0"))
			_, err := l.RecordSync(syncer(), d.ID, c.body)
			if c.code == "" {
				require.NoError(t, err)
			} else {
				require.Equal(t, c.code, failure.CodeOf(err))
				require.Equal(t, failure.Invalid, failure.KindOf(err))
			}
			d = l.get(d.ID)
			require.Contains(t, d.SyncError, c.shown)
			require.Equal(t, lifecycle.DefinitionPendingSync, d.Status)
			require.Equal(t, definition.SyncRequested, d.SyncStatus, "it is tried again")
		})
	}
}

func TestASyncThatIsRefusedChangesNothing(t *testing.T) {
	l := newLibrary(t)
	body := ofForm("1.0.0")
	body.LabArtifactURI, body.LabYAMLHash = "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip", blobs.Hash([]byte("another lab"))
	d := l.make(body)
	_, err := l.RecordSync(syncer(), d.ID, found("r1"))
	require.Equal(t, "hash_mismatch", failure.CodeOf(err))
	require.Equal(t, d, l.get(d.ID))
	_, err = l.RecordSync(syncer(), "nobody", found("r1"))
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
	l.blobs.before = func() error { return errShelf }
	_, err = l.RecordSync(syncer(), d.ID, found("r1"))
	require.ErrorIs(t, err, errShelf)
	require.Equal(t, d, l.get(d.ID))
}

func TestALateResultDoesNotCloseANewerRequest(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	old := apptest.Noon
	l.clock = l.clock.Add(time.Hour)
	_, _, err := l.RequestSync(author(), d.ID)
	require.NoError(t, err)
	failed := api.ContentSyncedBody{SyncStatus: "failed", ErrorCode: "x"}
	for _, body := range []api.ContentSyncedBody{found("r1"), found("r2"), failed} {
		body.RequestedAt = &old
		ack, err := l.RecordSync(syncer(), d.ID, body)
		require.NoError(t, err)
		require.False(t, ack.Changed)
	}
	d = l.get(d.ID)
	require.Equal(t, definition.SyncRequested, d.SyncStatus)
	require.Empty(t, d.SyncError)
	require.Len(t, l.all(), 1)

	body := found("r1")
	body.RequestedAt = d.SyncRequestedAt
	_, err = l.RecordSync(syncer(), d.ID, body)
	require.NoError(t, err)
	require.Equal(t, definition.SyncSuccess, l.get(d.ID).SyncStatus)
}
