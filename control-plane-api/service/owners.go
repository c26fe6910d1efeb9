package service

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/notify"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seal"
)

// buildOwners makes what tells owners. It reads the repositories, which are made later, only while it runs.
func (p *parts) buildOwners() error {
	events, err := p.config.Events.delivery()
	if err != nil {
		return err
	}
	var open func([]byte) (secret.String, error)
	if !p.config.SecretKey.IsZero() {
		box, err := seal.New(p.config.SecretKey)
		if err != nil {
			return err
		}
		open = box.Open
	}
	p.owners = notify.New(notify.Config{
		Source: events.Source, Prefix: events.Prefix, Tries: events.Tries, Delay: events.Delay, Client: p.config.Owners.rules().Client(nil),
		Open: open, Lookup: lookup{p}, Now: p.now, Log: p.log.With("part", "owners"),
	}, p.engine)
	return registerOwners(p.registry, p.owners)
}

// lookup implements notify.Lookup.
type lookup struct{ p *parts }

func (l lookup) Definition(ctx context.Context, id string) (*definition.Definition, error) {
	d, _, err := l.p.repos.definitions.Get(ctx, id)
	return d, err
}

func (l lookup) Instance(ctx context.Context, id string) (*instance.Instance, error) {
	i, _, err := l.p.repos.instances.Get(ctx, id)
	return i, err
}

// registerOwners shows what becomes of what owners are told.
func registerOwners(registry prometheus.Registerer, n *notify.Notify) error {
	const name, help = "lcm_owner_notifications_total", "What owners of definitions are told, by what became of it."
	for result, value := range map[string]*atomic.Int64{
		"queued": &n.Queued, "taken": &n.Sent, "failed": &n.Failed, "laid_aside": &n.Dead, "dropped": &n.Dropped, "email_not_configured": &n.NotConfigured,
	} {
		err := registry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: name, Help: help, ConstLabels: prometheus.Labels{"result": result},
		}, func() float64 { return float64(value.Load()) }))
		if err != nil {
			return fmt.Errorf("metrics: %w", err)
		}
	}
	return nil
}
