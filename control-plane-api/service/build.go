package service

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/notify"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/process"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/relay"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/samples"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// parts is what the service is made of.
type parts struct {
	config   Config
	now      func() time.Time
	log      *slog.Logger
	http     *http.Client
	registry *prometheus.Registry

	engine store.Engine
	etcd   leader.Store
	epoch  string

	journal    *journal.Journal
	projection *projection.Projection
	relay      *relay.Relay
	delivery   *delivery.Delivery
	owners     *notify.Notify
	terms      *terms.Terms
	blobs      *blobs.Blobs
	elector    *leader.Elector
	repos      repos
	commands   commands
	processes  *process.Processes
	samples    *samples.Samples
	events     events
	login      *login.Login
	sessions   *session.Sessions
}

// repos are the repositories, one per kind of aggregate.
type repos struct {
	workers     *repo.Repo[worker.Worker]
	instances   *repo.Repo[instance.Instance]
	definitions *repo.Repo[definition.Definition]
	templates   *repo.Repo[template.Template]
	settings    *repo.Repo[settings.Settings]
	tasks       *repo.Repo[task.Task]
	labRecords  *repo.Repo[labrecord.LabRecord]
}

// build wires the parts from the store up to HTTP, and lists what runs, in the order of start.
func (s *Service) build(ctx context.Context, config Config, deps Deps) (err error) {
	p := &parts{config: config, now: deps.Now, log: deps.Log, http: deps.HTTP, registry: observe.NewRegistry()}
	if p.engine, err = s.engine(ctx, config, deps); err != nil {
		return err
	}
	if p.etcd, err = s.etcd(config, deps); err != nil {
		return err
	}
	meta, err := p.engine.Meta(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	p.epoch = meta.Epoch
	if err := p.buildFlow(); err != nil {
		return err
	}
	p.buildRepos()
	if err := p.buildCommands(); err != nil {
		return err
	}
	if err := p.buildLogin(); err != nil {
		return err
	}
	handler, err := s.handler(ctx, p)
	if err != nil {
		return err
	}
	if err := s.listen(ctx, config); err != nil {
		return err
	}
	s.group.Add("relay", p.relay.Run)
	s.group.Add("seed", p.seed)
	s.group.Add("election", func(ctx context.Context) error { return p.elector.Run(ctx, p.lead) })
	s.group.Add("stream", p.events.stream.Run)
	web := server(handler, config)
	// Streams do not end by themselves: the server would wait for them.
	web.RegisterOnShutdown(p.events.stream.Shutdown)
	s.group.Add("http", run.HTTP(web, s.listener, 0))
	return nil
}

// buildFlow makes what carries changes to the journal, to etcd and to the sink.
func (p *parts) buildFlow() error {
	events, err := p.config.Events.delivery()
	if err != nil {
		return err
	}
	events.Now, events.Client = p.now, p.http
	all := kinds(p.config.Settings.effective())
	p.journal = journal.New(p.engine, events.Sink != nil)
	p.projection = projection.New(p.etcd, p.engine, p.epoch, all, p.now)
	if err := p.buildOwners(); err != nil {
		return err
	}
	p.relay = relay.New(relay.Config{
		Engine: p.engine, Journal: notify.Intake{Notify: p.owners, Next: p.journal}, Projection: p.projection, Kinds: all, Now: p.now, Log: p.log.With("part", "relay"),
	})
	p.delivery = delivery.New(events, p.engine, p.journal, p.log.With("part", "delivery"))
	p.terms = terms.New(p.engine, p.etcd, p.now)
	p.blobs = blobs.New(p.engine, p.now)
	p.samples = samples.New(p.engine, p.etcd, p.now, p.log.With("part", "samples")).Stepping(p.config.Settings.MetricsStepPercent)
	p.elector = leader.New(leader.Config{
		Service: Name, InstanceID: p.config.InstanceID, TTL: p.config.Etcd.LeaseTTL, Store: p.etcd, Log: p.log,
		IssueTerm: func(ctx context.Context, key string, createRevision int64) (int64, error) {
			return p.terms.IssueTerm(ctx, Name, key, createRevision)
		},
	})
	return registerFlow(p.registry, p.relay, p.projection, p.delivery)
}

func (p *parts) buildRepos() {
	deps := repo.Deps{
		Engine: p.engine, Relay: p.relay, Terms: p.terms, Queued: p.config.Events.Sink != "", Now: p.now,
	}
	p.repos = repos{
		workers:     repo.New(command.WorkerKind(), deps),
		instances:   repo.New(command.InstanceKind(), deps),
		definitions: repo.New(command.DefinitionKind(), deps),
		templates:   repo.New(command.TemplateKind(), deps),
		settings:    repo.New(command.SettingsKind(p.config.Settings.effective()), deps),
		tasks:       repo.New(command.TaskKind(), deps),
		labRecords:  repo.New(command.LabRecordKind(), deps),
	}
}

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	// maxHeader is in bytes; a token may be long.
	maxHeader = 64 << 10
)

// server sets the limits that keep slow and greedy clients from holding connections.
func server(handler http.Handler, config Config) *http.Server {
	return &http.Server{
		// A header never has more time than a whole request.
		Handler: handler, ReadHeaderTimeout: min(headerTimeout, config.Timeout), ReadTimeout: config.Timeout, IdleTimeout: idleTimeout,
		// A little longer than a request may take, so that its problem document still gets out.
		WriteTimeout: config.Timeout + 5*time.Second, MaxHeaderBytes: maxHeader,
	}
}
