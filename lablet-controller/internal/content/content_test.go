package content

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

const form = "Exam Associate CCNA v1.1 LAB 1.3a"

// world is everything around the reconciler.
type world struct {
	definition readmodel.Definition
	objects    map[string][]byte
	getErr     error
	answer     error
	told       []api.ContentSyncedBody
	folders    []string
	folderErr  error
	toolkits   []string
	toolkitErr error
	without    bool
}

func newWorld() *world {
	at := time.Unix(1, 0)
	return &world{
		definition: readmodel.Definition{
			ID: "d", FormQualifiedName: form, BucketName: "bucket", SyncStatus: syncRequested, SyncRequestedAt: &at,
			Status: lifecycle.DefinitionPendingSync,
		},
		objects: map[string][]byte{},
	}
}

func (w *world) Open(context.Context, string, string) (reconcile.View[readmodel.Definition], bool, reconcile.Result, error) {
	return reconcile.View[readmodel.Definition]{Model: w.definition, Found: w.definition.ID != ""}, true, reconcile.Result{}, nil
}

func (w *world) ContentSynced(_ context.Context, req api.ContentSynced) (api.Ack, error) {
	w.told = append(w.told, req.Body)
	if req.Body.SyncStatus == "failed" {
		return api.Ack{}, nil
	}
	return api.Ack{}, w.answer
}

func (w *world) Get(_ context.Context, bucket, key string, limit int64) ([]byte, error) {
	content, ok := w.objects[bucket+"/"+key]
	switch {
	case w.getErr != nil:
		return nil, w.getErr
	case !ok:
		return nil, failure.New(failure.NotFound, "object_not_found", "The bucket %s has no object %s.", bucket, key)
	case int64(len(content)) > limit:
		return nil, failure.New(failure.TooLarge, "object_too_large", "large")
	}
	return content, nil
}

func (w *world) Names() []string { return []string{"eu", "us"} }

func (w *world) SyncFolder(_ context.Context, deployment, fqn string) (string, error) {
	w.folders = append(w.folders, deployment+"/"+fqn)
	return "9", w.folderErr
}

func (w *world) Synchronize(_ context.Context, fqn string) error {
	w.toolkits = append(w.toolkits, fqn)
	return w.toolkitErr
}

func (w *world) sync(t *testing.T) error {
	t.Helper()
	deps := Deps{Definitions: w, API: w, Objects: w, Folders: w, Toolkits: w, MaxPackage: 1 << 20, Log: slog.New(slog.DiscardHandler)}
	if w.without {
		deps.Objects, deps.Toolkits = nil, nil
	}
	_, err := New(deps).Reconcile(t.Context(), "d")
	return err
}

func TestAPackageIsReadAndPassedOn(t *testing.T) {
	w := newWorld()
	w.objects["bucket/SVN.zip"] = whole(t)
	require.NoError(t, w.sync(t))
	require.Len(t, w.told, 1)
	told := w.told[0]
	require.Equal(t, "success", told.SyncStatus)
	require.Equal(t, w.definition.SyncRequestedAt, told.RequestedAt)
	require.Equal(t, "lab: {version: 0.3.0}\n", told.CMLYAMLContent)
	require.Equal(t, "pkg/RCUv1/cml.yaml", told.CMLYAMLPath)
	require.Equal(t, "pkg/RCUv1/grade.xml", told.GradeXMLPath)
	require.JSONEq(t, `{"device_type":"cml"}`, told.DevicesJSON, "cloud_devices.json is another file")
	require.True(t, told.HasContentXML)
	require.Equal(t, []readmodel.VisibleDevice{{DeviceLabel: "R1", UserAccessMode: "web", Category: "NA"}}, told.UserVisibleDevices)
	require.Equal(t, "7", told.UpstreamVersion, "the publish record's version, not the folder's")
	require.Equal(t, "64b0", told.UpstreamFormID)
	require.Len(t, told.ContentPackageHash, 64)
	require.Equal(t, map[string]string{"lds": "success", "grading_engine": "success"}, told.UpstreamSyncStatus)
	require.Equal(t, []string{"eu/" + form, "us/" + form}, w.folders)
	require.Equal(t, []string{form}, w.toolkits)
}

func TestWhatFailsUpstreamIsRecordedAndNotFatal(t *testing.T) {
	w := newWorld()
	w.objects["bucket/SVN.zip"] = whole(t)
	w.folderErr, w.toolkitErr = errors.New("down"), errors.New("down")
	require.NoError(t, w.sync(t))
	require.Equal(t, "success", w.told[0].SyncStatus)
	require.Equal(t, map[string]string{"lds": "failed", "grading_engine": "failed"}, w.told[0].UpstreamSyncStatus)
}

func TestALabFileAloneIsTaken(t *testing.T) {
	w := newWorld()
	w.definition.FormQualifiedName, w.definition.BucketName, w.definition.LabArtifactURI = "", "", "s3://labs/a/cml.yaml"
	w.objects["labs/a/cml.yaml"] = []byte("lab: {}\n")
	require.NoError(t, w.sync(t))
	require.Equal(t, "lab: {}\n", w.told[0].CMLYAMLContent)
	require.Empty(t, w.folders, "there is no form to sync")
}

func TestFailuresAreToldWithTheirCodesAndTriedAgain(t *testing.T) {
	cases := []struct {
		reason string
		change func(w *world)
		code   string
	}{
		{"no storage", func(w *world) { w.without = true }, "not_configured"},
		{"no package", func(*world) {}, "object_not_found"},
		{"storage down", func(w *world) { w.getErr = failure.New(failure.Unavailable, "s3_unavailable", "down") }, "s3_unavailable"},
		{"no zip", func(w *world) { w.objects["bucket/SVN.zip"] = []byte("hello") }, "bad_package"},
		{"no topology", func(w *world) { w.objects["bucket/SVN.zip"] = pkg(t, file{"a.txt", "x"}) }, "topology_missing"},
		{"an artifact that is elsewhere", func(w *world) {
			w.definition.BucketName, w.definition.LabArtifactURI = "", "https://example.com/x.zip"
		}, "unsupported_artifact"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := newWorld()
			c.change(w)
			err := w.sync(t)
			require.Error(t, err)
			require.False(t, reconcile.IsTerminal(err))
			require.Equal(t, "failed", w.told[0].SyncStatus)
			require.Equal(t, c.code, w.told[0].ErrorCode)
			require.NotEmpty(t, w.told[0].ErrorMessage)
		})
	}
}

func TestWhatTheAPISaysToATopology(t *testing.T) {
	cases := []struct {
		reason   string
		answer   error
		fails    bool
		terminal bool
		told     int
	}{
		{"the definition is gone", failure.New(failure.NotFound, "definition_not_found", "x"), false, false, 1},
		{"it cannot be read", failure.New(failure.Invalid, "bad_topology", "x"), true, false, 2},
		{"a version's topology never changes", failure.New(failure.Conflict, "artifact_changed", "x"), true, true, 2},
		{"the API is down", failure.New(failure.Unavailable, "api_unavailable", "x"), true, false, 1},
		{"another leader has been named", failure.New(failure.StaleTerm, "stale_term", "x"), true, false, 1},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := newWorld()
			w.objects["bucket/SVN.zip"], w.answer = whole(t), c.answer
			err := w.sync(t)
			require.Equal(t, c.fails, err != nil)
			require.Equal(t, c.terminal, reconcile.IsTerminal(err))
			require.Len(t, w.told, c.told)
		})
	}
}

func TestOnlyWhatAsksForItIsSynced(t *testing.T) {
	w := newWorld()
	w.definition.SyncStatus = "success"
	require.NoError(t, w.sync(t))
	w.definition.SyncStatus, w.definition.Status = syncRequested, lifecycle.DefinitionDeleted
	require.NoError(t, w.sync(t))
	w.definition.ID = ""
	require.NoError(t, w.sync(t))
	require.Empty(t, w.told)
}
