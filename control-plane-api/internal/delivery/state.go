package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// Sinks is the collection of what is known of sinks.
	Sinks = "event_sinks"
	// DeadLetters is the collection of events that were laid aside.
	DeadLetters = "dead_letters"
)

// Collections declares what a delivery keeps.
func Collections() []store.Collection {
	return []store.Collection{{Name: Sinks}, {Name: DeadLetters, Fields: []string{"aggregate"}}}
}

// Engine is the part of the store that a delivery keeps its state in.
type Engine interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Insert(ctx context.Context, collection string, d store.Document) error
	Count(ctx context.Context, collection string, q store.Query) (int, error)
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
	Delete(ctx context.Context, collection, id string, version int64) error
}

// Queue is the journal's side of a delivery.
type Queue interface {
	Waiting(ctx context.Context, limit int) ([]string, error)
	Undelivered(ctx context.Context, aggregate string, limit int) ([]journal.Entry, error)
	Delivered(ctx context.Context, e journal.Entry) error
}

// sinkID names a sink without showing its URL.
func (c *Config) sinkID() string { return blobs.Hash([]byte(c.Sink.String())) }

// hasGone reports that this sink has once said that it wants no more.
func (d *Delivery) hasGone(ctx context.Context) (bool, error) {
	_, err := d.engine.Get(ctx, Sinks, d.config.sinkID())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// rememberGone keeps over restarts that the sink wants no more. Another URL is another sink.
func (d *Delivery) rememberGone(ctx context.Context) error {
	now := d.config.Now().UTC()
	state, err := json.Marshal(map[string]time.Time{"gone_at": now})
	if err != nil {
		return fmt.Errorf("sink: %w", err)
	}
	return existing(d.engine.Insert(ctx, Sinks, store.Document{
		ID: d.config.sinkID(), Schema: 1, Version: 1, State: state, CreatedAt: now, UpdatedAt: now,
	}))
}

// layAside keeps an event that the sink does not take.
func (d *Delivery) layAside(ctx context.Context, e cloudevents.Event, entry journal.Entry, got answer) error {
	now := d.config.Now().UTC()
	event, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", e.ID(), err)
	}
	state, err := json.Marshal(laidAside{Event: event, Status: got.status, At: now, Target: d.config.Target, Reason: got.reason})
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", e.ID(), err)
	}
	document := store.Document{
		ID: e.ID(), Schema: 1, Version: 1, State: state, CreatedAt: now, UpdatedAt: now,
		Index: map[string]string{"aggregate": string(entry.Kind) + "/" + entry.ID},
	}
	if d.config.Target != "" {
		// Whoever runs the service does not answer for its users' sinks: their letters are not kept for ever.
		expires := now.Add(keepUsers)
		document.ExpiresAt = &expires
	}
	return existing(d.engine.Insert(ctx, DeadLetters, document))
}

func existing(err error) error {
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}
