package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// DeadLetter is an event that the sink did not take.
type DeadLetter struct {
	ID        string
	Aggregate string
	// Status is what the sink answered, 0 when it gave no answer.
	Status int
	At     time.Time
	// Target names whose sink did not take it, as in Config.Target. Reason says why where the status does not.
	Target, Reason string
	// Event is in structured form.
	Event json.RawMessage
}

// DeadLetterQuery lists dead letters, the oldest first.
func DeadLetterQuery() store.Query { return store.Query{Sort: store.ByCreatedAt} }

// DeadLetters gives those of a query, and how many there are in all.
func (d *Delivery) DeadLetters(ctx context.Context, q store.Query) (found []DeadLetter, total int, err error) {
	documents, err := d.engine.Find(ctx, DeadLetters, q)
	if err != nil {
		return nil, 0, fmt.Errorf("dead letters: %w", err)
	}
	if total, err = d.engine.Count(ctx, DeadLetters, q); err != nil {
		return nil, 0, fmt.Errorf("dead letters: %w", err)
	}
	for _, document := range documents {
		letter, err := letterOf(document)
		if err != nil {
			return nil, 0, err
		}
		found = append(found, letter)
	}
	return found, total, nil
}

// laidAside is the stored form of a dead letter.
type laidAside struct {
	Event  json.RawMessage `json:"event"`
	Status int             `json:"status"`
	At     time.Time       `json:"at"`
	Target string          `json:"target,omitempty"`
	Reason string          `json:"reason,omitempty"`
}

func letterOf(d store.Document) (DeadLetter, error) {
	var l laidAside
	if err := json.Unmarshal(d.State, &l); err != nil {
		return DeadLetter{}, fmt.Errorf("dead letter %s: %w", d.ID, err)
	}
	return DeadLetter{ID: d.ID, Aggregate: d.Index["aggregate"], Status: l.Status, At: l.At, Target: l.Target, Reason: l.Reason, Event: l.Event}, nil
}

// Resent is what came of sending a dead letter again.
type Resent string

// The outcomes of Resend.
const (
	// ResentSent: the sink has it, and it is no dead letter any more.
	ResentSent Resent = "sent"
	// ResentRefused: the sink still does not take it. ResentNoAnswer: the sink cannot take events now.
	ResentRefused  Resent = "refused"
	ResentNoAnswer Resent = "not_answered"
	ResentNotFound Resent = "not_found"
	// ResentNoWebhook: the owner whom it is for takes no events any more.
	ResentNoWebhook Resent = "no_webhook"
)

// DeadLetter gives one; found is false when there is none of that id.
func (d *Delivery) DeadLetter(ctx context.Context, id string) (letter DeadLetter, found bool, err error) {
	document, err := d.engine.Get(ctx, DeadLetters, id)
	if errors.Is(err, store.ErrNotFound) {
		return DeadLetter{}, false, nil
	}
	if err != nil {
		return DeadLetter{}, false, fmt.Errorf("dead letter %s: %w", id, err)
	}
	letter, err = letterOf(document)
	return letter, err == nil, err
}

// Resend sends a dead letter of this sink again, once and now, under its id; one of another sink is not found. Whoever asks for
// it knows that it comes out of order. status is the sink's answer, 0 without one. Code: no_sink; an error without it is the
// store's.
func (d *Delivery) Resend(ctx context.Context, id string) (outcome Resent, status int, err error) {
	if d.config.Sink == nil {
		return "", 0, failure.New(failure.Conflict, "no_sink", "No sink is configured that events could be sent to.")
	}
	document, err := d.engine.Get(ctx, DeadLetters, id)
	if errors.Is(err, store.ErrNotFound) {
		return ResentNotFound, 0, nil
	}
	if err != nil {
		return "", 0, fmt.Errorf("dead letter %s: %w", id, err)
	}
	letter, err := letterOf(document)
	if err != nil {
		return "", 0, err
	}
	if letter.Target != d.config.Target {
		return ResentNotFound, 0, nil
	}
	var event cloudevents.Event
	if err := json.Unmarshal(letter.Event, &event); err != nil {
		return "", 0, fmt.Errorf("dead letter %s: %w", id, err)
	}
	d.pace.wait(ctx, 0)
	got, err := d.config.send(ctx, event)
	switch got.verdict {
	case taken:
		d.Sent.Add(1)
		return ResentSent, got.status, d.bury(ctx, document)
	case refused, parked:
		d.Failed.Add(1)
		return ResentRefused, got.status, nil
	default:
		d.Failed.Add(1)
		d.log.Warn("dead letter not delivered", "event", id, "status", got.status, "error", err)
		return ResentNoAnswer, got.status, nil
	}
}

// bury removes a dead letter that was delivered. Somebody else may have been as quick.
func (d *Delivery) bury(ctx context.Context, document store.Document) error {
	err := d.engine.Delete(ctx, DeadLetters, document.ID, document.Version)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("dead letter %s: %w", document.ID, err)
	}
	return nil
}
