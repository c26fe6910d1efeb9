package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// lookEvery is how often the worker looks for what other replicas have stored.
	lookEvery = time.Second
	// workPage is how many events are read at a time, and mostInRound how many in one round.
	workPage, mostInRound = 200, 5000
	// knownWithin is how long after its event an instance may become known: LDS may tell of a session before its id is stored.
	knownWithin = 2 * time.Minute
	firstRetry  = time.Second
	lastRetry   = time.Minute
	// oneTime bounds the work on one event.
	oneTime = 20 * time.Second
	// sweepLimit is how many events a sweep removes at a time.
	sweepLimit = 1000
)

// Run does what stored events tell until ctx ends. Only the leading replica runs it; two at once do the same twice, which is
// no change the second time.
func (b *Inbox) Run(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := b.Work(ctx); err != nil && ctx.Err() == nil {
			b.config.Log.Warn("events not worked on, tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-b.wake:
		}
	}
}

// errEnough ends a round.
var errEnough = errors.New("the next round goes on")

// Work makes one round over the events that wait, in the order in which they came. One that has to wait holds up only those
// of the same subject.
func (b *Inbox) Work(ctx context.Context) error {
	dirty, seen := true, 0
	held := map[string]bool{}
	err := store.Walk(ctx, b.engine, Name, store.Query{Dirty: &dirty, Sort: store.ByCreatedAt}, workPage, func(d store.Document) error {
		if seen++; seen > mostInRound {
			return errEnough
		}
		var r record
		if err := json.Unmarshal(d.State, &r); err != nil {
			return fmt.Errorf("event %s: %w", d.ID, err)
		}
		subject := r.Event.Source + "\x00" + r.Event.Subject
		now := b.config.Now().UTC()
		if r.Event.Subject != "" && held[subject] || r.NextTry != nil && now.Before(*r.NextTry) {
			held[subject] = true
			return nil
		}
		b.one(ctx, &r, now)
		if r.State == waiting {
			held[subject] = true
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return b.keep(ctx, d, r, now)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// one does what an event tells and notes in the record what came of it.
func (b *Inbox) one(ctx context.Context, r *record, now time.Time) {
	news, known := newsOf(r.Event)
	if !known {
		r.done(ignored, "unknown_type", now)
		return
	}
	c := call.From(ctx)
	c.Route, c.Reason = "inbound-event", "event "+r.Event.Type+" "+r.Event.ID
	ctx, cancel := context.WithTimeout(call.With(ctx, c), oneTime)
	defer cancel()
	ack, err := b.commands.ApplyNews(ctx, news)
	switch {
	case err == nil && ack.Changed:
		r.done(applied, "changed", now)
	case err == nil:
		r.done(applied, "no_change", now)
	case failure.Is(err, failure.Conflict):
		r.done(applied, failure.CodeOf(err), now)
	case failure.Is(err, failure.NotFound) && now.Sub(r.ReceivedAt) > knownWithin:
		r.done(ignored, failure.CodeOf(err), now)
	case !failure.Is(err, failure.NotFound) && b.config.MaxAge > 0 && now.Sub(r.ReceivedAt) > b.config.MaxAge:
		b.config.Log.Error("an event is given up", "type", r.Event.Type, "event", r.Event.ID, "error", err)
		r.done(failed, failure.CodeOf(err), now)
	default:
		r.later(failure.CodeOf(err), now)
		b.config.Log.Info("an event waits", "type", r.Event.Type, "event", r.Event.ID, "tries", r.Tries, "error", err)
	}
}

func (r *record) done(how state, reason string, now time.Time) {
	r.State, r.Reason, r.DoneAt, r.NextTry = how, reason, &now, nil
	r.Tries++
}

// later sets the next try: a pause that doubles.
func (r *record) later(reason string, now time.Time) {
	wait := lastRetry
	if r.Tries < 6 {
		wait = firstRetry << r.Tries
	}
	next := now.Add(wait)
	r.Reason, r.NextTry = reason, &next
	r.Tries++
}

// keep stores what came of an event. Another replica may have been first: then its word stands.
func (b *Inbox) keep(ctx context.Context, d store.Document, r record, now time.Time) error {
	next, err := document(r, d.CreatedAt, b.config.Retention)
	if err != nil {
		return err
	}
	next.Version, next.UpdatedAt = d.Version+1, now
	err = b.engine.Replace(ctx, Name, next, d.Version)
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("event %s: %w", d.ID, err)
	}
	switch r.State {
	case applied:
		b.Applied.Add(1)
	case ignored:
		b.Ignored.Add(1)
	case failed:
		b.Failed.Add(1)
	}
	return nil
}

// Sweep removes events that were done with and are old enough that no sender may repeat them.
func (b *Inbox) Sweep(ctx context.Context) error {
	now, dirty := b.config.Now().UTC(), false
	for {
		n, err := b.engine.DeleteMany(ctx, Name, store.Query{Dirty: &dirty, ExpiredBefore: &now}, sweepLimit)
		if err != nil {
			return fmt.Errorf("events: %w", err)
		}
		if n < sweepLimit {
			return nil
		}
	}
}
