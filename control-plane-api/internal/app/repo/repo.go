package repo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Relay is told of each commit. It must return at once.
type Relay interface {
	Committed(ctx context.Context, collection, id string)
}

// TermReader tells the term that was issued last to a service; 0 when none was.
type TermReader interface {
	Current(ctx context.Context, service string) (int64, error)
}

// Deps is what a Repo works with. Only Engine must be given.
type Deps struct {
	Engine store.Engine
	// Relay may be nil: then only the sweep carries changes on.
	Relay Relay
	// Terms may be nil: then every call that carries a term is refused.
	Terms TermReader
	// Queued says that events are delivered to somebody.
	Queued bool
	// Now is the clock, and NewID makes UUIDv7; both have defaults.
	Now   func() time.Time
	NewID func() string
}

// Repo loads and stores the aggregates of one kind. It is safe for concurrent use.
type Repo[T any] struct {
	kind    Kind[T]
	deps    Deps
	journal *journal.Journal
	turns   *turns
}

// New makes the repository of a kind.
func New[T any](kind Kind[T], d Deps) *Repo[T] {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.NewID == nil {
		d.NewID = newID
	}
	if d.Relay == nil {
		d.Relay = noRelay{}
	}
	return &Repo[T]{kind: kind, deps: d, journal: journal.New(d.Engine, d.Queued), turns: newTurns()}
}

// newID falls back to a random id when the clock-based one cannot be made.
func newID() string {
	if id, err := uuid.NewV7(); err == nil {
		return id.String()
	}
	return uuid.NewString()
}

type noRelay struct{}

func (noRelay) Committed(context.Context, string, string) {}

// now is in UTC and of the precision that the store keeps.
func (r *Repo[T]) now() time.Time { return r.deps.Now().UTC().Truncate(time.Millisecond) }
