package service

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/stream"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	sweepEventsEvery = time.Hour
	trimAuditEvery   = 6 * time.Hour
)

// events are the parts that take events and show them.
type events struct {
	inbox  *inbox.Inbox
	stream *stream.Hub
}

// edgeEvents makes them and adds what the edge needs for events and the audit log.
func (p *parts) edgeEvents(d httpapi.Deps) (httpapi.Deps, error) {
	in := p.config.Inbound.inbox()
	in.Now, in.Log = p.now, p.log.With("part", "inbox")
	p.events.inbox = inbox.New(in, p.engine, p.commands.all)
	p.events.stream = stream.New(stream.Config{
		Bus: p.etcd, Now: p.now, Log: p.log.With("part", "stream"),
		Snapshots: stream.Stored{Queries: d.Queries, Definitions: d.DefinitionQueries, Templates: d.TemplateQueries, Labs: d.Labs.Queries},
	})
	d.Inbox, d.Streams, d.DeadLetters = p.events.inbox, p.events.stream, deadLetters{p}
	d.Audit = query.NewAudit(p.journal, p.engine, kinds(p.config.Settings.effective()))
	return d, registerEvents(p.registry, p.events)
}

// trimAudit removes entries of the audit log that need not be kept, by what the settings say now.
func (p *parts) trimAudit(ctx context.Context) error {
	holds, err := p.commands.settings.Effective(ctx)
	if err != nil {
		return err
	}
	removed, err := journal.Trim(ctx, p.engine, p.now().UTC().AddDate(0, 0, -holds.Audit.RetentionDays))
	if removed > 0 {
		p.log.Info("audit log trimmed", "entries", removed)
	}
	return err
}

// deadLetters shows those of the delivery in the form of the contract.
type deadLetters struct{ p *parts }

// List implements httpapi.DeadLetters.
func (d deadLetters) List(ctx context.Context, list api.List) (page.Page[api.DeadLetter], error) {
	none := page.Page[api.DeadLetter]{}
	q, err := page.Apply(delivery.DeadLetterQuery(), list)
	if err != nil {
		return none, err
	}
	found, total, err := d.p.delivery.DeadLetters(ctx, q)
	if err != nil {
		return none, unavailable(err)
	}
	cut, err := page.Cut(found, list, total, func(l delivery.DeadLetter) store.Cursor {
		return store.Cursor{Value: store.FormatTime(l.At), ID: l.ID}
	})
	if err != nil {
		return none, err
	}
	shown := page.Page[api.DeadLetter]{Total: cut.Total, Next: cut.Next}
	for _, l := range cut.Items {
		shown.Items = append(shown.Items, api.DeadLetter{
			ID: l.ID, Aggregate: l.Aggregate, Status: l.Status, LaidAsideAt: l.At, DefinitionID: l.Target, Reason: l.Reason, Event: l.Event,
		})
	}
	return shown, nil
}

// Resend implements httpapi.DeadLetters. A sink that does not answer is not asked again for the rest of its letters.
func (d deadLetters) Resend(ctx context.Context, ids []string) (api.ResendResult, error) {
	var result api.ResendResult
	away := map[string]bool{}
	for _, id := range ids {
		one := api.ResendOutcome{ID: id, Outcome: "not_tried"}
		letter, found, err := d.p.delivery.DeadLetter(ctx, id)
		if err != nil {
			return api.ResendResult{}, unavailable(err)
		}
		if !found {
			one.Outcome = string(delivery.ResentNotFound)
		} else if !away[letter.Target] {
			outcome, status, err := d.resend(ctx, letter)
			if err != nil {
				return api.ResendResult{}, unavailable(err)
			}
			one.Outcome, one.Status = string(outcome), status
			away[letter.Target] = outcome == delivery.ResentNoAnswer
			d.p.log.InfoContext(ctx, "dead letter sent again", "event", id, "by", call.From(ctx).Actor, "outcome", outcome)
		}
		result.Outcomes = append(result.Outcomes, one)
	}
	return result, nil
}

// resend sends a letter to whom it was for: the operator's sink, or an owner's webhook.
func (d deadLetters) resend(ctx context.Context, letter delivery.DeadLetter) (delivery.Resent, int, error) {
	if letter.Target != "" {
		return d.p.owners.Resend(ctx, letter)
	}
	return d.p.delivery.Resend(ctx, letter.ID)
}

// unavailable is what callers are told when the store fails; what says more by itself is kept.
func unavailable(err error) error {
	if _, known := errors.AsType[*failure.Error](err); known {
		return err
	}
	return failure.Wrap(err, failure.Unavailable, "store_unavailable", "The store does not answer.")
}

// registerEvents shows what comes in and who watches.
func registerEvents(registry prometheus.Registerer, e events) error {
	const in, inHelp = "lcm_inbound_events_total", "Events of outside systems, by what became of them."
	var all []prometheus.Collector
	for result, value := range map[string]*atomic.Int64{
		"stored": &e.inbox.Stored, "repeated": &e.inbox.Repeated, "refused": &e.inbox.Refused,
		"applied": &e.inbox.Applied, "ignored": &e.inbox.Ignored, "failed": &e.inbox.Failed,
	} {
		all = append(all, prometheus.NewCounterFunc(prometheus.CounterOpts{Name: in, Help: inHelp, ConstLabels: prometheus.Labels{"result": result}}, func() float64 {
			return float64(value.Load())
		}))
	}
	all = append(all,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lcm_stream_clients", Help: "Open event streams."}, func() float64 {
			return float64(e.stream.Clients.Load())
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "lcm_stream_dropped_total", Help: "Streams that were ended since they were read too slowly."}, func() float64 {
			return float64(e.stream.Dropped.Load())
		}),
	)
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			return fmt.Errorf("metrics: %w", err)
		}
	}
	return nil
}
