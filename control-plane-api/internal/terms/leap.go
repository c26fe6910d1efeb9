package terms

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// leap is more terms than a service is given between a backup and its restoration.
const leap = 1_000_000

// LeapEngine is the part of a store that Leap uses.
type LeapEngine interface {
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
}

// Leap raises all counters after a backup was restored. A leader may still hold a term that was issued after the backup; the
// restored counter must not come to that number a second time.
func Leap(ctx context.Context, engine LeapEngine) error {
	counters, err := engine.Find(ctx, Name, store.Query{})
	if err != nil {
		return storeDown(err)
	}
	for _, d := range counters {
		version := d.Version
		d.Version += leap
		if err := engine.Replace(ctx, Name, d, version); err != nil {
			return fmt.Errorf("term of %s: %w", d.ID, storeDown(err))
		}
	}
	return nil
}
