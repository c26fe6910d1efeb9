package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
)

// Opener opens an empty store that lives as long as the test: New or Durable.
type Opener func(t testing.TB, collections ...store.Collection) store.Engine

// Durable opens an empty SQLite store that flushes its writes as in production: for benchmarks.
func Durable(t testing.TB, collections ...store.Collection) store.Engine {
	t.Helper()
	engine, err := store.Open(context.Background(), sqlite.URL(filepath.Join(t.TempDir(), "store.db")), collections, sqlite.Driver())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close()) })
	return engine
}
