package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Filter says which entries are looked for; what is empty is no condition.
type Filter struct {
	Kind readmodel.Kind
	// ID is an aggregate's; without a kind it is looked for in all of Kinds.
	ID    string
	Kinds []readmodel.Kind
	By    string
	// Type is the type of one of the entry's events.
	Type string
	// From is included, Until is not.
	From, Until time.Time
}

// Query gives the filter for Search, the newest entries first.
func (f Filter) Query() store.Query {
	q := store.Query{Sort: store.ByCreatedAt, Desc: true, Equal: map[string][]string{}, From: map[string]string{}, Until: map[string]string{}}
	switch {
	case f.ID != "" && f.Kind != "":
		q.Equal[fieldAggregate] = []string{aggregate(f.Kind, f.ID)}
	case f.ID != "":
		for _, kind := range f.Kinds {
			q.Equal[fieldAggregate] = append(q.Equal[fieldAggregate], aggregate(kind, f.ID))
		}
	case f.Kind != "":
		q.Equal[fieldKind] = []string{string(f.Kind)}
	}
	if f.By != "" {
		q.Equal[fieldActor] = []string{f.By}
	}
	if f.Type != "" {
		q.Contains = map[string]string{fieldTypes: " " + f.Type + " "}
	}
	if !f.From.IsZero() {
		q.From[store.ByCreatedAt] = store.FormatTime(f.From)
	}
	if !f.Until.IsZero() {
		q.Until[store.ByCreatedAt] = store.FormatTime(f.Until)
	}
	return q
}

// Search gives the entries of a Filter's query.
func (j *Journal) Search(ctx context.Context, q store.Query) ([]Entry, error) { return j.find(ctx, q) }

// Count counts the entries of a Filter's query.
func (j *Journal) Count(ctx context.Context, q store.Query) (int, error) {
	n, err := j.engine.Count(ctx, Name, q)
	if err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	return n, nil
}

// Cursor is the position of an entry in Search's order.
func (e Entry) Cursor() store.Cursor {
	return store.Cursor{Value: store.FormatTime(e.At), ID: EntryID(e.Kind, e.ID, e.Version)}
}
