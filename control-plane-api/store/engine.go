package store

import (
	"context"
	"time"
)

// Engine keeps documents. It is safe for concurrent use, also by several processes on the same data. Each method acts on one document
// atomically, except DeleteMany, and there are no transactions over several: what spans documents is the caller's saga.
//
// An acknowledged write survives the death of the process; a read that begins after the acknowledgement sees it, in every process. The
// errors are listed at ErrNotFound and its neighbours; every method may also return ErrUnavailable, ErrInvalid or a context error.
// Callers declare the few methods they use as their own interface.
type Engine interface {
	// Insert adds a document. ErrExists when the id is taken (checked first), ErrUnique when the unique value is; ErrUnknown.
	Insert(ctx context.Context, collection string, d Document) error

	// Get reads the document with the id. ErrNotFound.
	Get(ctx context.Context, collection, id string) (Document, error)

	// GetBare is Get without Changes, Blob and Index, which can be large: for who only wants to know the state. What it gives must
	// not be written back.
	GetBare(ctx context.Context, collection, id string) (Document, error)

	// GetUnique reads the document with the unique value. ErrNotFound.
	GetUnique(ctx context.Context, collection, unique string) (Document, error)

	// Replace swaps the whole document d.ID for d if its stored version is still version; d.Version must be higher. Of concurrent
	// replacements of one version exactly one succeeds. CreatedAt is replaced like the rest; the relay marks are the higher of stored
	// and given. ErrStale, ErrNotFound, ErrUnique, ErrUnknown.
	Replace(ctx context.Context, collection string, d Document, version int64) error

	// Mark raises the relay marks and sets dirty, while the stored version is still version. A lower mark leaves the stored one. The
	// version stays. ErrStale (another change came first: harmless, it is dirty itself), ErrNotFound, ErrUnknown.
	Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error

	// Delete removes the document while its stored version is still version. ErrStale, ErrNotFound, ErrUnknown.
	Delete(ctx context.Context, collection, id string, version int64) error

	// DeleteMany removes at most limit (> 0) of the documents that match and says how many it removed. The order of q decides which; Skip,
	// Limit and After are ignored. A query without conditions is ErrInvalid. Meant for expiry sweeps, which run again: with an error the number is 0
	// though documents may be gone.
	DeleteMany(ctx context.Context, collection string, q Query, limit int) (int, error)

	// Find reads the documents that match, in order. Nothing found is an empty answer, not an error.
	Find(ctx context.Context, collection string, q Query) ([]Document, error)

	// Count counts the documents that match; Sort, Skip, Limit and After are ignored.
	Count(ctx context.Context, collection string, q Query) (int, error)

	// Meta describes the store's data.
	Meta(ctx context.Context) (Meta, error)

	// RenewEpoch gives the data a new epoch. To be called once after a backup was restored, before the API serves.
	RenewEpoch(ctx context.Context) (Meta, error)

	// Ping says whether the store answers and is still the store that was opened.
	Ping(ctx context.Context) error

	// Close waits for the write in progress and lets go of the data. Calls after it return ErrUnavailable. A second Close does nothing.
	Close() error
}

// Meta describes a store's data.
type Meta struct {
	// Epoch identifies this history of the data: a UUID made with the store and renewed after a restore.
	Epoch string
	// Layout is the version of the engine's own tables, "major.minor". A store of a newer major isn't opened.
	Layout string
	// CreatedAt is when the store was made.
	CreatedAt time.Time
}
