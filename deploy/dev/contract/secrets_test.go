package contract

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

const (
	poolToken  = "canary-pool-licence-token-0123456789"
	givenToken = "canaryGivenLicenceToken0123456789"
)

// sink keeps all that is delivered to it.
type sink struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *sink) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.Header.Write(&s.text)
	_, _ = io.Copy(&s.text, r.Body)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestS12SecretsStayInside is control S12: the service is given secrets that are easy to find again, works with them, and then
// they are looked for in all that leaves it: logs, answers, events, etcd, metrics and the store.
func TestS12SecretsStayInside(t *testing.T) {
	events := &sink{}
	outside := httptest.NewServer(events)
	t.Cleanup(outside.Close)
	licences := filepath.Join(t.TempDir(), "licences.yaml")
	require.NoError(t, os.WriteFile(licences, []byte("- name: pool\n  type: enterprise\n  token: "+poolToken+"\n  seats: 9\n"), 0o600))
	w := newWorld(t, map[string]string{"CML_LICENSES_FILE": licences, "CLOUD_EVENT_SINK": outside.URL})
	things := w.things()
	token := w.token("ada", "admin")

	worker := "/api/internal/workers/" + things["workers"]
	const controller = "worker-controller"
	w.lead(controller, worker+"/launch", `{"generation":1,"ami_id":"ami-1","instance_type":"m5.metal","subnet_id":"subnet-1","security_group_ids":["sg-1"],"disk_gb":100}`)
	w.lead(controller, worker+"/status", `{"status":"running"}`)
	w.lead(controller, worker+"/cml-data", `{"cml_version":"2.9.0","ready":true,"license_info":{"registration_status":"NOT_REGISTERED","is_enterprise":true},"collected_at":"`+time.Now().UTC().Format(time.RFC3339)+`"}`)
	response, fetched := w.do(w.request(http.MethodPost, worker+"/license/token", "", api.HeaderAPIKey, keyOf(controller), api.HeaderTerm, w.term(controller)))
	require.Equal(t, http.StatusOK, response.StatusCode, string(fetched))
	require.Contains(t, string(fetched), poolToken, "the one answer that is made for it")

	person := []string{"Authorization", "Bearer " + token}
	ask := func(method, path, body string, headers ...string) {
		_, content := w.do(w.request(method, path, body, headers...))
		w.seen.WriteString(string(content))
	}
	ask(http.MethodPost, "/api/workers/"+things["workers"]+"/license", `{"license_token":"`+givenToken+`","reregister":true}`, person...)
	// Malformed and refused requests must not repeat what they were given.
	ask(http.MethodPost, "/api/workers/"+things["workers"]+"/license", `{"license_token":"`+givenToken+`!"}`, person...)
	ask(http.MethodPost, "/api/workers/"+things["workers"]+"/license", `{"license_tokens":"`+givenToken+`"}`, person...)
	ask(http.MethodGet, "/api/internal/workers", "", api.HeaderAPIKey, keyOf(controller)+"x")
	ask(http.MethodGet, "/api/workers", "", "Authorization", "Bearer "+token+"x")
	for _, path := range []string{
		"/api/workers", "/api/workers/" + things["workers"], "/api/lablet-instances", "/api/worker-templates", "/api/audit", "/api/tasks", "/api/settings",
		"/api/system/health", "/metrics", "/info", "/ready", "/api/openapi.json",
	} {
		ask(http.MethodGet, path, "", person...)
	}
	for _, path := range []string{"/api/internal/workers", worker} {
		ask(http.MethodGet, path, "", api.HeaderAPIKey, keyOf(controller))
	}
	require.Eventually(t, func() bool { return strings.Contains(events.String(), things["workers"]) }, 15*time.Second, 20*time.Millisecond, "events went out")

	hidden := []string{poolToken, givenToken, token}
	for _, value := range canary() {
		hidden = append(hidden, value)
	}
	for where, text := range map[string]string{
		"answers": w.seen.String(), "events": events.String(), "log": w.logged(), "etcd": w.etcd(), "store": w.stored(),
	} {
		require.NotEmpty(t, text, where)
		for _, secret := range hidden {
			require.Equal(t, 0, strings.Count(text, secret), "%s shows %s…", where, secret[:10])
		}
	}
}

// etcd is all that the service put there.
func (w *world) etcd() string {
	w.t.Helper()
	page, err := w.kv.List(w.t.Context(), "/", "", 10_000, 0)
	require.NoError(w.t, err)
	var all strings.Builder
	for _, item := range page.Items {
		all.WriteString(item.Key)
		all.Write(item.Value)
	}
	return all.String()
}

// stored is the database as it lies on the disk.
func (w *world) stored() string {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "lcm.db*"))
	require.NoError(w.t, err)
	var all strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(w.t, err)
		all.Write(content)
	}
	return all.String()
}
