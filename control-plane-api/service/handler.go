package service

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/token"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// handler serves the API and the probes.
func (s *Service) handler(ctx context.Context, p *parts) (http.Handler, error) {
	tracer, shutdown, err := observe.NewTracerProvider(ctx, observe.TraceConfig{
		Endpoint: p.config.Tracing.Endpoint, Service: Name, Version: Version, Ratio: p.config.Tracing.Ratio,
	})
	if err != nil {
		return nil, err
	}
	s.onClose(shutdown)
	observed, err := observe.HTTP(observe.HTTPOptions{Log: p.log, Registry: p.registry, TracerProvider: tracer, Service: Name})
	if err != nil {
		return nil, err
	}
	deps, err := p.edgeEvents(p.edgeLogin(p.edgeLabs(p.edgeOperations(p.edge()))))
	if err != nil {
		return nil, err
	}
	edge, err := httpapi.New(deps)
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	router := chi.NewRouter()
	router.Use(observed, sameRequestID)
	p.probes().Mount(router.Handle)
	router.Handle("/*", edge)
	return router, nil
}

// sameRequestID hands the id that logs and traces use on to the API, so that its problem documents name the same.
func sameRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(observe.RequestIDHeader, observe.RequestID(r.Context()))
		next.ServeHTTP(w, r)
	})
}

func (p *parts) edge() httpapi.Deps {
	keys := &httpapi.Keys{}
	for service, live := range p.config.Keys.byService() {
		for _, key := range live {
			keys.Add(service, key)
		}
	}
	return httpapi.Deps{
		Commands: p.commands.all,
		Queries: query.New(query.Deps{
			Workers: p.repos.workers, Instances: p.repos.instances, Settings: p.commands.settings, Samples: p.samples, Now: p.now,
		}),
		DefinitionCommands: p.commands.definitions,
		DefinitionQueries:  query.NewDefinitions(p.repos.definitions, p.blobs),
		TemplateQueries:    query.NewTemplates(p.repos.templates),
		Terms:              p.terms,
		Keys:               keys,
		Tokens:             httpapi.NewTokens(token.New(p.config.OIDC, token.Deps{HTTP: p.http, Now: p.now})),
		Log:                p.log,
		Version:            Version,
		Timeout:            p.config.Timeout,
	}
}

// probes tell how the service is. Without the store it is not ready; without etcd it serves, and says degraded.
func (p *parts) probes() *observe.Probes {
	return observe.NewProbes(observe.ProbesOptions{
		Info: observe.Info{
			Name: Name, Version: Version, Description: "Owns the state of Lablet Cloud Manager", Environment: p.config.Environment,
			ImageTag: p.config.ImageTag, BuildCommit: p.config.BuildCommit, BuildTime: p.config.BuildTime,
		},
		Registry: p.registry,
		Checks: []observe.Check{
			{Name: "store", Do: p.checkStore},
			{Name: "etcd", Do: func(context.Context) error { return p.elector.Check() }, Degrades: true},
		},
		Standby: func() bool { return !p.elector.Status().IsLeader },
		Extra:   p.extra,
		Log:     p.log,
	})
}

func (p *parts) checkStore(ctx context.Context) error {
	if err := p.engine.Ping(ctx); err != nil {
		return failure.Wrap(err, failure.Unavailable, "store_unavailable", "the store does not answer")
	}
	return nil
}

func (p *parts) extra() map[string]any {
	status := p.elector.Status()
	return map[string]any{
		"instance_id":   status.InstanceID,
		"leader_id":     status.LeaderID,
		"epoch":         p.epoch,
		"cloud_events":  p.delivery.State(),
		"licenses_file": p.config.LicensesFile != "",
		"sealing_key":   !p.config.SecretKey.IsZero(),
		"browser_login": p.login != nil,
	}
}
