package service_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
)

func TestARestoredStoreGetsANewEpoch(t *testing.T) {
	url := sqlite.URL(filepath.Join(t.TempDir(), "lcm.db"))
	settings, err := config.Load[service.Config](environ(map[string]string{"DATABASE_URL": url}))
	require.NoError(t, err)
	epoch := func() string {
		engine, err := store.Open(t.Context(), url, service.Collections(), sqlite.Driver())
		require.NoError(t, err)
		defer func() { require.NoError(t, engine.Close()) }()
		meta, err := engine.Meta(t.Context())
		require.NoError(t, err)
		return meta.Epoch
	}
	before := epoch()
	var out bytes.Buffer
	require.NoError(t, service.Restored(t.Context(), settings, &out))
	require.NotEqual(t, before, epoch())
	require.Contains(t, out.String(), epoch())
}
