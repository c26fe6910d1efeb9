// Package query holds what is read: each method answers what one route shows, to the one who asks for it.
package query

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Deps is what queries work with.
type Deps struct {
	Workers   *repo.Repo[worker.Worker]
	Instances *repo.Repo[instance.Instance]
	Settings  interface {
		Effective(ctx context.Context) (settings.Effective, error)
	}
	// Samples may be nil: then no figures are shown.
	Samples Samples
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Queries is the set of queries on workers and instances.
type Queries struct{ d Deps }

// New makes the queries.
func New(d Deps) *Queries {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Queries{d: d}
}

func (q *Queries) now() time.Time { return q.d.Now().UTC() }

// rows is the reading side of a repository.
type rows[T any] interface {
	Find(ctx context.Context, q store.Query) ([]repo.Loaded[T], error)
	Count(ctx context.Context, q store.Query) (int, error)
}

// list reads a page of a query in the form that show gives each row.
func list[T, R any](ctx context.Context, from rows[T], filter store.Query, l api.List, cursor func(repo.Loaded[T]) store.Cursor, show func(repo.Loaded[T]) R) (page.Page[R], error) {
	none := page.Page[R]{}
	total, err := from.Count(ctx, filter)
	if err != nil {
		return none, err
	}
	paged, err := page.Apply(filter, l)
	if err != nil {
		return none, err
	}
	found, err := from.Find(ctx, paged)
	if err != nil {
		return none, err
	}
	cut, err := page.Cut(found, l, total, cursor)
	if err != nil {
		return none, err
	}
	shown := page.Page[R]{Items: make([]R, 0, len(cut.Items)), Total: cut.Total, Next: cut.Next}
	for _, row := range cut.Items {
		shown.Items = append(shown.Items, show(row))
	}
	return shown, nil
}
