package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Engine is a store.Engine over one MongoDB database. Driver makes it.
type Engine struct {
	client      *mongo.Client
	database    *mongo.Database
	meta        *mongo.Collection
	collections map[string]collection
	patience    time.Duration
	// identity is the store that was opened. Set by prepare.
	identity string

	closing sync.Once
	closed  chan struct{}
}

var _ store.Engine = (*Engine)(nil)

// collection is a declared collection with the server's.
type collection struct {
	store.Collection
	remote *mongo.Collection
	// current is the same, read as the primary has it now, confirmed by others or not. It explains why a write was refused, which the
	// primary decided on just that.
	current *mongo.Collection
}

func (e *Engine) use(database *mongo.Database, declared store.Catalog) {
	e.database, e.meta = database, database.Collection(metaCollection)
	e.collections = make(map[string]collection, len(declared))
	for name, c := range declared {
		local := options.Collection().SetReadConcern(readconcern.Local())
		e.collections[name] = collection{Collection: c, remote: database.Collection(name), current: database.Collection(name, local)}
	}
}

// usable is the first step of every call on a collection.
func (e *Engine) usable(name string) (collection, error) {
	if e.isClosed() {
		return collection{}, errClosed()
	}
	c, ok := e.collections[name]
	if !ok {
		return collection{}, fmt.Errorf("%w: collection %q is not declared", store.ErrInvalid, name)
	}
	return c, nil
}

func (e *Engine) isClosed() bool {
	select {
	case <-e.closed:
		return true
	default:
		return false
	}
}

func errClosed() error { return fmt.Errorf("%w: closed", store.ErrUnavailable) }

// Ping implements store.Engine.
func (e *Engine) Ping(ctx context.Context) error {
	found, err := e.readMeta(ctx)
	if errors.Is(err, store.ErrNotFound) || err == nil && found.Store != e.identity {
		return fmt.Errorf("ping: %w: the database was emptied or holds another store", store.ErrUnavailable)
	}
	if err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// Close implements store.Engine.
func (e *Engine) Close() (err error) {
	e.closing.Do(func() {
		close(e.closed)
		// Disconnect waits for connections in use, which is for writes in progress.
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		if err = e.client.Disconnect(ctx); err != nil {
			err = fmt.Errorf("close: %w", err)
		}
	})
	return err
}
