// Package inbox takes events of outside systems: it checks who sent them, stores each once, and then does what they tell, in
// the order in which they came. What is answered as taken is stored.
package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Name is the collection of the events.
const Name = "event_inbox"

// The fields that events are found by.
const (
	fieldState   = "state"
	fieldType    = "type"
	fieldSubject = "subject"
)

// Collection declares the inbox.
func Collection() store.Collection {
	return store.Collection{Name: Name, Fields: []string{fieldState, fieldType, fieldSubject}}
}

// MaxEvent is the largest event in bytes, as it is sent.
const MaxEvent = 1 << 20

// Engine is the part of a store that an inbox uses.
type Engine interface {
	Insert(ctx context.Context, collection string, d store.Document) error
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
	DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error)
}

// Commands does what events tell.
type Commands interface {
	ApplyNews(ctx context.Context, n command.News) (api.Ack, error)
}

// Config says whose events are taken. Without tokens and secrets nobody's are.
type Config struct {
	// Tokens are bearer tokens, Secrets keys of Standard Webhooks signatures; several may be live, for rotation.
	Tokens, Secrets []secret.String
	// MaxAge is how old an event may be when it comes; Retention is how long it is remembered, at least MaxAge.
	MaxAge, Retention time.Duration
	Now               func() time.Time
	Log               *slog.Logger
}

// Inbox is safe for concurrent use, also by several replicas on one store.
type Inbox struct {
	config   Config
	engine   Engine
	commands Commands
	// wake tells the worker of this process that there is something to do.
	wake chan struct{}

	// Stored counts events that were taken, Repeated those that had been taken before, Refused those that were not; Applied,
	// Ignored and Failed count what became of them.
	Stored, Repeated, Refused, Applied, Ignored, Failed atomic.Int64
}

// New makes an inbox.
func New(config Config, engine Engine, commands Commands) *Inbox {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.Retention = max(config.Retention, config.MaxAge)
	return &Inbox{config: config, engine: engine, commands: commands, wake: make(chan struct{}, 1)}
}

// Receive takes an event as it was sent, in the binary or structured form of CloudEvents over HTTP. When it returns nil the
// event is stored; one that was stored before is not stored again. Codes: event_unauthenticated, event_too_large, media_type,
// bad_event, event_too_old; failure.Unavailable when it could not be stored: the sender tries again.
func (b *Inbox) Receive(ctx context.Context, header http.Header, body []byte) error {
	err := b.receive(ctx, header, body)
	if err != nil && !failure.Is(err, failure.Unavailable) {
		b.Refused.Add(1)
	}
	return err
}

func (b *Inbox) receive(ctx context.Context, header http.Header, body []byte) error {
	if len(body) > MaxEvent {
		return failure.New(failure.TooLarge, "event_too_large", "An event may have %d bytes.", MaxEvent)
	}
	if err := b.authenticate(header, body); err != nil {
		return err
	}
	event, err := decode(ctx, header, body)
	if err != nil {
		return err
	}
	now := b.config.Now().UTC()
	if age := now.Sub(event.At); !event.At.IsZero() && b.config.MaxAge > 0 && age > b.config.MaxAge {
		return failure.New(failure.Malformed, "event_too_old", "The event is from %s ago; the oldest that are taken are from %s ago.", age.Round(time.Second), b.config.MaxAge)
	}
	return b.store(ctx, event, now)
}

// insertTries bounds how often an insert of unknown outcome is repeated.
const insertTries = 3

func (b *Inbox) store(ctx context.Context, event Event, now time.Time) error {
	d, err := document(record{Event: event, State: waiting, ReceivedAt: now}, now, b.config.Retention)
	if err != nil {
		return err
	}
	for range insertTries {
		err = b.engine.Insert(ctx, Name, d)
		if !errors.Is(err, store.ErrUnknown) || ctx.Err() != nil {
			break
		}
	}
	switch {
	case err == nil:
		b.Stored.Add(1)
		b.nudge()
		return nil
	case errors.Is(err, store.ErrExists):
		b.Repeated.Add(1)
		return nil
	}
	wrapped := failure.Wrap(err, failure.Unavailable, "store_unavailable", "The event could not be stored; send it again.")
	wrapped.RetryAfter = retryAfter
	return wrapped
}

const retryAfter = 5 * time.Second

func (b *Inbox) nudge() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// state is what became of an event.
type state string

const (
	waiting state = "waiting"
	applied state = "applied"
	ignored state = "ignored"
	failed  state = "failed"
)

// record is an event as it is stored.
type record struct {
	Event      Event      `json:"event"`
	State      state      `json:"state"`
	ReceivedAt time.Time  `json:"received_at"`
	DoneAt     *time.Time `json:"done_at,omitempty"`
	// Reason is why it was ignored or has failed, or what it came to.
	Reason  string     `json:"reason,omitempty"`
	Tries   int        `json:"tries,omitempty"`
	NextTry *time.Time `json:"next_try,omitempty"`
}

func document(r record, now time.Time, keep time.Duration) (store.Document, error) {
	encoded, err := json.Marshal(r)
	if err != nil {
		return store.Document{}, fmt.Errorf("event %s: %w", r.Event.ID, err)
	}
	expires := now.Add(keep)
	return store.Document{
		ID: r.Event.key(), Schema: 1, Version: 1, State: encoded, Dirty: r.State == waiting, CreatedAt: now, UpdatedAt: now, ExpiresAt: &expires,
		Index: map[string]string{fieldState: string(r.State), fieldType: r.Event.Type, fieldSubject: r.Event.Subject},
	}, nil
}
