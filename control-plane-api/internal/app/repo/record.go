package repo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// defaultMaxModel is the limit of a read model in bytes.
const defaultMaxModel = 64 << 10

// write is one attempt-spanning write: its id stays the same however often it is tried.
type write struct {
	id   string
	call call.Call
	key  *journal.Idempotency
}

// build makes the document that follows d, which is the zero document (with its id) for a new aggregate.
func (r *Repo[T]) build(d store.Document, value *T, w write, at time.Time) (store.Document, error) {
	events, _, raises := r.kind.Root(value).Changes()
	state, err := json.Marshal(value)
	if err != nil {
		return d, failure.Wrap(err, failure.Internal, "state_unwritable", "%s %s cannot be stored", r.kind.Label, d.ID)
	}
	change, err := r.change(d, state, events, w, at)
	if err != nil {
		return d, err
	}
	next := d
	next.Schema, next.State, next.UpdatedAt, next.Dirty = r.kind.Schema, state, at, true
	next.Version++
	if raises || d.Version == 0 {
		next.Generation++
	}
	next.Terms = withTerm(d.Terms, w.call.Term)
	next.Changes = append(kept(d), change)
	next.Unique, next.Index = r.kind.Index(value)
	return next, r.checkSize(next, value)
}

func (r *Repo[T]) change(d store.Document, state json.RawMessage, events []aggregate.Event, w write, at time.Time) (json.RawMessage, error) {
	c := journal.Change{
		Version: d.Version + 1, WriteID: w.id, Idempotency: w.key, By: w.call.Actor, Roles: w.call.Roles, Route: w.call.Route,
		Reason: w.call.Reason, Term: w.call.Term, RequestID: w.call.RequestID, SourceIP: w.call.SourceIP, At: at,
	}
	for _, event := range events {
		data, err := json.Marshal(event.Data)
		if err != nil {
			return nil, failure.Wrap(err, failure.Internal, "event_unwritable", "event %s cannot be stored", event.Type)
		}
		c.Events = append(c.Events, journal.Event{Type: event.Type, Data: data})
	}
	var err error
	if c.Before, c.After, err = diff(d.State, state, r.kind.Redact); err != nil {
		return nil, failure.Wrap(err, failure.Internal, "state_unreadable", "%s %s cannot be compared", r.kind.Label, d.ID)
	}
	if n := len(d.Changes); n > 0 {
		c.PrevHash = journal.Hash(d.Changes[n-1])
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("change of %s %s: %w", r.kind.Label, d.ID, err)
	}
	return raw, nil
}

// checkSize makes sure that what is stored can be projected.
func (r *Repo[T]) checkSize(d store.Document, value *T) error {
	if size := d.Size(); size > store.MaxDocument {
		return r.tooLarge(size, store.MaxDocument)
	}
	if r.kind.Model == nil {
		return nil
	}
	model, err := json.Marshal(r.kind.Model(value, Meta{Version: d.Version, Generation: d.Generation}))
	if err != nil {
		return failure.Wrap(err, failure.Internal, "model_unwritable", "%s %s cannot be projected", r.kind.Label, d.ID)
	}
	limit := r.kind.MaxModel
	if limit == 0 {
		limit = defaultMaxModel
	}
	if len(model) > limit {
		return r.tooLarge(len(model), limit)
	}
	return nil
}

func (r *Repo[T]) tooLarge(size, limit int) error {
	if r.kind.TooLarge != "" {
		return failure.New(failure.Conflict, r.kind.TooLarge, "the %s would have %d bytes, more than %d", r.kind.Label, size, limit)
	}
	return failure.New(failure.TooLarge, r.kind.Label+"_too_large", "the %s would have %d bytes, more than %d", r.kind.Label, size, limit)
}
