package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// read runs one read with a deadline and translates its error.
func (e *Engine) read(ctx context.Context, do func(context.Context) error) error {
	if e.isClosed() {
		return errClosed()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	bound, cancel := e.bound(ctx)
	defer cancel()
	return e.readError(ctx, do(bound))
}

// bareKeys leaves out what a bare read does.
func bareKeys() bson.D { return bson.D{{Key: keyChanges, Value: 0}, {Key: keyBlob, Value: 0}} }

// Get implements store.Engine.
func (e *Engine) Get(ctx context.Context, collection, id string) (store.Document, error) {
	return e.one(ctx, collection, keyID, id, options.FindOne())
}

// GetBare implements store.Engine.
func (e *Engine) GetBare(ctx context.Context, collection, id string) (store.Document, error) {
	d, err := e.one(ctx, collection, keyID, id, options.FindOne().SetProjection(bareKeys()))
	d.Index = nil
	return d, err
}

// GetUnique implements store.Engine.
func (e *Engine) GetUnique(ctx context.Context, collection, unique string) (store.Document, error) {
	return e.one(ctx, collection, keyUnique, unique, options.FindOne())
}

func (e *Engine) one(ctx context.Context, collection, key, value string, how *options.FindOneOptionsBuilder) (store.Document, error) {
	c, err := e.usable(collection)
	if err != nil {
		return store.Document{}, err
	}
	if !storable(value) {
		return store.Document{}, named("get", collection, value, store.ErrNotFound)
	}
	var d store.Document
	err = e.read(ctx, func(ctx context.Context) error {
		raw, err := c.remote.FindOne(ctx, bson.D{{Key: key, Value: value}}, how).Raw()
		if err != nil {
			return err
		}
		d, err = c.decode(raw)
		return err
	})
	if err != nil {
		return store.Document{}, named("get", collection, value, err)
	}
	return d, nil
}

// Find implements store.Engine.
func (e *Engine) Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error) {
	c, f, err := e.filter(collection, q)
	if err != nil {
		return nil, err
	}
	if err := f.after(q); err != nil {
		return nil, err
	}
	// Without disk the server refuses to sort more than 100 MB, which a condition on one field and an order by another can reach.
	how := options.Find().SetSort(orderOf(q)).SetSkip(int64(q.Skip)).SetLimit(int64(q.Limit)).SetAllowDiskUse(true)
	if q.Bare {
		how.SetProjection(bareKeys())
	}
	var found []store.Document
	err = e.read(ctx, func(ctx context.Context) (err error) {
		if !f.nothing {
			found, err = c.find(ctx, f, how)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", collection, err)
	}
	return found, nil
}

func (c collection) find(ctx context.Context, f *filter, how *options.FindOptionsBuilder) (found []store.Document, err error) {
	cursor, err := c.remote.Find(ctx, f.document(), how)
	if err != nil {
		return nil, err
	}
	defer func() { _ = cursor.Close(ctx) }()
	for cursor.Next(ctx) {
		d, err := c.decode(cursor.Current)
		if err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	return found, cursor.Err()
}

// Count implements store.Engine.
func (e *Engine) Count(ctx context.Context, collection string, q store.Query) (int, error) {
	c, f, err := e.filter(collection, q)
	if err != nil {
		return 0, err
	}
	var n int64
	err = e.read(ctx, func(ctx context.Context) (err error) {
		if !f.nothing {
			n, err = c.remote.CountDocuments(ctx, f.document())
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", collection, err)
	}
	return int(n), nil
}

func (e *Engine) filter(name string, q store.Query) (collection, *filter, error) {
	c, err := e.usable(name)
	if err != nil {
		return collection{}, nil, err
	}
	if err := c.CheckQuery(q); err != nil {
		return collection{}, nil, err
	}
	f, err := filterOf(q)
	return c, f, err
}
