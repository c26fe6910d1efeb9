// Package blobs keeps bytes that are too large for an aggregate, such as a lab's topology, under the hash of themselves. A
// blob is written before what refers to it and never changes.
package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// Name is the collection of the blobs.
	Name = "blobs"
	// MaxSize is the most bytes of a blob.
	MaxSize = 4 << 20
	// KeptFor is how long a blob that nothing refers to is kept.
	KeptFor = 30 * 24 * time.Hour
	// refresh is the age from which putting a blob again makes it young.
	refresh = 24 * time.Hour
)

// Collection declares Name.
func Collection() store.Collection { return store.Collection{Name: Name} }

// Engine is the part of a store that keeps blobs.
type Engine interface {
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Insert(ctx context.Context, collection string, d store.Document) error
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
	Delete(ctx context.Context, collection, id string, version int64) error
	Find(ctx context.Context, collection string, q store.Query) ([]store.Document, error)
}

// Blobs puts and gets blobs. It is safe for concurrent use.
type Blobs struct {
	engine Engine
	now    func() time.Time
}

// New makes the keeper of blobs.
func New(engine Engine, now func() time.Time) *Blobs { return &Blobs{engine: engine, now: now} }

// Hash is the key of bytes: their SHA-256 in hex.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Put keeps bytes and tells their hash. Putting the same again is harmless. failure.TooLarge above MaxSize.
func (b *Blobs) Put(ctx context.Context, content []byte) (hash string, err error) {
	if len(content) > MaxSize {
		return "", failure.New(failure.TooLarge, "blob_too_large", "%d bytes are more than %d", len(content), MaxSize)
	}
	hash, at := Hash(content), b.now().UTC().Truncate(time.Millisecond)
	d := store.Document{ID: hash, Schema: 1, Version: 1, Blob: content, CreatedAt: at, UpdatedAt: at}
	for range 3 {
		err = b.engine.Insert(ctx, Name, d)
		if err == nil {
			return hash, nil
		}
		if errors.Is(err, store.ErrExists) {
			err = b.keepYoung(ctx, d)
		}
		if err == nil || !errors.Is(err, store.ErrUnknown) && !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrNotFound) {
			break
		}
	}
	if err != nil {
		return "", down(err)
	}
	return hash, nil
}

// keepYoung makes sure that a blob which is put again is not about to be removed.
func (b *Blobs) keepYoung(ctx context.Context, d store.Document) error {
	there, err := b.engine.Get(ctx, Name, d.ID)
	if err != nil || d.UpdatedAt.Sub(there.UpdatedAt) < refresh {
		return err
	}
	version := there.Version
	there.Version, there.UpdatedAt = version+1, d.UpdatedAt
	return b.engine.Replace(ctx, Name, there, version)
}

// Get reads a blob. failure.NotFound "blob_not_found"; failure.Internal "blob_damaged" when its bytes are not those that
// were put.
func (b *Blobs) Get(ctx context.Context, hash string) ([]byte, error) {
	d, err := b.engine.Get(ctx, Name, hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, failure.New(failure.NotFound, "blob_not_found", "there is no blob %s", hash)
	}
	if err != nil {
		return nil, down(err)
	}
	if Hash(d.Blob) != hash {
		return nil, failure.New(failure.Internal, "blob_damaged", "blob %s is damaged", hash)
	}
	return d.Blob, nil
}

// Sweep removes blobs that are older than KeptFor and that referenced does not know, and tells how many.
func (b *Blobs) Sweep(ctx context.Context, referenced func(hash string) bool) (removed int, err error) {
	before := b.now().Add(-KeptFor)
	err = store.Walk(ctx, b.engine, Name, store.Query{Bare: true}, 200, func(d store.Document) error {
		if !d.UpdatedAt.Before(before) || referenced(d.ID) {
			return nil
		}
		switch err := b.engine.Delete(ctx, Name, d.ID, d.Version); {
		case err == nil:
			removed++
		case !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrNotFound):
			return err
		}
		return nil
	})
	if err != nil {
		return removed, down(err)
	}
	return removed, nil
}

func down(err error) error {
	return failure.Wrap(err, failure.Unavailable, "store_unavailable", "the store does not answer; try again")
}
