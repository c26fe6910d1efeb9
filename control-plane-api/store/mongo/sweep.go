package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// sweepBatch is the most documents that one delete command names.
const sweepBatch = 1000

// DeleteMany implements store.Engine. It finds ids and deletes those of them that still match: MongoDB's delete has no limit.
func (e *Engine) DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error) {
	c, err := e.usable(collection)
	if err != nil {
		return 0, err
	}
	if err := c.CheckDeleteMany(q, limit); err != nil {
		return 0, err
	}
	f, err := filterOf(q)
	if err != nil {
		return 0, err
	}
	if f.nothing {
		return 0, ctx.Err()
	}
	removed := 0
	for left := limit; left > 0; left -= sweepBatch {
		batch := min(left, sweepBatch)
		found, n, err := e.sweep(ctx, c, f, orderOf(q), batch)
		if err != nil {
			return 0, fmt.Errorf("delete many of %s: %w", collection, err)
		}
		removed += n
		if found < batch {
			break
		}
	}
	return removed, nil
}

// sweep deletes at most batch documents and says how many it found and how many of them it deleted.
func (e *Engine) sweep(ctx context.Context, c collection, f *filter, order bson.D, batch int) (found, removed int, err error) {
	ids, err := e.matching(ctx, c, f, order, batch)
	if err != nil || len(ids) == 0 {
		return 0, 0, err
	}
	// The conditions again: a document may have been given more time since.
	still := append(append(bson.A{}, f.conditions...), bson.D{{Key: keyID, Value: bson.D{{Key: "$in", Value: ids}}}})
	var result *mongo.DeleteResult
	err = e.write(ctx, func(ctx context.Context) (err error) {
		result, err = c.remote.DeleteMany(ctx, bson.D{{Key: "$and", Value: still}})
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return len(ids), int(result.DeletedCount), nil
}

// matching finds the ids of the first documents in the order.
func (e *Engine) matching(ctx context.Context, c collection, f *filter, order bson.D, limit int) ([]string, error) {
	var found []struct {
		ID string `bson:"_id"`
	}
	err := e.read(ctx, func(ctx context.Context) error {
		how := options.Find().SetSort(order).SetLimit(int64(limit)).SetProjection(bson.D{{Key: keyID, Value: 1}}).SetAllowDiskUse(true)
		cursor, err := c.remote.Find(ctx, f.document(), how)
		if err != nil {
			return err
		}
		return cursor.All(ctx, &found)
	})
	ids := make([]string, len(found))
	for i, d := range found {
		ids[i] = d.ID
	}
	return ids, err
}
