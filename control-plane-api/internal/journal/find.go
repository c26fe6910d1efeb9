package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Query gives the entries of an aggregate above a version, oldest first, at most limit.
func (j *Journal) Query(ctx context.Context, kind readmodel.Kind, id string, after int64, limit int) ([]Entry, error) {
	return j.find(ctx, store.Query{
		Equal: map[string][]string{fieldAggregate: {aggregate(kind, id)}},
		From:  map[string]string{fieldSequence: sequence(after + 1)},
		Sort:  fieldSequence,
		Limit: limit,
	})
}

// Latest gives the newest entries of all aggregates, newest first, at most limit. actor "" is anyone.
func (j *Journal) Latest(ctx context.Context, actor string, limit int) ([]Entry, error) {
	q := store.Query{Sort: store.ByCreatedAt, Desc: true, Limit: limit}
	if actor != "" {
		q.Equal = map[string][]string{fieldActor: {actor}}
	}
	return j.find(ctx, q)
}

// Get gives the entry of one version; found is false when it is not in the journal.
func (j *Journal) Get(ctx context.Context, kind readmodel.Kind, id string, version int64) (entry Entry, found bool, err error) {
	d, err := j.engine.Get(ctx, Name, EntryID(kind, id, version))
	if errors.Is(err, store.ErrNotFound) {
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, fmt.Errorf("journal: %w", err)
	}
	entry, err = entryOf(d)
	return entry, err == nil, err
}

// Repeat finds the change of an aggregate that a request made before, by its idempotency key: the newest one, since a key
// may be used again when it is no longer remembered.
func (j *Journal) Repeat(ctx context.Context, kind readmodel.Kind, id string, key Idempotency) (entry Entry, found bool, err error) {
	entries, err := j.find(ctx, store.Query{
		Equal: map[string][]string{fieldIdempotency: {key.Digest()}, fieldAggregate: {aggregate(kind, id)}},
		Sort:  fieldSequence, Desc: true, Limit: 1,
	})
	if err != nil || len(entries) == 0 {
		return Entry{}, false, err
	}
	return entries[0], true, nil
}

func (j *Journal) find(ctx context.Context, q store.Query) ([]Entry, error) {
	documents, err := j.engine.Find(ctx, Name, q)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	entries := make([]Entry, 0, len(documents))
	for _, d := range documents {
		entry, err := entryOf(d)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}
