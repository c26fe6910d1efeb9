package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Checkpoints is the collection of where the chains begin whose first entries have been removed.
const Checkpoints = "journal_checkpoints"

// CheckpointCollection declares the checkpoints.
func CheckpointCollection() store.Collection { return store.Collection{Name: Checkpoints} }

// checkpoint is the last entry that retention removed: the next one carries its hash.
type checkpoint struct {
	Version int64     `json:"version"`
	Hash    string    `json:"hash"`
	At      time.Time `json:"at"`
}

// checkpoint reads that of an aggregate; the zero one stands for the beginning of all.
func (j *Journal) checkpoint(ctx context.Context, kind readmodel.Kind, id string) (checkpoint, error) {
	c, _, err := readCheckpoint(ctx, j.engine, aggregate(kind, id))
	return c, err
}

type getter interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
}

func readCheckpoint(ctx context.Context, engine getter, name string) (checkpoint, store.Document, error) {
	d, err := engine.Get(ctx, Checkpoints, name)
	if errors.Is(err, store.ErrNotFound) {
		return checkpoint{}, store.Document{}, nil
	}
	if err != nil {
		return checkpoint{}, d, fmt.Errorf("journal checkpoint: %w", err)
	}
	var c checkpoint
	if err := json.Unmarshal(d.State, &c); err != nil {
		return c, d, fmt.Errorf("journal checkpoint of %s: %w", name, err)
	}
	return c, d, nil
}
