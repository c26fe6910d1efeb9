package service_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
)

func (r *replica) health(t *testing.T, token string) api.SystemHealth {
	t.Helper()
	status, _, body := r.call(t, http.MethodGet, "/api/system/health", token, "", nil)
	require.Equal(t, http.StatusOK, status, string(body))
	var h api.SystemHealth
	require.NoError(t, json.Unmarshal(body, &h))
	return h
}

func TestHealthReallyTriesTheParts(t *testing.T) {
	w := newWorld(t)
	r := w.start(t)
	token := w.idp.token(t, "ada", "admin")
	require.Eventually(t, func() bool {
		h := r.health(t, token)
		return h.Status == "healthy" && h.Components["background_scheduler"].Status == "healthy"
	}, 30*time.Second, 50*time.Millisecond, "once it leads")
	h := r.health(t, token)
	sink := h.Components["cloudevent_sink"]
	require.Equal(t, []string{sink.EventID}, w.received(sink.EventID), "a real event has come")
	for _, name := range []string{"database", "etcd", "keycloak", "background_scheduler", "cloudevent_sink"} {
		require.Equal(t, "healthy", h.Components[name].Status, name)
	}
	status, _, body := r.call(t, http.MethodGet, "/api/diagnostics/jobs", token, "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, string(body), `"overdue drains"`)

	w.idp.Close()
	w.sink.Close()
	w.kv.SetDown(true)
	defer w.kv.SetDown(false)
	require.Eventually(t, func() bool {
		h := r.health(t, token)
		return h.Status == "degraded" && h.Components["keycloak"].Detail == "issuer_unreachable" &&
			h.Components["cloudevent_sink"].Detail == "sink_unreachable" && h.Components["etcd"].Detail == "etcd_unavailable" &&
			h.Components["database"].Status == "healthy"
	}, 20*time.Second, 100*time.Millisecond, "an answer stands for some seconds, then the parts are tried anew")
}

func TestATaskIsShownToControllers(t *testing.T) {
	w := newWorld(t)
	r := w.start(t)
	token := w.idp.token(t, "ada", "admin")
	var status int
	var body []byte
	require.Eventually(t, func() bool {
		status, _, body = r.call(t, http.MethodPost, "/api/workers/import", token, "", map[string]any{"ami_id": "ami-1"})
		return status == http.StatusAccepted
	}, 10*time.Second, 50*time.Millisecond)
	var accepted api.ImportAccepted
	require.NoError(t, json.Unmarshal(body, &accepted))
	require.Eventually(t, func() bool {
		item, found, err := w.kv.Get(t.Context(), readmodel.Key(readmodel.KindTask, accepted.TaskID))
		if err != nil || !found {
			return false
		}
		_, model, err := readmodel.Decode[readmodel.Task](item.Value)
		return err == nil && model.Kind == readmodel.TaskImportWorkers
	}, 10*time.Second, 20*time.Millisecond)
}

func TestOperationsAreConfigured(t *testing.T) {
	w := newWorld(t)
	for name, value := range map[string]string{
		"WORKER_ACTIVITY_EXCLUDED_USER_PATTERN": "(", "WORKER_ACTIVITY_DETECTION_INTERVAL": "0", "WORKER_AUTO_PAUSE_SNOOZE_MINUTES": "-1",
		"CML_WORKER_AMI_IDS": "nowhere:ami-1", "CML_WORKER_INSTANCE_TYPE": "huge",
	} {
		w.env[name] = value
		_, err := config.Load[service.Config](environ(w.env))
		require.ErrorContains(t, err, name)
		delete(w.env, name)
	}
	w.env["CML_WORKER_AMI_IDS"] = "us-east-1:ami-1,eu-west-1:ami-2"
	settings, err := config.Load[service.Config](environ(w.env))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"us-east-1": "ami-1", "eu-west-1": "ami-2"}, settings.Settings.Images.IDs)
}
