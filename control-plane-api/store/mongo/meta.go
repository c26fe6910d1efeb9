package mongo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// metaCollection starts with a character that no declared collection's name has.
	metaCollection = "_lcm"
	metaID         = "store"

	// A higher major is a layout that older programs can't write correctly; a higher minor only adds.
	layoutMajor, layoutMinor = 1, 0
	// minorsPerMajor packs both into one number, which $max can raise.
	minorsPerMajor = 1000
	layout         = layoutMajor*minorsPerMajor + layoutMinor
)

// metaRecord is the one document of metaCollection.
type metaRecord struct {
	ID string `bson:"_id"`
	// Store is made with the data and never changes; Epoch is renewed after a restore.
	Store     string        `bson:"store"`
	Epoch     string        `bson:"epoch"`
	Layout    int64         `bson:"layout"`
	CreatedAt bson.DateTime `bson:"created_at"`
}

func (m metaRecord) public() store.Meta {
	return store.Meta{Epoch: m.Epoch, Layout: layoutName(m.Layout), CreatedAt: timeOf(m.CreatedAt)}
}

func layoutName(packed int64) string {
	return fmt.Sprintf("%d.%d", packed/minorsPerMajor, packed%minorsPerMajor)
}

func newMeta(now time.Time) (metaRecord, error) {
	identity, err := uuid.NewRandom()
	if err != nil {
		return metaRecord{}, fmt.Errorf("make a store's id: %w", err)
	}
	epoch, err := uuid.NewRandom()
	if err != nil {
		return metaRecord{}, fmt.Errorf("make an epoch: %w", err)
	}
	return metaRecord{ID: metaID, Store: identity.String(), Epoch: epoch.String(), Layout: layout, CreatedAt: dateOf(now)}, nil
}

// Meta implements store.Engine.
func (e *Engine) Meta(ctx context.Context) (store.Meta, error) {
	found, err := e.readMeta(ctx)
	if err != nil {
		return store.Meta{}, fmt.Errorf("read meta: %w", err)
	}
	return found.public(), nil
}

// RenewEpoch implements store.Engine.
func (e *Engine) RenewEpoch(ctx context.Context) (store.Meta, error) {
	if e.isClosed() {
		return store.Meta{}, errClosed()
	}
	epoch, err := uuid.NewRandom()
	if err != nil {
		return store.Meta{}, fmt.Errorf("make an epoch: %w", err)
	}
	var result *mongo.UpdateResult
	err = e.write(ctx, func(ctx context.Context) (err error) {
		result, err = e.meta.UpdateOne(ctx, bson.D{{Key: keyID, Value: metaID}}, set(bson.D{{Key: "epoch", Value: epoch.String()}}))
		return err
	})
	if err == nil && result.MatchedCount == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Meta{}, fmt.Errorf("renew epoch: %w", err)
	}
	return e.Meta(ctx)
}

// readMeta reads the store's description. ErrNotFound when the database has none.
func (e *Engine) readMeta(ctx context.Context) (metaRecord, error) {
	var found metaRecord
	err := e.read(ctx, func(ctx context.Context) error {
		return e.meta.FindOne(ctx, bson.D{{Key: keyID, Value: metaID}}).Decode(&found)
	})
	return found, err
}
