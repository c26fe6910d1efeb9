// Package page turns the list parameters of the contract into a store query, and back into a cursor.
package page

import (
	"encoding/base64"
	"encoding/json"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Total int
	// Next is the cursor of the next page, empty on the last one.
	Next string
}

// Apply puts limit, skip and cursor into a query; one row more than asked tells whether there is a next page.
func Apply(q store.Query, list api.List) (store.Query, error) {
	q.Limit, q.Skip = limitOf(list)+1, list.Skip
	if list.Cursor == "" {
		return q, nil
	}
	cursor, ok := parse(list.Cursor, q.Sort)
	if !ok {
		return q, failure.New(failure.Malformed, "bad_cursor", "The cursor is not one that a Link header gave.")
	}
	q.After = &cursor
	return q, nil
}

// parse reads a cursor of a list that is sorted by a field.
func parse(text, sort string) (store.Cursor, bool) {
	var cursor store.Cursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &cursor) != nil || cursor.ID == "" {
		return cursor, false
	}
	if sort == store.ByCreatedAt {
		_, err = store.ParseTime(cursor.Value)
	}
	return cursor, err == nil
}

// Cut makes a page of the rows that a query from Apply found.
func Cut[T any](rows []T, list api.List, total int, cursorOf func(T) store.Cursor) (Page[T], error) {
	limit := limitOf(list)
	p := Page[T]{Items: rows, Total: total}
	if len(rows) <= limit {
		return p, nil
	}
	p.Items = rows[:limit]
	raw, err := json.Marshal(cursorOf(p.Items[limit-1]))
	if err != nil {
		return p, failure.Wrap(err, failure.Internal, "internal", "The cursor could not be made.")
	}
	p.Next = base64.RawURLEncoding.EncodeToString(raw)
	return p, nil
}

func limitOf(list api.List) int {
	if list.Limit < 1 {
		return 100
	}
	return list.Limit
}
