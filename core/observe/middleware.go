package observe

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/metric/noop"
	api "go.opentelemetry.io/otel/trace"
)

// HTTPOptions says what the middleware reports to.
type HTTPOptions struct {
	Log *slog.Logger
	// Registry takes http_requests_total, http_request_duration_seconds and http_requests_in_flight. One middleware per
	// registry.
	Registry prometheus.Registerer
	// TracerProvider may be nil: then nothing is traced.
	TracerProvider api.TracerProvider
	// Service names the spans' server.
	Service string
	// Route gives the pattern of the route that answered, which is a bounded set; nil means chi's or ServeMux's pattern. It
	// is called when the request has been served.
	Route func(r *http.Request) string
}

// unmatched stands for all requests that no route answered.
const unmatched = "unmatched"

// HTTP makes the middleware that gives each request an id, a span, metrics by route pattern, and a line in the log. With
// chi, give it to Use, so that it sees the route. Neither query nor headers are logged: they may hold secrets.
func HTTP(options HTTPOptions) (func(http.Handler) http.Handler, error) {
	m := &middleware{options: options}
	if m.options.Route == nil {
		m.options.Route = routePattern
	}
	if err := m.register(); err != nil {
		return nil, fmt.Errorf("http metrics: %w", err)
	}
	return func(next http.Handler) http.Handler {
		served := m.wrap(next)
		if options.TracerProvider == nil {
			return served
		}
		return otelhttp.NewHandler(served, options.Service,
			otelhttp.WithTracerProvider(options.TracerProvider),
			otelhttp.WithPropagators(Propagator()),
			// Our own metrics say the same, in a registry of this service.
			otelhttp.WithMeterProvider(noop.NewMeterProvider()),
			otelhttp.WithFilter(func(r *http.Request) bool { return !isProbe(r.URL.Path) }))
	}, nil
}

type middleware struct {
	options  HTTPOptions
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func (m *middleware) register() error {
	m.total = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total", Help: "HTTP requests served.",
	}, []string{"method", "route", "status"})
	m.duration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Duration of HTTP requests.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
	}, []string{"method", "route"})
	m.inFlight = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "http_requests_in_flight", Help: "HTTP requests being served.",
	})
	for _, collector := range []prometheus.Collector{m.total, m.duration, m.inFlight} {
		if err := m.options.Registry.Register(collector); err != nil {
			return err
		}
	}
	return nil
}

func (m *middleware) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		id := requestIDOf(r)
		w.Header().Set(RequestIDHeader, id)
		r = r.WithContext(WithRequestID(r.Context(), id))
		recorded := &recorder{ResponseWriter: w}
		m.inFlight.Inc()
		// Deferred, since a handler may panic; who recovers it is further out or further in.
		defer func() {
			m.inFlight.Dec()
			m.report(r, recorded, time.Since(begun))
		}()
		next.ServeHTTP(recorded, r)
	})
}

func (m *middleware) report(r *http.Request, answer *recorder, took time.Duration) {
	route, method := m.options.Route(r), methodOf(r)
	if route == "" {
		route = unmatched
	}
	m.total.WithLabelValues(method, route, strconv.Itoa(answer.code())).Inc()
	m.duration.WithLabelValues(method, route).Observe(took.Seconds())
	api.SpanFromContext(r.Context()).SetName(method + " " + route)
	level := slog.LevelInfo
	switch {
	case answer.code() >= 500:
		level = slog.LevelWarn
	case isProbe(r.URL.Path):
		level = slog.LevelDebug
	}
	client, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		client = r.RemoteAddr
	}
	m.options.Log.LogAttrs(r.Context(), level, "request",
		slog.String("request_id", RequestID(r.Context())), slog.String("method", method), slog.String("route", route),
		slog.String("path", r.URL.Path), slog.Int("status", answer.code()), slog.Int64("bytes", answer.bytes),
		slog.Duration("took", took), slog.String("client", client))
}

func routePattern(r *http.Request) string {
	if routed := chi.RouteContext(r.Context()); routed != nil {
		if pattern := routed.RoutePattern(); pattern != "" {
			return pattern
		}
	}
	return r.Pattern
}

// methodOf bounds the label: a caller may send any word as method.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "OTHER"
	}
}

func isProbe(path string) bool {
	switch path {
	case "/health", "/ready", "/metrics", "/info":
		return true
	default:
		return false
	}
}
