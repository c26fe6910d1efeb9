package lds_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
)

const bucket = "exam-associate-test-v1-lab-1.0/SVN.zip"

func TestFolderIsReadFromObjectStorage(t *testing.T) {
	objects := simtest.Objects{}
	dir := t.TempDir()
	b := open(t, dir, lds.Config{Objects: objects})
	path := base + "/lab_folder/minio/" + url.PathEscape(fqn)
	require.Equal(t, 404, b.JSON("PUT", path, nil).Status, "no package yet")
	objects[bucket] = simtest.Zip(t, "content.xml", "<lab_content/>", "mosaic_meta.json", `{"Version":"7","FormId":"64b0"}`)
	require.Equal(t, 404, b.JSON("GET", path, nil).Status, "not loaded yet")
	got := b.Must(200, "PUT", path, nil)
	require.Equal(t, "7", got["Version"])
	for _, name := range []string{"DatePublished", "ExamId", "TrackShortName"} {
		require.Contains(t, got, name, "required in every LabFolder")
	}
	require.Equal(t, true, b.Must(200, "GET", path+"/validate", nil)["is_valid"])

	again := open(t, dir, lds.Config{Objects: objects})
	require.Equal(t, "7", again.Must(200, "GET", path, nil)["Version"])
}

func TestInvalidContentIsSaidWith200(t *testing.T) {
	objects := simtest.Objects{bucket: simtest.Zip(t, "content.xml", "<lab_content>", "mosaic_meta.json", "{}")}
	b := open(t, "", lds.Config{Objects: objects})
	path := base + "/lab_folder/minio/" + url.PathEscape(fqn) + "/validate"
	got := b.Must(200, "GET", path, nil)
	require.Equal(t, false, got["is_valid"])
	require.Contains(t, got["message"], "content.xml")
	objects[bucket] = []byte("not a zip")
	require.Equal(t, false, b.Must(200, "GET", path, nil)["is_valid"])
	delete(objects, bucket)
	require.Equal(t, 404, b.JSON("GET", path, nil).Status)
}

func TestFoldersWithoutStorageOrInSVN(t *testing.T) {
	b := open(t, "", lds.Config{})
	require.Equal(t, 503, b.JSON("PUT", base+"/lab_folder/minio/x", nil).Status)
	require.Equal(t, 404, b.JSON("PUT", base+"/lab_folder/svn/T/1", nil).Status)
}
