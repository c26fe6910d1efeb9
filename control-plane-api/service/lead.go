package service

import (
	"context"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// blobsEvery is how often unused blobs are removed.
const blobsEvery = 24 * time.Hour

// lead is the work of the leading replica. What it writes carries its term, so that a replica that only believes to lead
// writes nothing.
func (p *parts) lead(ctx context.Context, term int64) error {
	ctx = call.With(ctx, call.Call{Actor: Name, Term: &api.Term{Service: Name, Term: term}})
	var all sync.WaitGroup
	all.Go(func() { p.projection.Keep(ctx, p.log.With("part", "projection")) })
	all.Go(func() { p.delivery.Run(ctx) })
	all.Go(func() { p.owners.Run(ctx) })
	all.Go(func() { p.every(ctx, "owners' notifications", sweepEventsEvery, p.owners.Sweep) })
	all.Go(func() { p.processes.Run(ctx) })
	all.Go(func() { p.every(ctx, "unused blobs", blobsEvery, p.sweepBlobs) })
	all.Go(func() { p.every(ctx, "ended sessions", sweepSessionsEvery, p.sweepSessions) })
	all.Go(func() { p.events.inbox.Run(ctx) })
	all.Go(func() { p.every(ctx, "inbound events", sweepEventsEvery, p.events.inbox.Sweep) })
	all.Go(func() { p.every(ctx, "audit log", trimAuditEvery, p.trimAudit) })
	all.Wait()
	return nil
}

// every does something now and then until ctx ends; a failure is told and tried again at the next time.
func (p *parts) every(ctx context.Context, what string, interval time.Duration, do func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("not done, tried again later", "what", what, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweepBlobs removes lab files that neither a definition nor a lab refers to.
func (p *parts) sweepBlobs(ctx context.Context) error {
	used := map[string]bool{}
	err := p.repos.definitions.Walk(ctx, store.Query{}, func(d *definition.Definition, _ repo.Meta) error {
		used[d.Content.TopologyHash] = true
		return nil
	})
	if err != nil {
		return err
	}
	if err := p.labFiles(ctx, used); err != nil {
		return err
	}
	_, err = p.blobs.Sweep(ctx, func(hash string) bool { return used[hash] })
	return err
}

// seedRetry is the pause before seeding is tried again while the store does not answer.
const seedRetry = 2 * time.Second

// retrySeed repeats a step of the start that needs the store, until it is done.
func (p *parts) retrySeed(ctx context.Context, do func(context.Context) error) error {
	for {
		err := do(ctx)
		if err == nil || !failure.Is(err, failure.Unavailable) {
			return err
		}
		p.log.Warn("not seeded yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(seedRetry):
		}
	}
}
