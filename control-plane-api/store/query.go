package store

import (
	"fmt"
	"time"
)

// ByCreatedAt is the name under which Query.Sort, From and Until know a document's CreatedAt. Its values are written by FormatTime.
const ByCreatedAt = "created_at"

// Query selects and orders documents of one collection. All conditions must hold; the zero Query selects every document, ordered by id.
// Strings compare byte by byte. Every key must be a declared field, else ErrInvalid.
type Query struct {
	// Equal: the field has one of the values. An empty list matches nothing, so that a filter which lost its values never widens.
	Equal map[string][]string
	// Contains: the field contains the text, upper and lower case alike (as strings.ToLower sees them).
	Contains map[string]string
	// IDs: the id is one of these. Nil is no condition; empty and not nil matches nothing.
	IDs []string
	// Dirty: the mark has this value.
	Dirty *bool
	// ExpiredBefore: ExpiresAt is set and earlier than this.
	ExpiredBefore *time.Time
	// From (included) and Until (excluded) bound a field, or ByCreatedAt.
	From, Until map[string]string
	// Sort is "" for the id, a declared field, or ByCreatedAt; the id breaks ties, in the same direction.
	Sort string
	// Desc turns the order around.
	Desc bool
	// After continues behind this position of the same order. Make it with CursorAfter.
	After *Cursor
	// Skip leaves out that many documents, after After.
	Skip int
	// Limit is the most documents to return; 0 returns all. Collections without a natural bound are read with Walk.
	Limit int
	// Bare leaves Changes and Blob out of the answer, for lists. A bare document must not be written back.
	Bare bool
}

// Cursor is a position in a query's order: the sorted value and the id of one document.
type Cursor struct {
	Value, ID string
}

// CursorAfter is the position of d in the order of q.
func (q Query) CursorAfter(d Document) Cursor {
	switch q.Sort {
	case "":
		return Cursor{ID: d.ID}
	case ByCreatedAt:
		return Cursor{Value: FormatTime(d.CreatedAt), ID: d.ID}
	default:
		return Cursor{Value: d.Index[q.Sort], ID: d.ID}
	}
}

// selective says whether the query has any condition at all.
func (q Query) selective() bool {
	return len(q.Equal)+len(q.Contains)+len(q.From)+len(q.Until) > 0 || q.IDs != nil || q.Dirty != nil || q.ExpiredBefore != nil
}

// timeLayout has a fixed width, so that its texts sort as their times do (years 0 to 9999).
const timeLayout = "2006-01-02T15:04:05.000Z"

// FormatTime writes t as queries take it: RFC 3339, UTC, with milliseconds. Index fields that hold times should use it too.
func FormatTime(t time.Time) string { return t.UTC().Format(timeLayout) }

// ParseTime reads what FormatTime wrote, and any other RFC 3339 text. A bad text is ErrInvalid.
func ParseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %q is not an RFC 3339 time", ErrInvalid, s)
	}
	return t.UTC(), nil
}
