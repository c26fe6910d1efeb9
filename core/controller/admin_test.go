package controller_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

func TestResigningNeedsTheKey(t *testing.T) {
	p := newPlane(t)
	a := p.start(t, "a", p.kv)
	eventually(t, func() bool { return a.leads(t) }, "a leads")
	b := p.start(t, "b", p.kv)
	eventually(t, func() bool {
		_, _, status := b.ask(t, http.MethodGet, "/admin/leader-status", "")
		return status["leader_id"] == "a"
	}, "b follows")

	cases := []struct {
		to     *replica
		key    string
		status int
		code   string
		reason string
	}{
		{a, "", http.StatusUnauthorized, "bad_api_key", "no key"},
		{a, "wrong", http.StatusUnauthorized, "bad_api_key", "another key"},
		{a, apiKey[:len(apiKey)-1], http.StatusUnauthorized, "bad_api_key", "a part of the key"},
		{b, apiKey, http.StatusConflict, "not_leader", "a standby has nothing to give up"},
	}
	for _, c := range cases {
		status, contentType, problem := c.to.ask(t, http.MethodPost, "/admin/resign-leadership", c.key)
		require.Equal(t, c.status, status, c.reason)
		require.Equal(t, api.ProblemType, contentType, c.reason)
		require.Equal(t, c.code, problem["code"], c.reason)
		require.NotEmpty(t, problem["detail"], c.reason)
		require.True(t, a.leads(t), c.reason)
	}
	status, _, _ := a.ask(t, http.MethodPost, "/admin/resign-leadership", apiKey)
	require.Equal(t, http.StatusOK, status)
	eventually(t, func() bool { return b.leads(t) }, "the next in the queue leads")
	eventually(t, func() bool { return !a.leads(t) }, "and a waits behind it")
}

func TestStatsShowTheQueues(t *testing.T) {
	p := newPlane(t)
	r := p.start(t, "a", p.kv)
	eventually(t, func() bool { return len(r.seen()) > 0 }, "it works")
	_, _, info := r.ask(t, http.MethodGet, "/info", "")
	extra, ok := info["extra"].(map[string]any)
	require.True(t, ok)
	require.Contains(t, extra, "leader")
	stats, ok := extra["stats"].([]any)
	require.True(t, ok)
	require.Len(t, stats, 1)
	require.Equal(t, service, info["name"])
	status, contentType, _ := r.ask(t, http.MethodGet, "/admin/stats", "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "application/json", contentType)
	status, _, _ = r.ask(t, http.MethodGet, "/admin/resign-leadership", apiKey)
	require.Equal(t, http.StatusMethodNotAllowed, status, "reading changes nothing")
}

func TestWithoutAKeyOfItsOwnNobodyIsLetIn(t *testing.T) {
	p := newPlane(t)
	config := p.config("a")
	config.ControlPlaneKey = secret.String{}
	r := newRuntime(t, p, config)
	reached := false
	guarded := r.Authenticated(func(http.ResponseWriter, *http.Request) { reached = true })
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	require.NoError(t, err)
	guarded.ServeHTTP(nullWriter{}, request)
	require.False(t, reached, "an empty key is no key")
}

type nullWriter struct{}

func (nullWriter) Header() http.Header         { return http.Header{} }
func (nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (nullWriter) WriteHeader(int)             {}

func newRuntime(t *testing.T, p *plane, config controller.Config) *controller.Runtime {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	r, err := controller.New(t.Context(), service, 0, config, controller.Deps{Etcd: p.kv, Listener: listener, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return r
}

func TestTwoQueuesOfOneNameDoNotStart(t *testing.T) {
	p := newPlane(t)
	r := newRuntime(t, p, p.config("a"))
	nothing := reconcile.Func[string](func(context.Context, string) (reconcile.Result, error) { return reconcile.Result{}, nil })
	controller.Queued(r, "assign", nothing, reconcile.Options[string]{})
	controller.Queued(r, "assign", nothing, reconcile.Options[string]{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.Error(t, r.Run(ctx), "their metrics could not be told apart")
	require.NoError(t, ctx.Err(), "it is told at once")
}

func TestBadSettingsAreRefused(t *testing.T) {
	p := newPlane(t)
	for reason, change := range map[string]func(*controller.Config, *controller.Deps){
		"no such level":         func(c *controller.Config, _ *controller.Deps) { c.LogLevel = "LOUD" },
		"no address of the API": func(c *controller.Config, _ *controller.Deps) { c.ControlPlaneURL = "localhost:8020" },
		"no etcd":               func(_ *controller.Config, d *controller.Deps) { d.Etcd = nil },
		"nothing to listen on":  func(c *controller.Config, _ *controller.Deps) { c.Host = "256.0.0.1" },
	} {
		config, deps := p.config("a"), controller.Deps{Etcd: p.kv, Log: slog.New(slog.DiscardHandler)}
		change(&config, &deps)
		_, err := controller.New(t.Context(), service, 0, config, deps)
		require.Error(t, err, reason)
		require.NotContains(t, err.Error(), apiKey)
	}
}

func TestResyncCanBeOff(t *testing.T) {
	config := controller.Config{ResyncInterval: time.Minute, ResyncEnabled: true}
	require.Equal(t, time.Minute, config.Resync())
	config.ResyncEnabled = false
	require.Zero(t, config.Resync())
}
