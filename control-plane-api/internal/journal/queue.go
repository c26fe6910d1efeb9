package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Waiting gives the aggregates ("kind/id") that have entries to deliver, those that wait longest first. It looks at no
// more than limit entries.
func (j *Journal) Waiting(ctx context.Context, limit int) ([]string, error) {
	dirty := true
	documents, err := j.engine.Find(ctx, Name, store.Query{Dirty: &dirty, Sort: store.ByCreatedAt, Limit: limit, Bare: true})
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var names []string
	seen := map[string]bool{}
	for _, d := range documents {
		if name := d.Index[fieldAggregate]; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// Undelivered gives the entries of an aggregate ("kind/id") that wait for delivery, oldest first, at most limit.
func (j *Journal) Undelivered(ctx context.Context, aggregate string, limit int) ([]Entry, error) {
	dirty := true
	return j.find(ctx, store.Query{
		Equal: map[string][]string{fieldAggregate: {aggregate}}, Dirty: &dirty, Sort: fieldSequence, Limit: limit,
	})
}

// Delivered takes an entry out of the delivery queue. The entry itself stays as it is.
func (j *Journal) Delivered(ctx context.Context, e Entry) error {
	err := j.engine.Mark(ctx, Name, EntryID(e.Kind, e.ID, e.Version), 1, 0, 0, false)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}
