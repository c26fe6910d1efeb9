package mongo

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Driver serves the URLs that MongoDB's own tools take: mongodb://[user:password@]host[:port][,...]/database[?options], and mongodb+srv://.
// The database is required. With timeoutMS the URL says how long a call without a deadline of its own may take (10 s otherwise), with
// serverSelectionTimeoutMS how long it waits for a primary (5 s otherwise).
func Driver() store.Driver {
	return store.Driver{
		Schemes: []string{"mongodb", "mongodb+srv"},
		Open: func(ctx context.Context, url string, collections store.Catalog) (store.Engine, error) {
			return open(ctx, url, collections)
		},
	}
}

func open(ctx context.Context, url string, declared store.Catalog) (*Engine, error) {
	o, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	client, err := mongo.Connect(o.client)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	e := &Engine{client: client, patience: o.patience, closed: make(chan struct{})}
	e.use(client.Database(o.database), declared)
	if err := e.prepare(ctx); err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// bound gives a call without a deadline one.
func (e *Engine) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, e.patience)
}

const (
	// buildTime bounds one step of preparing a collection, which may read all of it.
	buildTime = 10 * time.Minute
	// closeTime bounds the wait for writes in progress when an engine is closed.
	closeTime = 10 * time.Second
)
