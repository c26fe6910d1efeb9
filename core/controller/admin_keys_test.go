package controller_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

// text gives the body of an open route.
func (r *replica) text(t *testing.T, path string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
	require.NoError(t, err)
	return send(t, request, http.StatusOK)
}

func send(t *testing.T, request *http.Request, want int) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, want, response.StatusCode, string(text))
	return string(text)
}

// hall is a replica of two queues in which one key fails, and an identity provider.
type hall struct {
	url    string
	issuer string
	key    *ecdsa.PrivateKey

	mu   sync.Mutex
	runs map[string]int
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{runs: map[string]int{}}
	h.serveKeys(t)
	p := newPlane(t)
	config := p.config("a")
	config.OIDC = token.Config{Issuer: h.issuer, KeycloakURLInternal: h.issuer, Realm: "aix", Audience: []string{"lcm"}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h.url = "http://" + listener.Addr().String()
	r, err := controller.New(t.Context(), service, 0, config, controller.Deps{Etcd: p.kv, Listener: listener, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	controller.Queued(r, "instances", reconcile.Func[string](h.reconcile), reconcile.Options[string]{
		Keys: func() []string { return []string{"good", "bad"} }, BackoffFirst: time.Hour, BackoffLast: time.Hour,
	})
	controller.Queued(r, "content", reconcile.Func[string](h.reconcile), reconcile.Options[string]{Keys: func() []string { return []string{"d1"} }})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	eventually(t, func() bool { return h.ran("bad") == 1 && h.ran("d1") == 1 }, "it leads")
	return h
}

func (h *hall) serveKeys(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	h.key = key
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	}))
	t.Cleanup(server.Close)
	h.issuer = server.URL
}

func (h *hall) reconcile(_ context.Context, key string) (reconcile.Result, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs[key]++
	if key == "bad" {
		return reconcile.Result{}, failure.New(failure.Unavailable, "cml_silent", "CML does not answer.")
	}
	return reconcile.Result{}, nil
}

func (h *hall) ran(key string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.runs[key]
}

func (h *hall) token(t *testing.T, roles ...string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: h.key, KeyID: "k"}}, nil)
	require.NoError(t, err)
	text, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": h.issuer, "sub": "ann", "aud": "lcm", "exp": time.Now().Add(time.Hour).Unix(), "realm_access": map[string]any{"roles": roles},
	}).Serialize()
	require.NoError(t, err)
	return text
}

// call calls a route with a header, given as name and value.
func (h *hall) call(t *testing.T, method, path string, want int, header ...string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, h.url+path, nil)
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	return send(t, request, want)
}

func TestWhoMayUseTheAdminRoutes(t *testing.T) {
	h := newHall(t)
	for _, test := range []struct {
		reason string
		want   int
		header []string
	}{
		{"nobody", http.StatusUnauthorized, nil},
		{"a wrong key", http.StatusUnauthorized, []string{api.HeaderAPIKey, "wrong"}},
		{"a key is not mended by a token", http.StatusUnauthorized, []string{api.HeaderAPIKey, "wrong", "Authorization", "Bearer " + h.token(t, "admin")}},
		{"no token", http.StatusUnauthorized, []string{"Authorization", "Bearer x"}},
		{"a manager", http.StatusForbidden, []string{"Authorization", "Bearer " + h.token(t, "manager")}},
		{"an administrator", http.StatusOK, []string{"Authorization", "Bearer " + h.token(t, "admin")}},
		{"the service", http.StatusOK, []string{api.HeaderAPIKey, apiKey}},
	} {
		t.Run(test.reason, func(t *testing.T) {
			h.call(t, http.MethodGet, "/admin/keys", test.want, test.header...)
			h.call(t, http.MethodPost, "/api/admin/trigger-reconcile?key=good", test.want, test.header...)
		})
	}
	require.Equal(t, 3, func() int {
		eventually(t, func() bool { return h.ran("good") >= 3 }, "those who may were served")
		return h.ran("good")
	}(), "and no one else")
}

func TestKeysAndTriggers(t *testing.T) {
	h := newHall(t)
	var queues []struct {
		Controller string
		Total      int
		Keys       []reconcile.KeyState
	}
	read := func(path string) {
		t.Helper()
		queues = nil
		require.NoError(t, json.Unmarshal([]byte(h.call(t, http.MethodGet, path, http.StatusOK, api.HeaderAPIKey, apiKey)), &queues))
	}
	read("/admin/keys")
	require.Len(t, queues, 2)
	require.Equal(t, "instances", queues[0].Controller)
	require.Len(t, queues[0].Keys, 1)
	require.Equal(t, reconcile.KeyBackingOff, queues[0].Keys[0].Phase)
	require.Equal(t, "cml_silent: CML does not answer.", queues[0].Keys[0].LastError)
	require.NotNil(t, queues[0].Keys[0].NextTry)
	require.Empty(t, queues[1].Keys)
	read("/admin/keys?controller=instances&key=bad")
	require.Len(t, queues, 1)
	require.Equal(t, 1, queues[0].Total)
	read("/admin/keys?controller=instances&key=good&limit=5")
	require.Zero(t, queues[0].Total, "it is at rest")

	h.call(t, http.MethodGet, "/admin/keys?limit=100000", http.StatusUnprocessableEntity, api.HeaderAPIKey, apiKey)
	h.call(t, http.MethodGet, "/admin/keys?controller=none", http.StatusNotFound, api.HeaderAPIKey, apiKey)
	h.call(t, http.MethodPost, "/admin/trigger-reconcile?controller=none", http.StatusNotFound, api.HeaderAPIKey, apiKey)
	h.call(t, http.MethodPost, "/admin/trigger-reconcile?key=none", http.StatusNotFound, api.HeaderAPIKey, apiKey)

	var told struct {
		Status string
		By     string `json:"triggered_by"`
		Keys   int
		Stats  []reconcile.Stats
	}
	body := h.call(t, http.MethodPost, "/admin/trigger-reconcile", http.StatusOK, "Authorization", "Bearer "+h.token(t, "admin"))
	require.NoError(t, json.Unmarshal([]byte(body), &told))
	require.Equal(t, "triggered", told.Status)
	require.Equal(t, "ann", told.By)
	require.Equal(t, 3, told.Keys)
	require.Len(t, told.Stats, 2)
	eventually(t, func() bool { return h.ran("bad") == 2 && h.ran("good") == 2 && h.ran("d1") == 2 }, "all ran, back-off or not")
}

func TestAStandbyTriggersNothing(t *testing.T) {
	p := newPlane(t)
	a := p.start(t, "a", p.kv)
	eventually(t, func() bool { return a.leads(t) }, "a leads")
	b := p.start(t, "b", p.kv)
	status, _, problem := b.ask(t, http.MethodPost, "/admin/trigger-reconcile", apiKey)
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "not_leader", problem["code"])
}
