package observe

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Check is a named condition of readiness. It gets a deadline of 2 s.
type Check struct {
	Name string
	Do   func(ctx context.Context) error
	// Degrades means that the service works on when this fails, and says "degraded".
	Degrades bool
}

// ProbesOptions says what the probes report.
type ProbesOptions struct {
	Info     Info
	Registry *prometheus.Registry
	Checks   []Check
	// Standby reports whether this replica waits to lead, which is ready as well; nil means that there is no leader.
	Standby func() bool
	// Extra is /info's part that is the service's own; may be nil.
	Extra func() map[string]any
	Log   *slog.Logger
}

// Probes answers /health, /ready, /metrics and /info, all without authentication: nothing that they tell is secret.
type Probes struct {
	options ProbesOptions
	begun   time.Time
}

const checkTimeout = 2 * time.Second

// NewProbes makes the probes of one service.
func NewProbes(options ProbesOptions) *Probes {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Probes{options: options, begun: time.Now()}
}

// Mount registers the four probes with a router's method for a pattern and a handler, for GET and HEAD.
func (p *Probes) Mount(handle func(pattern string, handler http.Handler)) {
	handle("/health", onlyGet(http.HandlerFunc(p.Health)))
	handle("/ready", onlyGet(http.HandlerFunc(p.Ready)))
	handle("/info", onlyGet(http.HandlerFunc(p.Info)))
	handle("/metrics", onlyGet(MetricsHandler(p.options.Registry)))
}

func onlyGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Health answers 200 while the process serves.
func (p *Probes) Health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, "application/json", http.StatusOK, map[string]any{"status": "healthy", "timestamp": now()})
}

// Ready answers 200 when all checks pass, also when only degrading ones fail, and 503 with the message of the first that
// fails otherwise.
func (p *Probes) Ready(w http.ResponseWriter, r *http.Request) {
	errs := p.run(r.Context())
	body := map[string]any{"status": "ready", "message": "All checks passed", "timestamp": now()}
	if p.options.Standby != nil {
		body["role"] = "leader"
		if p.options.Standby() {
			body["role"] = "standby"
		}
	}
	states := map[string]string{}
	for i, check := range p.options.Checks {
		states[check.Name] = "ok"
		if errs[i] == nil {
			continue
		}
		message := check.Name + ": " + messageOf(errs[i])
		states[check.Name] = messageOf(errs[i])
		p.options.Log.WarnContext(r.Context(), "check failed", "check", check.Name, "error", errs[i])
		if !check.Degrades {
			p.notReady(w, message)
			return
		}
		if body["status"] == "ready" {
			body["status"], body["message"] = "degraded", message
		}
	}
	body["checks"] = states
	writeJSON(w, "application/json", http.StatusOK, body)
}

func (p *Probes) notReady(w http.ResponseWriter, detail string) {
	w.Header().Set("Retry-After", "5")
	writeJSON(w, "application/problem+json", http.StatusServiceUnavailable, map[string]any{
		"type": "about:blank", "title": "Service Unavailable", "status": http.StatusServiceUnavailable,
		"code": "not_ready", "detail": detail, "timestamp": now(),
	})
}

// run runs all checks at once, each with its deadline. One that does not keep it is failed; its goroutine ends when it
// does.
func (p *Probes) run(ctx context.Context) []error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	errs := make([]error, len(p.options.Checks))
	var running sync.WaitGroup
	for i, check := range p.options.Checks {
		running.Go(func() {
			done := make(chan error, 1)
			go func() { done <- check.Do(ctx) }()
			select {
			case errs[i] = <-done:
			case <-ctx.Done():
				errs[i] = failure.New(failure.Unavailable, "check_timeout", "no answer in time")
			}
		})
	}
	running.Wait()
	return errs
}

// messageOf shows what was meant for people; inner text may name hosts and paths.
func messageOf(err error) string {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f.Message
	}
	return "failed"
}

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func writeJSON(w http.ResponseWriter, contentType string, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "cannot encode the answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The status is out; a client that went away is no one's failure.
	_, _ = w.Write(encoded)
}
