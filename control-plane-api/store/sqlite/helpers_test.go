package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// openWith opens a store whose collection "things" has the fields. It is closed with the test.
func openWith(t *testing.T, url string, fields ...string) (*Engine, error) {
	catalog, err := store.NewCatalog([]store.Collection{{Name: "things", Fields: fields}})
	if err != nil {
		return nil, err
	}
	e, err := open(t.Context(), url, catalog)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, nil
}

func openAt(t *testing.T, url string) *Engine {
	t.Helper()
	e, err := openWith(t, url, "color")
	require.NoError(t, err)
	return e
}

func newEngine(t *testing.T, options string) *Engine {
	t.Helper()
	return openAt(t, URL(filepath.Join(t.TempDir(), "store.db"))+options)
}
