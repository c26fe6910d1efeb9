package store

import (
	"encoding/json"
	"time"
)

// Document is what one engine call reads or writes: an aggregate's state, the changes that led to it and the marks of the relay, all
// replaced together in one atomic write. State, Blob and Changes are opaque; the engine returns their bytes as they were given.
//
// Times are UTC and kept to the millisecond. Empty State, Blob, Terms, Changes and Index come back as nil.
type Document struct {
	// ID identifies the document in its collection. Not empty, valid UTF-8 without NUL; any other character is allowed.
	ID string
	// Schema is the version of State's shape, for the reader of State. The engine doesn't look at it.
	Schema int
	// Version rises with every Replace; it is what compare-and-swap compares.
	Version int64
	// Generation rises with the changes a controller must react to. The engine doesn't look at it.
	Generation int64
	// Terms are the highest leader terms seen, one per service.
	Terms []Term
	// State is the aggregate, as JSON.
	State json.RawMessage
	// Blob is raw bytes that aren't JSON, such as a lab's YAML.
	Blob []byte
	// Changes are change records, each a JSON object with a "version".
	Changes []json.RawMessage
	// Journaled and Projected are the highest versions that the relay has carried to the journal and to etcd. No write lowers them.
	Journaled, Projected int64
	// Dirty says that the relay still has work here.
	Dirty bool
	// Unique is unique in the collection. Empty means: the same as ID. It is never empty in a document that was read. Since both share one
	// namespace, a collection whose Unique values could look like ids of other documents must prefix them.
	Unique string
	// Index holds the values of the collection's declared fields. A field that is absent is stored, found and sorted as "".
	Index map[string]string
	// CreatedAt and UpdatedAt are set by the caller; the store has no clock.
	CreatedAt, UpdatedAt time.Time
	// ExpiresAt, when set, is the moment from which a sweep may delete the document. Nothing expires by itself.
	ExpiresAt *time.Time
}

// Term is the highest term that a service's leader has shown to a document.
type Term struct {
	Service string `json:"service"`
	Term    int64  `json:"term"`
}

// Size is the number of bytes of the document's opaque parts, which MaxDocument limits.
func (d Document) Size() int {
	n := len(d.State) + len(d.Blob)
	for _, c := range d.Changes {
		n += len(c)
	}
	return n
}

// UniqueOrID is the unique value that is stored: Unique, or ID when Unique is empty.
func (d Document) UniqueOrID() string {
	if d.Unique == "" {
		return d.ID
	}
	return d.Unique
}
