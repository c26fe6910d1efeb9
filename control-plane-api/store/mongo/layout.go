package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// prepare brings the database to this layout. Programs that start together may all do it: each step is harmless when repeated.
func (e *Engine) prepare(ctx context.Context) error {
	// Listed before the meta document is looked for: who makes a store writes that document first, so it is there when a collection is.
	var present []string
	err := e.read(ctx, func(ctx context.Context) (err error) {
		present, err = e.database.ListCollectionNames(ctx, bson.D{})
		return err
	})
	if err != nil {
		return fmt.Errorf("list collections: %w", err)
	}
	if err := e.claim(ctx, present); err != nil {
		return err
	}
	for name, c := range e.collections {
		if err := e.prepareCollection(ctx, c, slices.Contains(present, name)); err != nil {
			return fmt.Errorf("prepare collection %s: %w", name, err)
		}
	}
	return nil
}

// claim finds the store's description or makes it, and refuses foreign databases and newer majors.
func (e *Engine) claim(ctx context.Context, present []string) error {
	found, err := e.readMeta(ctx)
	if errors.Is(err, store.ErrNotFound) {
		for name := range e.collections {
			if slices.Contains(present, name) {
				return fmt.Errorf("%w: the database has a collection %s but is no store of this program", store.ErrUnsupported, name)
			}
		}
		found, err = e.found(ctx)
	}
	if err != nil {
		return fmt.Errorf("find the store's description: %w", err)
	}
	if found.Layout/minorsPerMajor > layoutMajor {
		return fmt.Errorf("%w: the database has layout %s, this program knows %d", store.ErrUnsupported, layoutName(found.Layout), layoutMajor)
	}
	e.identity = found.Store
	if found.Layout >= layout {
		return nil
	}
	raise := bson.D{{Key: "$max", Value: bson.D{{Key: "layout", Value: int64(layout)}}}}
	err = e.write(ctx, func(ctx context.Context) error {
		_, err := e.meta.UpdateOne(ctx, bson.D{{Key: keyID, Value: metaID}}, raise)
		return err
	})
	if err != nil {
		return fmt.Errorf("raise the layout: %w", err)
	}
	return nil
}

// found makes the description of a new store, or reads the one that another program made in the meantime.
func (e *Engine) found(ctx context.Context) (metaRecord, error) {
	fresh, err := newMeta(time.Now())
	if err != nil {
		return metaRecord{}, err
	}
	err = e.write(ctx, func(ctx context.Context) error {
		_, err := e.meta.InsertOne(ctx, fresh)
		return err
	})
	if err != nil && !errors.Is(err, errDuplicate) {
		return metaRecord{}, err
	}
	return e.readMeta(ctx)
}

// prepareCollection makes the indexes that are missing. A field's index is made after all documents have the field, so it marks that step as done.
func (e *Engine) prepareCollection(ctx context.Context, c collection, exists bool) error {
	there := map[string]bool{}
	if exists {
		var err error
		if there, err = e.indexNames(ctx, c); err != nil {
			return err
		}
		for _, field := range c.Fields {
			if there[valueKey(field)] {
				continue
			}
			if err := e.addField(ctx, c, field); err != nil {
				return err
			}
		}
	}
	for _, i := range c.indexes() {
		if there[i.name] {
			continue
		}
		if err := e.createIndex(ctx, c, i); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) indexNames(ctx context.Context, c collection) (map[string]bool, error) {
	names := map[string]bool{}
	err := e.read(ctx, func(ctx context.Context) error {
		indexes, err := c.remote.Indexes().ListSpecifications(ctx)
		for _, index := range indexes {
			names[index.Name] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	return names, nil
}

// createIndex makes one index. One command each, because not every server takes a list of which another program has just made a part.
func (e *Engine) createIndex(ctx context.Context, c collection, i index) error {
	model := mongo.IndexModel{Keys: i.keys, Options: options.Index().SetName(i.name).SetUnique(i.unique)}
	long, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	err := e.write(long, func(ctx context.Context) error {
		_, err := c.remote.Indexes().CreateOne(ctx, model)
		return err
	})
	if err != nil {
		return fmt.Errorf("create index %s: %w", i.name, err)
	}
	return nil
}

// addField gives a newly declared field its empty value in the documents that were written before.
func (e *Engine) addField(ctx context.Context, c collection, field string) error {
	without := bson.D{{Key: valueKey(field), Value: bson.D{{Key: "$exists", Value: false}}}}
	empty := set(bson.D{{Key: valueKey(field), Value: ""}, {Key: foldedKey(field), Value: ""}})
	long, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	err := e.write(long, func(ctx context.Context) error {
		_, err := c.remote.UpdateMany(ctx, without, empty)
		return err
	})
	if err != nil {
		return fmt.Errorf("add field %s: %w", field, err)
	}
	return nil
}
