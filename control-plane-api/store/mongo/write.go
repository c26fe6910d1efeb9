package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// write runs one write with a deadline and translates its error.
func (e *Engine) write(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	bound, cancel := e.bound(ctx)
	defer cancel()
	return e.writeError(ctx, do(bound))
}

// Insert implements store.Engine.
func (e *Engine) Insert(ctx context.Context, collection string, d store.Document) error {
	c, err := e.usable(collection)
	if err != nil {
		return err
	}
	if err := c.CheckDocument(d); err != nil {
		return err
	}
	err = e.write(ctx, func(ctx context.Context) error {
		_, err := c.remote.InsertOne(ctx, c.insertion(d))
		return err
	})
	if errors.Is(err, errDuplicate) {
		err = e.explainDuplicate(ctx, c, d.ID)
	}
	return named("insert", collection, d.ID, err)
}

// explainDuplicate says which of the two values was taken. Servers differ in whether and how they tell.
func (e *Engine) explainDuplicate(ctx context.Context, c collection, id string) error {
	_, err := e.storedVersion(ctx, c, id)
	switch {
	case err == nil:
		return store.ErrExists
	case errors.Is(err, store.ErrNotFound):
		return store.ErrUnique
	default:
		return err
	}
}

// Replace implements store.Engine.
func (e *Engine) Replace(ctx context.Context, collection string, d store.Document, version int64) error {
	c, err := e.usable(collection)
	if err != nil {
		return err
	}
	if err := c.CheckReplace(d, version); err != nil {
		return err
	}
	err = e.update(ctx, c, d.ID, version, c.replacement(d))
	if errors.Is(err, errDuplicate) {
		err = store.ErrUnique // the id stays, so it is the other unique value
	}
	return named("replace", collection, d.ID, err)
}

// Mark implements store.Engine.
func (e *Engine) Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error {
	c, err := e.usable(collection)
	if err != nil {
		return err
	}
	change := append(set(bson.D{{Key: keyDirty, Value: dirty}}), bson.E{Key: "$max", Value: marks(journaled, projected)})
	return named("mark", collection, id, e.update(ctx, c, id, version, change))
}

// update applies change to the document with the id while its stored version is still version.
func (e *Engine) update(ctx context.Context, c collection, id string, version int64, change bson.D) error {
	if !storable(id) {
		return store.ErrNotFound
	}
	var result *mongo.UpdateResult
	err := e.write(ctx, func(ctx context.Context) (err error) {
		result, err = c.remote.UpdateOne(ctx, at(id, version), change)
		return err
	})
	if err != nil || result.MatchedCount > 0 {
		return err
	}
	return e.explainMiss(ctx, c, id)
}

// Delete implements store.Engine.
func (e *Engine) Delete(ctx context.Context, collection, id string, version int64) error {
	c, err := e.usable(collection)
	if err != nil {
		return err
	}
	if !storable(id) {
		return named("delete", collection, id, store.ErrNotFound)
	}
	var result *mongo.DeleteResult
	err = e.write(ctx, func(ctx context.Context) (err error) {
		result, err = c.remote.DeleteOne(ctx, at(id, version))
		return err
	})
	if err == nil && result.DeletedCount == 0 {
		err = e.explainMiss(ctx, c, id)
	}
	return named("delete", collection, id, err)
}

// at is the filter of compare-and-swap.
func at(id string, version int64) bson.D {
	return bson.D{{Key: keyID, Value: id}, {Key: keyVersion, Value: version}}
}

// explainMiss says why a write under a version matched no document.
func (e *Engine) explainMiss(ctx context.Context, c collection, id string) error {
	stored, err := e.storedVersion(ctx, c, id)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: stored version is %d", store.ErrStale, stored)
}

// storedVersion reads a document's version after a refusal. ErrNotFound.
func (e *Engine) storedVersion(ctx context.Context, c collection, id string) (int64, error) {
	var found struct {
		Version int64 `bson:"version"`
	}
	err := e.read(ctx, func(ctx context.Context) error {
		only := options.FindOne().SetProjection(bson.D{{Key: keyVersion, Value: 1}})
		return c.current.FindOne(ctx, bson.D{{Key: keyID, Value: id}}, only).Decode(&found)
	})
	return found.Version, err
}

func named(verb, collection, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s %q: %w", verb, collection, id, err)
}
