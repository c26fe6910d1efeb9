package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// record is a document as column values.
type record struct {
	id   string
	body []any // for bodyColumns
	keys []any // for keyColumns and the two columns of each field
}

// insert gives the arguments of table.insert.
func (r record) insert() []any {
	return append(append([]any{r.id}, r.body...), r.keys...)
}

// replaceBody gives the arguments of table.replaceBody.
func (r record) replaceBody(version int64) []any {
	return append(append(slices.Clone(r.body), r.id, version), r.keys...)
}

// replace gives the arguments of table.replace.
func (r record) replace(version int64) []any {
	return append(append(slices.Clone(r.body), r.keys...), r.id, version)
}

func (t table) encode(d store.Document) (record, error) {
	var terms, expires any
	if len(d.Terms) > 0 {
		text, err := json.Marshal(d.Terms)
		if err != nil {
			return record{}, fmt.Errorf("encode terms: %w", err)
		}
		terms = string(text)
	}
	if d.ExpiresAt != nil {
		expires = d.ExpiresAt.UnixMilli()
	}
	r := record{
		id: d.ID,
		body: []any{
			d.Schema, d.Version, d.Generation, d.Journaled, d.Projected, d.Dirty, d.UpdatedAt.UnixMilli(), terms,
			orNull(d.State), orNull(joinChanges(d.Changes)), orNull(d.Blob),
		},
		keys: []any{d.UniqueOrID(), d.CreatedAt.UnixMilli(), expires},
	}
	for _, f := range t.Fields {
		r.keys = append(r.keys, d.Index[f], strings.ToLower(d.Index[f]))
	}
	return r, nil
}

// orNull lets "empty" have one stored form.
func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// joinChanges makes one JSON array without touching the elements' bytes, which hashes are made of. json.Marshal would rewrite them.
func joinChanges(changes []json.RawMessage) []byte {
	if len(changes) == 0 {
		return nil
	}
	var out bytes.Buffer
	for i, c := range changes {
		out.WriteByte("[,"[min(i, 1)])
		out.Write(c)
	}
	out.WriteByte(']')
	return out.Bytes()
}

// scanner is sql.Row or sql.Rows.
type scanner interface{ Scan(into ...any) error }

// head is what every read of a row begins with.
type head struct {
	d                store.Document
	created, updated int64
	expires          sql.NullInt64
	terms            sql.NullString
}

// into takes headColumns, and the columns behind them.
func (h *head) into(behind ...any) []any {
	d := &h.d
	return append([]any{
		&d.ID, &d.Schema, &d.Version, &d.Generation, &d.Journaled, &d.Projected, &d.Dirty, &d.Unique, &h.created, &h.updated, &h.expires, &h.terms,
	}, behind...)
}

// document is what the columns say.
func (h *head) document() (store.Document, error) {
	d := h.d
	d.CreatedAt, d.UpdatedAt = time.UnixMilli(h.created).UTC(), time.UnixMilli(h.updated).UTC()
	if h.expires.Valid {
		at := time.UnixMilli(h.expires.Int64).UTC()
		d.ExpiresAt = &at
	}
	if h.terms.Valid {
		if err := json.Unmarshal([]byte(h.terms.String), &d.Terms); err != nil {
			return store.Document{}, fmt.Errorf("decode terms of %q: %w", d.ID, err)
		}
	}
	return d, nil
}

// decodeBare reads one row of getBare.
func (t table) decodeBare(row scanner) (store.Document, error) {
	var h head
	var state []byte
	if err := row.Scan(h.into(&state)...); err != nil {
		return store.Document{}, err
	}
	h.d.State = state
	return h.document()
}

// decode reads one row of selectAll.
func (t table) decode(row scanner) (store.Document, error) {
	var h head
	var state, changes []byte
	fields := make([]string, len(t.Fields))
	behind := []any{&state, &changes, &h.d.Blob}
	for i := range fields {
		behind = append(behind, &fields[i])
	}
	if err := row.Scan(h.into(behind...)...); err != nil {
		return store.Document{}, err
	}
	h.d.State, h.d.Index = state, t.index(fields)
	d, err := h.document()
	if err == nil && len(changes) > 0 {
		if d.Changes, err = splitChanges(changes); err != nil {
			err = fmt.Errorf("decode changes of %q: %w", d.ID, err)
		}
	}
	return d, err
}

// index names the values of the fields' columns; empty ones are absent.
func (t table) index(values []string) map[string]string {
	var out map[string]string
	for i, f := range t.Fields {
		if values[i] == "" {
			continue
		}
		if out == nil {
			out = make(map[string]string, len(values))
		}
		out[f] = values[i]
	}
	return out
}
