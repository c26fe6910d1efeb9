package repo

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Loaded is an aggregate as a list has it.
type Loaded[T any] struct {
	Value *T
	Meta
	// CreatedAt is when it was stored first, as store.ByCreatedAt sorts it.
	CreatedAt time.Time
}

// Get loads an aggregate. failure.NotFound with the code "{label}_not_found"; failure.Unavailable when the store does not
// answer.
func (r *Repo[T]) Get(ctx context.Context, id string) (*T, Meta, error) {
	d, err := r.deps.Engine.GetBare(ctx, r.kind.Collection, id)
	if err != nil {
		return nil, Meta{}, r.translate(err, id)
	}
	return r.kind.decode(d)
}

// GetUnique loads an aggregate by its unique value. Errors as those of Get.
func (r *Repo[T]) GetUnique(ctx context.Context, unique string) (*T, Meta, error) {
	d, err := r.deps.Engine.GetUnique(ctx, r.kind.Collection, unique)
	if err != nil {
		return nil, Meta{}, r.translate(err, unique)
	}
	return r.kind.decode(d)
}

// Find loads the aggregates that match, in the order of the query.
func (r *Repo[T]) Find(ctx context.Context, q store.Query) ([]Loaded[T], error) {
	q.Bare = true
	documents, err := r.deps.Engine.Find(ctx, r.kind.Collection, q)
	if err != nil {
		return nil, r.translate(err, "")
	}
	all := make([]Loaded[T], 0, len(documents))
	for _, d := range documents {
		value, meta, err := r.kind.decode(d)
		if err != nil {
			return nil, err
		}
		all = append(all, Loaded[T]{Value: value, Meta: meta, CreatedAt: d.CreatedAt})
	}
	return all, nil
}

// walkPage is how many documents Walk reads at a time.
const walkPage = 200

// Walk calls visit for all aggregates that match, page by page. It is no snapshot; visit may update what it sees.
func (r *Repo[T]) Walk(ctx context.Context, q store.Query, visit func(*T, Meta) error) error {
	q.Bare = true
	var inner error
	err := store.Walk(ctx, r.deps.Engine, r.kind.Collection, q, walkPage, func(d store.Document) error {
		value, meta, err := r.kind.decode(d)
		if err == nil {
			err = visit(value, meta)
		}
		inner = err
		return err
	})
	if err == nil || inner != nil {
		return inner
	}
	return r.translate(err, "")
}

// Count counts the aggregates that match.
func (r *Repo[T]) Count(ctx context.Context, q store.Query) (int, error) {
	n, err := r.deps.Engine.Count(ctx, r.kind.Collection, q)
	if err != nil {
		return 0, r.translate(err, "")
	}
	return n, nil
}

// decode makes a fresh aggregate of a document.
func (k Kind[T]) decode(d store.Document) (*T, Meta, error) {
	if d.Schema > k.Schema {
		return nil, Meta{}, failure.New(failure.Internal, "schema_newer",
			"%s %s was written by a newer release (schema %d, this one reads %d)", k.Label, d.ID, d.Schema, k.Schema)
	}
	value := new(T)
	if err := json.Unmarshal(d.State, value); err != nil {
		return nil, Meta{}, failure.Wrap(err, failure.Internal, "state_unreadable", "%s %s cannot be read", k.Label, d.ID)
	}
	k.Root(value).ID = d.ID
	return value, Meta{Version: d.Version, Generation: d.Generation}, nil
}
