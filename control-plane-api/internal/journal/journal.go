// Package journal keeps every change of every aggregate: the audit log and the queue of events to deliver in one. Entries
// are only added; each carries the hash of the one before it in the same aggregate.
package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Name is the collection of the journal.
const Name = "journal"

// The fields that entries are found by.
const (
	fieldAggregate   = "aggregate"
	fieldSequence    = "sequence"
	fieldIdempotency = "idempotency"
	fieldActor       = "actor"
	fieldKind        = "kind"
	// fieldTypes holds the types of the entry's events, each between spaces.
	fieldTypes = "types"
)

// Collection declares the journal.
func Collection() store.Collection {
	return store.Collection{Name: Name, Fields: []string{
		fieldAggregate, fieldSequence, fieldIdempotency, fieldActor, fieldKind, fieldTypes,
	}}
}

// Engine is the part of a store that a journal uses.
type Engine interface {
	Insert(ctx context.Context, collection string, d store.Document) error
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
	Count(ctx context.Context, collection string, q store.Query) (int, error)
	Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error
}

// Journal adds and finds entries. It is safe for concurrent use.
type Journal struct {
	engine Engine
	queued bool
}

// New makes a journal on a store. queued says that somebody delivers: entries are added to the delivery queue.
func New(engine Engine, queued bool) *Journal { return &Journal{engine: engine, queued: queued} }

// Entry is one change of one aggregate.
type Entry struct {
	Kind readmodel.Kind
	ID   string
	Change
	// Raw is the stored form, which the next entry's PrevHash is the hash of.
	Raw json.RawMessage
}

// EntryID is the id of an entry: the same change always gets the same one, so adding it twice is harmless.
func EntryID(kind readmodel.Kind, id string, version int64) string {
	return fmt.Sprintf("%s/%s/%d", kind, id, version)
}

// insertTries bounds how often an insert of unknown outcome is repeated at once.
const insertTries = 3

// Append adds the stored form of a change. A change that is there already is left as it is.
func (j *Journal) Append(ctx context.Context, kind readmodel.Kind, id string, raw json.RawMessage) error {
	change, err := Decode(raw)
	if err != nil {
		return err
	}
	entry := document(kind, id, change, raw)
	entry.Dirty = j.queued && len(change.Events) > 0
	for range insertTries {
		err = j.engine.Insert(ctx, Name, entry)
		if err == nil || errors.Is(err, store.ErrExists) {
			return nil
		}
		if !errors.Is(err, store.ErrUnknown) || ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("journal: %w", err)
}

func document(kind readmodel.Kind, id string, change Change, raw json.RawMessage) store.Document {
	index := map[string]string{
		fieldAggregate: aggregate(kind, id),
		fieldSequence:  sequence(change.Version),
		fieldActor:     change.By,
		fieldKind:      string(kind),
		fieldTypes:     typesOf(change),
	}
	if change.Idempotency != nil {
		index[fieldIdempotency] = change.Idempotency.Digest()
	}
	return store.Document{
		ID: EntryID(kind, id, change.Version), Schema: 1, Version: 1, State: raw, Index: index,
		CreatedAt: change.At, UpdatedAt: change.At,
	}
}

func typesOf(change Change) string {
	var all strings.Builder
	for _, e := range change.Events {
		all.WriteString(" " + e.Type + " ")
	}
	return all.String()
}

func aggregate(kind readmodel.Kind, id string) string { return string(kind) + "/" + id }

// sequence has a fixed width, so that its texts sort as the versions do.
func sequence(version int64) string { return fmt.Sprintf("%019d", version) }

func entryOf(d store.Document) (Entry, error) {
	kind, id, ok := strings.Cut(d.Index[fieldAggregate], "/")
	if !ok {
		return Entry{}, fmt.Errorf("journal entry %q: no aggregate", d.ID)
	}
	change, err := Decode(d.State)
	if err != nil {
		return Entry{}, fmt.Errorf("journal entry %q: %w", d.ID, err)
	}
	return Entry{Kind: readmodel.Kind(kind), ID: id, Change: change, Raw: d.State}, nil
}
