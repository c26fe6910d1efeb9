// Package controller is what the three controllers share around their reconcilers: etcd and API clients, the election, the
// parts that run in every replica and those that run while leading, probes and admin routes.
package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/client"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/run"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

// Deps replaces what a Runtime would otherwise make itself. All fields are optional.
type Deps struct {
	// Etcd is used in place of a connection to the configured endpoints.
	Etcd leader.Store
	// Listener is served on in place of the configured host and port.
	Listener net.Listener
	// HTTP is the transport to the API.
	HTTP *http.Client
	// Outside carries the calls to all outside systems in place of connections of the service's own. Where connections may
	// go, and which certificates are trusted, is then its business.
	Outside http.RoundTripper
	Log     *slog.Logger
	Info    observe.Info
}

// Runtime is one replica of a controller.
type Runtime struct {
	Service  string
	Config   Config
	Etcd     leader.Store
	API      *client.Client
	Writes   *reconcile.Writes
	Log      *slog.Logger
	Registry *prometheus.Registry
	Tracer   trace.TracerProvider
	Mux      *http.ServeMux

	elector  *leader.Elector
	info     observe.Info
	listener net.Listener
	always   run.Group
	leading  []part
	queues   []Queue
	metrics  *reconcile.Metrics
	caches   *cacheMetrics
	tokens   *token.Verifier
	// http reaches the API.
	http    *http.Client
	checks  []observe.Check
	synced  []func(context.Context) error
	closers []func(context.Context) error
	// failed is what went wrong while parts were added; Run answers it.
	failed error
}

type part struct {
	name string
	run  func(context.Context) error
}

// New connects a replica of a service. port is used when no listener is given.
func New(ctx context.Context, service string, port int, config Config, deps Deps) (*Runtime, error) {
	level, err := observe.ParseLevel(config.LogLevel)
	if err != nil {
		return nil, err
	}
	r := &Runtime{
		Service: service, Config: config, Etcd: deps.Etcd, Writes: reconcile.NewWrites(), Log: deps.Log, Registry: observe.NewRegistry(),
		Mux: http.NewServeMux(), info: deps.Info, listener: deps.Listener,
	}
	if r.Log == nil {
		r.Log = observe.NewLogger(os.Stderr, level, service)
	}
	if r.Config.InstanceID == "" {
		r.Config.InstanceID = leader.NewInstanceID()
	}
	for _, connect := range []func(context.Context, Deps) error{r.connectEtcd, r.connectAPI, r.connectIdentity, r.measure, r.trace, func(context.Context, Deps) error { return r.listen(port) }} {
		if err := connect(ctx, deps); err != nil {
			r.close(ctx)
			return nil, err
		}
	}
	r.elector = leader.New(leader.Config{
		Service: service, InstanceID: r.Config.InstanceID, TTL: config.LeaderLeaseTTL, Store: r.Etcd, Log: r.Log, IssueTerm: r.issueTerm,
	})
	r.checks = append(r.checks,
		observe.Check{Name: "etcd", Do: func(context.Context) error { return r.elector.Check() }},
		observe.Check{Name: "control-plane-api", Do: r.checkAPI})
	return r, nil
}

func (r *Runtime) connectEtcd(_ context.Context, _ Deps) error {
	if r.Etcd != nil {
		return nil
	}
	etcd, err := etcdkv.Dial(etcdkv.Config{Endpoints: r.Config.EtcdEndpoints, Username: r.Config.EtcdUsername, Password: r.Config.EtcdPassword})
	if err != nil {
		return err
	}
	r.Etcd = etcd
	r.closers = append(r.closers, func(context.Context) error { return etcd.Close() })
	return nil
}

// apiTimeout bounds one call of the API.
const apiTimeout = 30 * time.Second

func (r *Runtime) connectAPI(_ context.Context, deps Deps) error {
	if r.http = deps.HTTP; r.http == nil {
		r.http = &http.Client{Timeout: apiTimeout, Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 32,
			IdleConnTimeout: 90 * time.Second,
		}}
		r.closers = append(r.closers, func(context.Context) error {
			r.http.CloseIdleConnections()
			return nil
		})
	}
	api, err := client.New(client.Config{
		BaseURL: r.Config.ControlPlaneURL, Service: r.Service, APIKey: r.Config.ControlPlaneKey, HTTP: r.http, Written: r.note,
	})
	r.API = api
	return err
}

// note remembers what the API says that a command of ours wrote.
func (r *Runtime) note(w api.Written) {
	r.Writes.Note(reconcile.Ref{Kind: readmodel.Kind(w.Kind), ID: w.ID, Version: w.Version, Generation: w.Generation})
}

func (r *Runtime) trace(ctx context.Context, _ Deps) error {
	provider, shutdown, err := observe.NewTracerProvider(ctx, observe.TraceConfig{
		Endpoint: r.Config.OTLPEndpoint, Service: r.Service, Version: r.info.Version, Ratio: r.Config.TraceRatio,
	})
	if err != nil {
		return err
	}
	r.Tracer = provider
	r.closers = append(r.closers, shutdown)
	return nil
}

func (r *Runtime) listen(port int) error {
	if r.listener != nil {
		return nil
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(r.Config.Host, fmt.Sprint(port)))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	r.listener = listener
	return nil
}

func (r *Runtime) issueTerm(ctx context.Context, key string, createRevision int64) (int64, error) {
	issued, err := r.API.IssueTerm(ctx, api.IssueTerm{Body: api.IssueTermBody{Service: r.Service, Key: key, CreateRevision: createRevision}})
	return issued.Term, err
}

// Always adds a part that runs in every replica, such as a cache of read models. Parts start in the order they are added.
func (r *Runtime) Always(name string, start func(context.Context) error) { r.always.Add(name, start) }

// Leading adds a part that runs while this replica leads. Its context carries the term and ends with the leadership.
func (r *Runtime) Leading(name string, start func(context.Context) error) {
	r.leading = append(r.leading, part{name: name, run: start})
}

// Check adds a condition of readiness.
func (r *Runtime) Check(name string, do func(context.Context) error) {
	r.checks = append(r.checks, observe.Check{Name: name, Do: do})
}

// Outcome gives leadership up when the API says that a newer leader has been named: whoever is told so must not act.
func (r *Runtime) Outcome(err error) {
	if failure.Is(err, failure.StaleTerm) {
		r.Log.Warn("a newer term was issued, leadership is given up")
		r.elector.Resign()
	}
}

// Run runs the replica until ctx ends, then stops everything in reverse order within 10 s.
func (r *Runtime) Run(ctx context.Context) error {
	defer r.close(ctx)
	// The server closes it, unless the start fails before there is one.
	defer func() { _ = r.listener.Close() }()
	if r.failed != nil {
		return r.failed
	}
	handler, err := r.handler()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(r.Log.Handler(), slog.LevelWarn),
	}
	r.always.Log = r.Log
	r.always.Add("http", run.HTTP(server, r.listener, 2*time.Second))
	r.always.Add("election", func(ctx context.Context) error { return r.elector.Run(ctx, r.lead) })
	return r.always.Run(ctx)
}

// lead runs the leading parts of one term. It returns when the leadership has ended or one of them has failed.
func (r *Runtime) lead(ctx context.Context, term int64) error {
	group := run.Group{Log: r.Log, StopTimeout: 5 * time.Second}
	for _, p := range r.leading {
		group.Add(p.name, p.run)
	}
	err := group.Run(client.WithTerm(ctx, api.Term{Service: r.Service, Term: term}))
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (r *Runtime) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	for _, closer := range r.closers {
		if err := closer(ctx); err != nil {
			r.Log.Warn("close", slog.Any("error", err))
		}
	}
}
