package httpapi_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// form is a form with parts, and its media type.
func form(t *testing.T, parts ...string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		if parts[i] == "file" {
			part, err := w.CreateFormFile("file", "lab.yaml")
			require.NoError(t, err)
			_, err = part.Write([]byte(parts[i+1]))
			require.NoError(t, err)
			continue
		}
		require.NoError(t, w.WriteField(parts[i], parts[i+1]))
	}
	require.NoError(t, w.Close())
	return b.String(), w.FormDataContentType()
}

func TestALabComesAsAForm(t *testing.T) {
	e := newEdge(t)
	worker := e.worker("one").ID
	post := func(path, body, kind, key string) answer {
		return e.do(request{http.MethodPost, path, body, append(as("may", "manager"), "Content-Type", kind, "Idempotency-Key", key)})
	}
	body, kind := form(t, "file", labFile, "worker_id", worker, "title", "mine")
	out := post("/api/lab-records/import", body, kind, "k1")
	require.Equal(t, http.StatusAccepted, out.status, string(out.body))
	accepted := decode[api.LabActionAccepted](t, out)
	require.Equal(t, "import", accepted.Action)
	require.Equal(t, "/api/tasks/"+accepted.TaskID, out.header.Get("Location"))

	again, otherBoundary := form(t, "file", labFile, "worker_id", worker, "title", "mine")
	repeat := post("/api/lab-records/import", again, otherBoundary, "k1")
	require.Equal(t, http.StatusAccepted, repeat.status, string(repeat.body))
	require.Equal(t, accepted.LabRecordID, decode[api.LabActionAccepted](t, repeat).LabRecordID, "the same content under the same key")
	other, kind := form(t, "file", labFile, "worker_id", worker, "title", "another")
	require.Equal(t, http.StatusUnprocessableEntity, post("/api/lab-records/import", other, kind, "k1").status, "another content under the key")

	body, kind = form(t, "file", labFile)
	out = post("/api/labs/region/us-east-1/workers/"+worker+"/labs/import", body, kind, "k2")
	require.Equal(t, http.StatusAccepted, out.status, string(out.body))
	require.Equal(t, http.StatusNotFound, post("/api/labs/region/elsewhere/workers/"+worker+"/labs/import", body, kind, "k3").status)

	file := e.do(request{http.MethodGet, "/api/lab-records/" + accepted.LabRecordID + "/export", "", as("liz", "lab-author")})
	require.Equal(t, http.StatusOK, file.status)
	require.Equal(t, labFile, string(file.body))
	require.Equal(t, api.LabFile, file.header.Get("Content-Type"))
	require.Contains(t, file.header.Get("Content-Disposition"), "attachment")
}

func TestABadImportIsRefused(t *testing.T) {
	e := newEdge(t)
	worker := e.worker("one").ID
	bare, kind := form(t, "worker_id", worker)
	unknown, unknownKind := form(t, "file", labFile, "worker_id", worker, "colour", "red")
	twice, twiceKind := form(t, "file", labFile, "file", labFile)
	homeless, homelessKind := form(t, "file", labFile)
	for reason, c := range map[string]struct {
		body, kind string
		status     int
		code       string
	}{
		"no file":         {bare, kind, http.StatusUnprocessableEntity, "malformed"},
		"unknown part":    {unknown, unknownKind, http.StatusUnprocessableEntity, "malformed"},
		"part twice":      {twice, twiceKind, http.StatusUnprocessableEntity, "malformed"},
		"no worker":       {homeless, homelessKind, http.StatusUnprocessableEntity, "malformed"},
		"broken form":     {"--x", "multipart/form-data; boundary=x", http.StatusUnprocessableEntity, "malformed"},
		"not JSON":        {"{", "application/json", http.StatusUnprocessableEntity, "malformed"},
		"unknown field":   {`{"worker_id":"w","topology_yaml":"x","colour":"red"}`, "application/json", http.StatusUnprocessableEntity, "malformed"},
		"another kind":    {labFile, "text/plain", http.StatusUnsupportedMediaType, "media_type"},
		"too long":        {`{"worker_id":"w","topology_yaml":"` + string(bytes.Repeat([]byte("x"), 7<<20)) + `"}`, "application/json", http.StatusRequestEntityTooLarge, "body_too_large"},
		"unusable labs":   {`{"worker_id":"` + worker + `","topology_yaml":"lab: ["}`, "application/json", http.StatusBadRequest, "bad_topology"},
		"unknown machine": {marshal(t, api.ImportLabBody{WorkerID: "none", TopologyYAML: labFile}), "application/json", http.StatusNotFound, "worker_not_found"},
	} {
		out := e.do(request{http.MethodPost, "/api/lab-records/import", c.body, append(as("may", "manager"), "Content-Type", c.kind)})
		require.Equal(t, c.status, out.status, "%s: %s", reason, out.body)
		require.Equal(t, c.code, e.problem(out, "/api/lab-records/import").Code, reason)
	}
	require.Empty(t, e.content()["lab_records"])
}
