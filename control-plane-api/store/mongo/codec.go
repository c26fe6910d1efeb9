package mongo

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// The keys of a stored document that queries and updates name.
const (
	keyID        = "_id"
	keyVersion   = "version"
	keyJournaled = "journaled"
	keyProjected = "projected"
	keyDirty     = "dirty"
	keyUnique    = "unique"
	keyCreatedAt = "created_at"
	keyExpiresAt = "expires_at"
	keyChanges   = "changes"
	keyBlob      = "blob"
)

// valueKey holds a field's value, foldedKey the same in lower case for Contains.
func valueKey(field string) string  { return "f_" + field }
func foldedKey(field string) string { return "l_" + field }

// termRecord is a store.Term as it is stored.
type termRecord struct {
	Service string `bson:"service"`
	Term    int64  `bson:"term"`
}

// record is a stored document without the collection's fields, whose keys differ from collection to collection.
type record struct {
	ID         string         `bson:"_id"`
	Schema     int64          `bson:"schema"`
	Version    int64          `bson:"version"`
	Generation int64          `bson:"generation"`
	Terms      []termRecord   `bson:"terms"`
	State      []byte         `bson:"state"`
	Blob       []byte         `bson:"blob"`
	Changes    [][]byte       `bson:"changes"`
	Journaled  int64          `bson:"journaled"`
	Projected  int64          `bson:"projected"`
	Dirty      bool           `bson:"dirty"`
	Unique     string         `bson:"unique"`
	CreatedAt  bson.DateTime  `bson:"created_at"`
	UpdatedAt  bson.DateTime  `bson:"updated_at"`
	ExpiresAt  *bson.DateTime `bson:"expires_at"`
}

// body is everything of d but its id and marks. Every key is always there, null when empty: setting them all leaves nothing of an older document.
func (c collection) body(d store.Document) bson.D {
	body := bson.D{
		{Key: "schema", Value: int64(d.Schema)},
		{Key: keyVersion, Value: d.Version},
		{Key: "generation", Value: d.Generation},
		{Key: "terms", Value: termsOf(d.Terms)},
		{Key: "state", Value: orNull(d.State)},
		{Key: keyBlob, Value: orNull(d.Blob)},
		{Key: keyChanges, Value: changesOf(d.Changes)},
		{Key: keyDirty, Value: d.Dirty},
		{Key: keyUnique, Value: d.UniqueOrID()},
		{Key: keyCreatedAt, Value: dateOf(d.CreatedAt)},
		{Key: "updated_at", Value: dateOf(d.UpdatedAt)},
		{Key: keyExpiresAt, Value: nil},
	}
	if d.ExpiresAt != nil {
		body[len(body)-1].Value = dateOf(*d.ExpiresAt)
	}
	for _, field := range c.Fields {
		value := d.Index[field]
		body = append(body, bson.E{Key: valueKey(field), Value: value}, bson.E{Key: foldedKey(field), Value: strings.ToLower(value)})
	}
	return body
}

// marks are the relay marks of a document or an update.
func marks(journaled, projected int64) bson.D {
	return bson.D{{Key: keyJournaled, Value: journaled}, {Key: keyProjected, Value: projected}}
}

// insertion is the whole document to insert.
func (c collection) insertion(d store.Document) bson.D {
	return append(append(bson.D{{Key: keyID, Value: d.ID}}, c.body(d)...), marks(d.Journaled, d.Projected)...)
}

// replacement is the update that swaps a stored document for d. Unlike a replacement document it can leave a higher mark where it is.
func (c collection) replacement(d store.Document) bson.D {
	return append(set(c.body(d)), bson.E{Key: "$max", Value: marks(d.Journaled, d.Projected)})
}

func set(values bson.D) bson.D { return bson.D{{Key: "$set", Value: values}} }

func termsOf(terms []store.Term) any {
	if len(terms) == 0 {
		return nil
	}
	out := make(bson.A, len(terms))
	for i, t := range terms {
		out[i] = termRecord{Service: t.Service, Term: t.Term}
	}
	return out
}

// changesOf keeps each change's bytes, which hashes are made of.
func changesOf(changes []json.RawMessage) any {
	if len(changes) == 0 {
		return nil
	}
	out := make(bson.A, len(changes))
	for i, change := range changes {
		out[i] = bson.Binary{Data: change}
	}
	return out
}

func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return bson.Binary{Data: b}
}

func dateOf(t time.Time) bson.DateTime { return bson.DateTime(t.UnixMilli()) }
func timeOf(d bson.DateTime) time.Time { return time.UnixMilli(int64(d)).UTC() }

// decode reads a stored document. Keys that it doesn't know are of a newer release and left out.
func (c collection) decode(raw bson.Raw) (store.Document, error) {
	var r record
	if err := bson.Unmarshal(raw, &r); err != nil {
		return store.Document{}, fmt.Errorf("decode a document of %s: %w", c.Name, err)
	}
	d := store.Document{
		ID: r.ID, Schema: int(r.Schema), Version: r.Version, Generation: r.Generation, State: r.State, Blob: r.Blob,
		Journaled: r.Journaled, Projected: r.Projected, Dirty: r.Dirty, Unique: r.Unique,
		CreatedAt: timeOf(r.CreatedAt), UpdatedAt: timeOf(r.UpdatedAt),
	}
	for _, t := range r.Terms {
		d.Terms = append(d.Terms, store.Term(t))
	}
	for _, change := range r.Changes {
		d.Changes = append(d.Changes, change)
	}
	if r.ExpiresAt != nil {
		at := timeOf(*r.ExpiresAt)
		d.ExpiresAt = &at
	}
	for _, field := range c.Fields {
		if value, ok := raw.Lookup(valueKey(field)).StringValueOK(); ok && value != "" {
			if d.Index == nil {
				d.Index = make(map[string]string, len(c.Fields))
			}
			d.Index[field] = value
		}
	}
	return d, nil
}
