package storetest

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Insert implements store.Engine.
func (f *FaultyEngine) Insert(ctx context.Context, collection string, d store.Document) error {
	return f.pass(ctx, Call{Op: Insert, Collection: collection, ID: d.ID, Document: d}, func() error {
		return f.engine.Insert(ctx, collection, d)
	})
}

// Get implements store.Engine.
func (f *FaultyEngine) Get(ctx context.Context, collection, id string) (store.Document, error) {
	return answer(ctx, f, Call{Op: Get, Collection: collection, ID: id}, func() (store.Document, error) {
		return f.engine.Get(ctx, collection, id)
	})
}

// GetBare implements store.Engine. To a hook it is a Get.
func (f *FaultyEngine) GetBare(ctx context.Context, collection, id string) (store.Document, error) {
	return answer(ctx, f, Call{Op: Get, Collection: collection, ID: id}, func() (store.Document, error) {
		return f.engine.GetBare(ctx, collection, id)
	})
}

// GetUnique implements store.Engine.
func (f *FaultyEngine) GetUnique(ctx context.Context, collection, unique string) (store.Document, error) {
	return answer(ctx, f, Call{Op: GetUnique, Collection: collection}, func() (store.Document, error) {
		return f.engine.GetUnique(ctx, collection, unique)
	})
}

// Replace implements store.Engine.
func (f *FaultyEngine) Replace(ctx context.Context, collection string, d store.Document, version int64) error {
	return f.pass(ctx, Call{Op: Replace, Collection: collection, ID: d.ID, Document: d}, func() error {
		return f.engine.Replace(ctx, collection, d, version)
	})
}

// Mark implements store.Engine.
func (f *FaultyEngine) Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error {
	return f.pass(ctx, Call{Op: Mark, Collection: collection, ID: id}, func() error {
		return f.engine.Mark(ctx, collection, id, version, journaled, projected, dirty)
	})
}

// Delete implements store.Engine.
func (f *FaultyEngine) Delete(ctx context.Context, collection, id string, version int64) error {
	return f.pass(ctx, Call{Op: Delete, Collection: collection, ID: id}, func() error {
		return f.engine.Delete(ctx, collection, id, version)
	})
}

// DeleteMany implements store.Engine.
func (f *FaultyEngine) DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error) {
	return answer(ctx, f, Call{Op: DeleteMany, Collection: collection}, func() (int, error) {
		return f.engine.DeleteMany(ctx, collection, q, limit)
	})
}

// Find implements store.Engine.
func (f *FaultyEngine) Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error) {
	return answer(ctx, f, Call{Op: Find, Collection: collection}, func() ([]store.Document, error) {
		return f.engine.Find(ctx, collection, q)
	})
}

// Count implements store.Engine.
func (f *FaultyEngine) Count(ctx context.Context, collection string, q store.Query) (int, error) {
	return answer(ctx, f, Call{Op: Count, Collection: collection}, func() (int, error) {
		return f.engine.Count(ctx, collection, q)
	})
}

// Meta implements store.Engine.
func (f *FaultyEngine) Meta(ctx context.Context) (store.Meta, error) {
	return answer(ctx, f, Call{Op: GetMeta}, func() (store.Meta, error) { return f.engine.Meta(ctx) })
}

// RenewEpoch implements store.Engine.
func (f *FaultyEngine) RenewEpoch(ctx context.Context) (store.Meta, error) {
	return answer(ctx, f, Call{Op: RenewEpoch}, func() (store.Meta, error) { return f.engine.RenewEpoch(ctx) })
}

// Ping implements store.Engine.
func (f *FaultyEngine) Ping(ctx context.Context) error {
	return f.pass(ctx, Call{Op: Ping}, func() error { return f.engine.Ping(ctx) })
}

// Close closes the wrapped engine, without the hook.
func (f *FaultyEngine) Close() error { return f.engine.Close() }

// answer is pass for calls that return a value. A failed or lost call returns the zero value.
func answer[T any](ctx context.Context, f *FaultyEngine, call Call, do func() (T, error)) (T, error) {
	var got T
	err := f.pass(ctx, call, func() (err error) {
		got, err = do()
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return got, nil
}
