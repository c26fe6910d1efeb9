package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
)

// New opens an empty SQLite store that lives as long as the test. Its writes aren't flushed to disk, which no test of a caller can notice.
func New(t testing.TB, collections ...store.Collection) store.Engine {
	t.Helper()
	url := sqlite.URL(filepath.Join(t.TempDir(), "store.db")) + "?synchronous=off"
	engine, err := store.Open(context.Background(), url, collections, sqlite.Driver())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close()) })
	return engine
}
