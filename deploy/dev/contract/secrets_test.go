package contract

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
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
	// launchToken is in the URL at which a candidate enters a lab.
	launchToken = "canary-launch-token-0123456789abcdef"
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
	owner := newHook(t)
	w := newWorld(t, map[string]string{
		"CML_LICENSES_FILE": licences, "CLOUD_EVENT_SINK": outside.URL, "ENVIRONMENT": "development", "OWNER_WEBHOOK_ALLOW_LOCAL": "true",
	})
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

	w.lead(controller, worker+"/cml-data", `{"cml_version":"2.9.0","ready":true,"license_info":{"registration_status":"COMPLETED","authorization_status":"IN_COMPLIANCE","is_enterprise":true},"collected_at":"`+time.Now().UTC().Format(time.RFC3339)+`"}`)
	launched := w.launched(things)
	watched := w.watched("watched", owner.URL+webhookPath)
	w.syncFails(watched, "canary")
	require.Eventually(t, func() bool { return len(owner.got()) == 1 }, time.Minute, 20*time.Millisecond, "the owner is told")

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
	for _, path := range []string{"/api/internal/workers", worker, "/api/internal/lablet-instances/" + launched, "/api/internal/lablet-definitions/" + watched} {
		ask(http.MethodGet, path, "", api.HeaderAPIKey, keyOf(controller))
	}
	stranger := []string{"Authorization", "Bearer " + w.token("eve", "user")}
	ask(http.MethodGet, "/api/lablet-instances/"+launched, "", stranger...)
	ask(http.MethodGet, "/api/lablet-definitions/"+watched, "", stranger...)
	ask(http.MethodPut, "/api/lablet-definitions/"+watched, `{"owner_notification":{"webhook_url":"http://10.0.0.1`+webhookPath+`","webhook_secret":"`+webhookSecret+`"}}`, person...)
	ask(http.MethodPut, "/api/lablet-definitions/"+watched, `{"owner_notification":{"webhook_urls":"`+webhookSecret+`"}}`, person...)
	require.Eventually(t, func() bool {
		return strings.Contains(events.String(), things["workers"]) && strings.Contains(events.String(), launched) && strings.Contains(events.String(), watched)
	}, time.Minute, 20*time.Millisecond, "events went out")

	hidden := []string{poolToken, givenToken, token, webhookSecret}
	for _, value := range canary() {
		hidden = append(hidden, value)
	}
	// What its owner is answered must be in the store as it is; it must be nowhere else.
	answered := append([]string{launchToken, webhookPath}, hidden...)
	for where, text := range map[string]string{
		"answers": w.seen.String(), "events": events.String(), "log": w.logged(), "etcd": w.etcd(), "store": w.stored(),
	} {
		require.NotEmpty(t, text, where)
		looked := answered
		if where == "store" {
			looked = hidden
		}
		for _, secret := range looked {
			require.Equal(t, 0, strings.Count(text, secret), "%s shows %s…", where, secret[:10])
		}
	}
}

// launched brings an instance so far that it has a launch URL, and checks that its one right reader gets it.
func (w *world) launched(things map[string]string) (id string) {
	w.t.Helper()
	var made struct{ ID string }
	require.NoError(w.t, json.Unmarshal(w.admin(http.MethodPost, "/api/lablet-instances", `{"definition_id":"`+things["lablet-definitions"]+`","duration_minutes":30}`), &made))
	path := "/api/internal/lablet-instances/" + made.ID
	generation := func() string {
		var model struct{ Generation int64 }
		_, content := w.do(w.request(http.MethodGet, path, "", api.HeaderAPIKey, keyOf("lablet-controller")))
		require.NoError(w.t, json.Unmarshal(content, &model), string(content))
		return strconv.FormatInt(model.Generation, 10)
	}
	placed := w.lead("resource-scheduler", "/api/internal/workers/"+things["workers"]+"/schedule",
		`{"scheduled_by":"resource-scheduler","instances":[{"instance_id":"`+made.ID+`","generation":`+generation()+`}]}`)
	require.Contains(w.t, string(placed), `"ack"`, string(placed))
	w.lead("lablet-controller", path+"/start-instantiation", `{"generation":`+generation()+`}`)
	w.lead("lablet-controller", path+"/finalizers", `{"kind":"lab","attempt":1,"generation":`+generation()+`}`)
	response, content := w.do(w.request(http.MethodPut, path+"/mark-ready",
		`{"generation":`+generation()+`,"cml_lab_id":"lab-1","lds_session_id":"lds-1","lds_login_url":"https://lds.example/launch?token=`+launchToken+`"}`,
		api.HeaderAPIKey, keyOf("lablet-controller"), api.HeaderTerm, w.term("lablet-controller")))
	require.Equal(w.t, http.StatusOK, response.StatusCode, string(content))
	require.Contains(w.t, string(w.admin(http.MethodGet, "/api/lablet-instances/"+made.ID, "")), launchToken, "who may enter is answered it")
	return made.ID
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
