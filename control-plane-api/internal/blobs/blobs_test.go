package blobs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestABlobIsFoundByItsHash(t *testing.T) {
	engine := storetest.Faulty(storetest.New(t, blobs.Collection()), nil)
	b := blobs.New(engine, time.Now)
	engine.SetHook(storetest.OnCall(storetest.Insert, 1, storetest.Fault{Lose: store.ErrUnknown}))
	hash, err := b.Put(t.Context(), []byte("lab:\n"))
	require.NoError(t, err, "a lost answer is no matter")
	again, err := b.Put(t.Context(), []byte("lab:\n"))
	require.NoError(t, err)
	require.Equal(t, hash, again)
	content, err := b.Get(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, "lab:\n", string(content))
}

func TestBlobRefusals(t *testing.T) {
	engine := storetest.New(t, blobs.Collection())
	b := blobs.New(engine, time.Now)
	_, err := b.Put(t.Context(), make([]byte, blobs.MaxSize+1))
	require.True(t, failure.Is(err, failure.TooLarge))
	_, err = b.Put(t.Context(), make([]byte, blobs.MaxSize))
	require.NoError(t, err)
	_, err = b.Get(t.Context(), blobs.Hash([]byte("none")))
	require.Equal(t, "blob_not_found", failure.CodeOf(err))

	hash := blobs.Hash([]byte("true"))
	require.NoError(t, engine.Insert(t.Context(), blobs.Name, store.Document{ID: hash, Version: 1, Blob: []byte("false")}))
	_, err = b.Get(t.Context(), hash)
	require.Equal(t, "blob_damaged", failure.CodeOf(err))
}

func TestASweepTakesOldBlobsThatNothingRefersTo(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	b := blobs.New(storetest.New(t, blobs.Collection()), func() time.Time { return now })
	put := func(text string) string {
		hash, err := b.Put(t.Context(), []byte(text))
		require.NoError(t, err)
		return hash
	}
	used, unused, again := put("used"), put("unused"), put("again")
	now = now.Add(31 * 24 * time.Hour)
	put("again")
	fresh := put("fresh")
	removed, err := b.Sweep(t.Context(), func(hash string) bool { return hash == used })
	require.NoError(t, err)
	require.Equal(t, 1, removed)
	for _, hash := range []string{used, again, fresh} {
		_, err := b.Get(t.Context(), hash)
		require.NoError(t, err)
	}
	_, err = b.Get(t.Context(), unused)
	require.True(t, failure.Is(err, failure.NotFound))
}
