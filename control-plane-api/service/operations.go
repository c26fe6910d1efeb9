package service

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// edgeOperations adds templates, settings, tasks and the system itself to the edge.
func (p *parts) edgeOperations(deps httpapi.Deps) httpapi.Deps {
	deps.Operations = httpapi.Operations{
		TemplateCommands: command.NewTemplates(p.repos.templates, p.now),
		SettingsCommands: command.NewSystemSettings(p.repos.settings, p.config.Settings.effective(), p.now),
		SettingsQueries:  p.commands.settings,
		TaskQueries:      query.NewTasks(p.repos.tasks, p.repos.workers),
		System: query.NewSystem(query.SystemDeps{
			Trials: p.trials(), Jobs: p.jobs, Leading: p.leading, Workers: p.repos.workers, Samples: p.samples,
			Settings: p.commands.settings, Now: p.now,
		}),
	}
	return deps
}

func (p *parts) trials() []query.Trial {
	healthy := func(kind string, do func(context.Context) error) func(context.Context) (api.Component, error) {
		return func(ctx context.Context) (api.Component, error) {
			return api.Component{Status: query.Healthy, Type: kind}, do(ctx)
		}
	}
	scheme, _, _ := strings.Cut(p.config.DatabaseURL.Reveal(), ":")
	return []query.Trial{
		{Name: "database", Do: healthy(scheme, p.checkStore)},
		{Name: "etcd", Do: healthy("", func(ctx context.Context) error {
			if _, _, err := p.etcd.Get(ctx, readmodel.Key(readmodel.KindSettings, readmodel.SettingsID)); err != nil {
				return failure.Wrap(err, failure.Unavailable, "etcd_unavailable", "etcd does not answer")
			}
			return nil
		})},
		{Name: "cloudevent_sink", Do: p.trySink},
		{Name: "keycloak", Do: healthy("oidc", p.tryIdentity)},
		{Name: "background_scheduler", Do: p.tryLeader},
	}
}

// trySink sends a real event.
func (p *parts) trySink(ctx context.Context) (api.Component, error) {
	id, configured, err := p.delivery.HealthCheck(ctx)
	if !configured {
		return api.Component{Status: query.NotConfigured}, nil
	}
	return api.Component{Status: query.Healthy, EventID: id}, err
}

// tryIdentity reads what new keys come from: the issuer's keys where their address is known, else its discovery document.
func (p *parts) tryIdentity(ctx context.Context) error {
	url := p.config.OIDC.KeysURL()
	if url == "" {
		url = strings.TrimRight(p.config.OIDC.IssuerURL(), "/") + "/.well-known/openid-configuration"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return failure.Wrap(err, failure.Internal, "bad_issuer", "the issuer is no URL")
	}
	client := p.http
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return failure.Wrap(err, failure.Unavailable, "issuer_unreachable", "the identity provider does not answer")
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	if response.StatusCode != http.StatusOK {
		return failure.New(failure.Unavailable, "issuer_refuses", "the identity provider answers %d", response.StatusCode)
	}
	return nil
}

func (p *parts) tryLeader(context.Context) (api.Component, error) {
	here, leader := p.leading()
	switch {
	case here:
		return api.Component{Status: query.Healthy, Detail: "leading"}, nil
	case leader != "":
		return api.Component{Status: query.Standby, Detail: fmt.Sprintf("%s leads", leader)}, nil
	default:
		return api.Component{}, failure.New(failure.Unavailable, "no_leader", "no replica leads")
	}
}

func (p *parts) leading() (here bool, leader string) {
	status := p.elector.Status()
	return status.IsLeader, status.LeaderID
}

// jobs lists what the leading replica repeats, and how it last went here.
func (p *parts) jobs() []api.Job {
	jobs := []api.Job{}
	for _, run := range p.processes.Runs() {
		job := api.Job{
			ID: strings.ReplaceAll(run.Name, " ", "-"), Name: run.Name, IntervalSeconds: p.processes.Interval().Seconds(), LastError: run.Code,
		}
		if at := run.At; !at.IsZero() {
			job.LastRunAt = &at
		}
		jobs = append(jobs, job)
	}
	return jobs
}
