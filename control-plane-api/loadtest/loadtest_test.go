package loadtest_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/loadtest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
)

func TestFill(t *testing.T) {
	url := sqlite.URL(filepath.Join(t.TempDir(), "store.db"))
	open := func() store.Engine {
		engine, err := store.Open(t.Context(), url, service.Collections(), sqlite.Driver())
		require.NoError(t, err)
		return engine
	}
	engine := open()
	d := &definition.Definition{Name: "lab", Version: "1.0.0", Status: lifecycle.DefinitionActive, MaxDurationMinutes: 60}
	d.Raise("test.created.v1", nil)
	_, err := repo.New(command.DefinitionKind(), repo.Deps{Engine: engine}).Create(t.Context(), d)
	require.NoError(t, err)
	require.NoError(t, engine.Close())

	require.NoError(t, loadtest.Fill(t.Context(), loadtest.Options{Store: url, DefinitionID: d.ID, OwnerID: "ann", Instances: 50, Waiting: 5}))
	engine = open()
	defer func() { require.NoError(t, engine.Close()) }()
	for status, want := range map[lifecycle.InstanceStatus]int{lifecycle.InstancePending: 5, lifecycle.InstanceTerminated: 45} {
		n, err := engine.Count(t.Context(), "lablet_instances", store.Query{Equal: map[string][]string{"status": {string(status)}}})
		require.NoError(t, err)
		require.Equal(t, want, n, status)
	}
	dirty := true
	left, err := engine.Count(t.Context(), "lablet_instances", store.Query{Dirty: &dirty})
	require.NoError(t, err)
	require.Equal(t, 50, left, "the API carries them on")

	require.Error(t, loadtest.Fill(t.Context(), loadtest.Options{Store: url, DefinitionID: "none", OwnerID: "ann", Instances: 1}))
}
