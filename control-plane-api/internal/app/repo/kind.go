// Package repo is the one write path: every change of an aggregate goes through Create or Update, which check the term,
// the idempotency key and the generation, store state and change in one atomic write, and hand the document to the relay.
package repo

import (
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
)

// Kind says how aggregates of one type are stored and projected.
type Kind[T any] struct {
	// Name is the kind in etcd keys and headers; Collection is where it is stored.
	Name       readmodel.Kind
	Collection string
	// Label is the singular word of messages and error codes, such as "instance".
	Label  string
	Schema int
	// Root finds the embedded root.
	Root func(*T) *aggregate.Root
	// Index gives the unique value ("" = the id) and the index fields.
	Index func(*T) (unique string, fields map[string]string)
	// Fields names the index fields.
	Fields []string
	// Model makes the read model. It holds no secret.
	Model func(*T, Meta) any
	// Redact names the top-level fields of the state whose values never reach changes, audit or events.
	Redact []string
	// Settled reports that the aggregate is terminal without finalizers, so that it may leave etcd.
	Settled func(*T) bool
	// MaxModel is the limit of the read model in bytes (64 KiB when zero); TooLarge is the code of passing it.
	MaxModel int
	TooLarge string
}

// Meta is where a stored aggregate stands.
type Meta struct {
	Version    int64
	Generation int64
	// Changed is false when an update found its effect there already and wrote nothing.
	Changed bool
	// Repeated is true when the idempotency key was found: nothing was done again.
	Repeated bool
}
