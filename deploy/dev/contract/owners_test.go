package contract

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

const (
	webhookSecret = "canaryWebhookSecret0123456789"
	webhookPath   = "/canary-token-in-a-webhooks-path"
)

// hook is an owner's webhook.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	events []api.CloudEvent
	signed int
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{status: http.StatusAccepted}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var e api.CloudEvent
		if r.Method != http.MethodPost || r.URL.Path != webhookPath || json.Unmarshal(body, &e) != nil {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.status < http.StatusBadRequest {
			h.events = append(h.events, e)
		}
		if strings.HasPrefix(r.Header.Get("Webhook-Signature"), "v1,") {
			h.signed++
		}
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) answers(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *hook) got() []api.CloudEvent {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]api.CloudEvent{}, h.events...)
}

// watched makes a definition whose owner is told at a webhook.
func (w *world) watched(name, url string) (definition string) {
	w.t.Helper()
	var made api.Definition
	require.NoError(w.t, json.Unmarshal(w.admin(http.MethodPost, "/api/lablet-definitions", `{"name":"`+name+`","version":"1.0.0",
		"form_qualified_name":"Exam Associate CCNA v1.1 LAB 1.3a","owner_notification":{"email":"ann@example.org","webhook_url":"`+url+`","webhook_secret":"`+webhookSecret+`"}}`), &made))
	require.Equal(w.t, "not_configured", made.OwnerNotification.EmailStatus)
	return made.ID
}

func (w *world) syncFails(definition, why string) {
	w.t.Helper()
	w.lead("lablet-controller", "/api/internal/lablet-definitions/"+definition+"/content-synced", `{"sync_status":"failed","error_code":"no_package","error_message":"`+why+`"}`)
}

// S7: the owner of a definition is told at the webhook that the definition names, like events: signed, in order, with dead
// letters that are listed and sent again.
func TestS7OwnersAreToldAtTheirWebhook(t *testing.T) {
	h := newHook(t)
	w := newWorld(t, map[string]string{"ENVIRONMENT": "development", "OWNER_WEBHOOK_ALLOW_LOCAL": "true"})
	id := w.watched("one", h.URL+webhookPath)
	w.syncFails(id, "first")
	require.Eventually(t, func() bool { return len(h.got()) == 1 }, time.Minute, 20*time.Millisecond, "the owner is told")
	told := h.got()[0]
	require.Equal(t, "io.system.lablet-cloud-manager.owner_notification.content_sync_failed.v1", told.Type)
	require.Contains(t, string(told.Data), `"message":"no_package: first"`)
	require.Positive(t, h.signed)

	h.answers(http.StatusUnsupportedMediaType)
	w.syncFails(id, "second")
	var letters []api.DeadLetter
	require.Eventually(t, func() bool {
		letters = nil
		return json.Unmarshal(w.admin(http.MethodGet, "/api/events/dead-letters", ""), &letters) == nil && len(letters) == 1
	}, time.Minute, 20*time.Millisecond, "what is not taken is laid aside")
	require.Equal(t, id, letters[0].DefinitionID)
	require.Equal(t, http.StatusUnsupportedMediaType, letters[0].Status)

	h.answers(http.StatusOK)
	require.Contains(t, string(w.admin(http.MethodPost, "/api/events/dead-letters/resend", `{"ids":["`+letters[0].ID+`","nobody"]}`)), `"outcome":"sent"`)
	require.Len(t, h.got(), 2)
	require.Equal(t, letters[0].ID, h.got()[1].ID, "under its own id")
	require.Contains(t, string(w.admin(http.MethodGet, "/metrics", "")), `lcm_owner_notifications_total{result="taken"} 2`)
}
