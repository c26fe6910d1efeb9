package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

func lines(t *testing.T, log *bytes.Buffer) (out []map[string]any) {
	t.Helper()
	for line := range strings.Lines(log.String()) {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields))
		out = append(out, fields)
	}
	return out
}

func TestLoggerMasksSecrets(t *testing.T) {
	const canary = "canary-4711"
	var out bytes.Buffer
	log := observe.NewLogger(&out, slog.LevelInfo, "svc")
	log.Info("hello", "key", secret.New(canary), "password", canary, "X-API-Key", canary, "license_token", canary,
		slog.Group("request", "authorization", canary, "path", "/x"), "login_url", canary)
	log.Debug("not shown")
	require.NotContains(t, out.String(), canary)
	got := lines(t, &out)
	require.Len(t, got, 1)
	require.Equal(t, "svc", got[0]["service"])
	require.Equal(t, map[string]any{"authorization": "***", "path": "/x"}, got[0]["request"])
}

func TestParseLevel(t *testing.T) {
	for text, want := range map[string]slog.Level{
		"": slog.LevelInfo, "INFO": slog.LevelInfo, "Warning": slog.LevelWarn, "CRITICAL": slog.LevelError, "debug": slog.LevelDebug,
	} {
		level, err := observe.ParseLevel(text)
		require.NoError(t, err)
		require.Equal(t, want, level, text)
	}
	_, err := observe.ParseLevel("loud")
	require.Error(t, err)
}

// serve puts the middleware before a router.
func serve(t *testing.T, log io.Writer) (http.Handler, *tracetest.InMemoryExporter, func() string) {
	t.Helper()
	registry := observe.NewRegistry()
	spans := tracetest.NewInMemoryExporter()
	middleware, err := observe.HTTP(observe.HTTPOptions{
		Log: observe.NewLogger(log, slog.LevelInfo, "svc"), Registry: registry, Service: "svc",
		TracerProvider: trace.NewTracerProvider(trace.WithSyncer(spans)),
	})
	require.NoError(t, err)
	router := chi.NewRouter()
	router.Use(middleware)
	router.Get("/api/workers/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, observe.RequestID(r.Context()))
	})
	router.Get("/fails", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	router.Get("/stream", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "event")
		if http.NewResponseController(w).Flush() != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	return router, spans, func() string {
		recorder := httptest.NewRecorder()
		observe.MetricsHandler(registry).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return recorder.Body.String()
	}
}

func TestMiddleware(t *testing.T) {
	var log bytes.Buffer
	handler, spans, metrics := serve(t, &log)
	get := func(path, id string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Header.Set(observe.RequestIDHeader, id)
		handler.ServeHTTP(recorder, request)
		return recorder
	}
	answer := get("/api/workers/w-1?token=canary-4711", "abc-1")
	require.Equal(t, "abc-1", answer.Body.String(), "the caller's id is kept")
	require.Equal(t, "abc-1", answer.Header().Get(observe.RequestIDHeader))
	for _, hostile := range []string{"", "a\nb", strings.Repeat("x", 65), "<script>"} {
		require.Len(t, get("/api/workers/w-2", hostile).Body.String(), 36, "a UUID in its place")
	}
	get("/fails", "")
	for range 3 {
		get("/no/such/"+strings.Repeat("x", 3), "")
	}
	stream := get("/stream", "")
	require.True(t, stream.Flushed, "event streams pass through")

	require.NotContains(t, log.String(), "canary-4711", "a query may hold secrets")
	logged := lines(t, &log)
	require.Equal(t, "/api/workers/{id}", logged[0]["route"])
	require.Equal(t, "/api/workers/w-1", logged[0]["path"])
	require.EqualValues(t, 200, logged[0]["status"])
	require.Equal(t, "WARN", logged[5]["level"])

	text := metrics()
	require.Contains(t, text, `http_requests_total{method="GET",route="/api/workers/{id}",status="200"} 5`)
	require.Contains(t, text, `http_requests_total{method="GET",route="/fails",status="502"} 1`)
	require.Contains(t, text, `http_request_duration_seconds_count{method="GET",route="/api/workers/{id}"} 5`)
	require.Contains(t, text, "http_requests_in_flight 0")
	require.NotContains(t, text, "w-1", "labels are bounded")
	require.Equal(t, "GET /api/workers/{id}", spans.GetSpans()[0].Name)
}

func TestSeveralServicesInOneProcess(t *testing.T) {
	for range 4 {
		_, err := observe.HTTP(observe.HTTPOptions{Log: slog.New(slog.DiscardHandler), Registry: observe.NewRegistry()})
		require.NoError(t, err)
	}
}

func TestTracerProvider(t *testing.T) {
	provider, shutdown, err := observe.NewTracerProvider(t.Context(), observe.TraceConfig{Service: "svc"})
	require.NoError(t, err)
	_, span := provider.Tracer("x").Start(t.Context(), "y")
	require.False(t, span.IsRecording(), "without an endpoint nothing is traced")
	require.NoError(t, shutdown(t.Context()))

	var mu sync.Mutex
	var paths []string
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path)
	}))
	defer collector.Close()
	provider, shutdown, err = observe.NewTracerProvider(t.Context(), observe.TraceConfig{
		Endpoint: collector.URL + "/v1/traces", Service: "svc", Ratio: 1,
	})
	require.NoError(t, err)
	_, span = provider.Tracer("x").Start(t.Context(), "y")
	span.End()
	require.NoError(t, shutdown(t.Context()))
	require.Equal(t, []string{"/v1/traces"}, paths)
}

func TestProbes(t *testing.T) {
	good := func(context.Context) error { return nil }
	told := func(context.Context) error {
		return failure.Wrap(errors.New("dial 10.0.0.7"), failure.Unavailable, "x", "etcd is silent")
	}
	inner := func(context.Context) error { return errors.New("dial 10.0.0.7: password wrong") }
	hangs := func(ctx context.Context) error { select {} }
	for _, test := range []struct {
		name    string
		checks  []observe.Check
		standby func() bool
		status  int
		want    map[string]any
	}{
		{"all pass", []observe.Check{{Name: "store", Do: good}}, nil, 200,
			map[string]any{"status": "ready", "message": "All checks passed"}},
		{"standby is ready", []observe.Check{{Name: "etcd", Do: good}}, func() bool { return true }, 200,
			map[string]any{"status": "ready", "role": "standby"}},
		{"leader", nil, func() bool { return false }, 200, map[string]any{"status": "ready", "role": "leader"}},
		{"first failure is told", []observe.Check{{Name: "store", Do: good}, {Name: "etcd", Do: told}, {Name: "x", Do: inner}}, nil, 503,
			map[string]any{"detail": "etcd: etcd is silent", "code": "not_ready"}},
		{"inner text is not", []observe.Check{{Name: "store", Do: inner}}, nil, 503, map[string]any{"detail": "store: failed"}},
		{"degraded serves", []observe.Check{{Name: "etcd", Do: told, Degrades: true}, {Name: "store", Do: good}}, nil, 200,
			map[string]any{"status": "degraded", "message": "etcd: etcd is silent"}},
		{"a check that hangs has failed", []observe.Check{{Name: "store", Do: hangs}}, nil, 503,
			map[string]any{"detail": "store: no answer in time"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			probes := observe.NewProbes(observe.ProbesOptions{Registry: observe.NewRegistry(), Checks: test.checks, Standby: test.standby})
			body := probe(t, probes, "/ready", test.status)
			for key, value := range test.want {
				require.Equal(t, value, body[key], key)
			}
			require.Equal(t, "healthy", probe(t, probes, "/health", 200)["status"], "the process serves, whatever the checks say")
		})
	}
}

func TestInfo(t *testing.T) {
	probes := observe.NewProbes(observe.ProbesOptions{
		Registry: observe.NewRegistry(),
		Info:     observe.Info{Name: "worker-controller", Version: "1.2.3", ImageTag: "latest", BuildCommit: "abc"},
		Extra:    func() map[string]any { return map[string]any{"leader": true} },
	})
	body := probe(t, probes, "/info", 200)
	require.Equal(t, "worker-controller", body["name"])
	require.Equal(t, "1.2.3", body["version"])
	require.Equal(t, map[string]any{"leader": true}, body["extra"])
	require.Equal(t, "abc", body["build"].(map[string]any)["commit"])
	require.Contains(t, body["runtime"], "uptime_seconds")
}

func probe(t *testing.T, probes *observe.Probes, path string, status int) (body map[string]any) {
	t.Helper()
	router := chi.NewRouter()
	probes.Mount(router.Handle)
	recorder := httptest.NewRecorder()
	router.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	require.Equal(t, status, recorder.Code)
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &body))
	refused := httptest.NewRecorder()
	router.ServeHTTP(refused, httptest.NewRequest(http.MethodPost, path, nil))
	require.Equal(t, http.StatusMethodNotAllowed, refused.Code)
	return body
}
