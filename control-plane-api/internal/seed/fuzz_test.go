package seed

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/memstore"
)

// FuzzFiles seeds any file as each kind: it makes one thing, or none and says why. A second time it makes nothing.
func FuzzFiles(f *testing.F) {
	for _, seed := range []string{
		"timing: {grading_timeout_minutes: 3}\naudit: {retention_days: 90}\n", "audit: {retention_days: 1}\n", "id: x\nunknown: 1\n",
		"name: ccna\nversion: 1.0.0\nform_qualified_name: Exam Associate CCNA v1.1 LAB 1.3a\n", "name: a\nversion: 1\ntopology_yaml: 'lab: {}'\n",
		"a: &a [*a]\n", "a: &a {b: 1}\nc: {<<: *a}\n", "--- \n---\n", "\t", "- 1\n", "!!binary x\n", "name: [", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
		kind := command.SettingsKind(settings.Defaults())
		collections := []store.Collection{
			kind.Stored().Collection, command.DefinitionKind().Stored().Collection, repo.ClaimsCollection(), journal.Collection(), blobs.Collection(),
		}
		data, err := memstore.NewData(collections...)
		require.NoError(t, err)
		engine := data.Open()
		definitions := repo.New(command.DefinitionKind(), repo.Deps{Engine: engine, Now: now})
		for _, s := range []Seeder{
			Settings{Repo: repo.New(kind, repo.Deps{Engine: engine, Now: now}), Now: now},
			Definitions{Commands: command.NewDefinitions(definitions, blobs.New(engine, now), now)},
		} {
			made, err := s.Seed(t.Context(), file)
			require.False(t, failure.Is(err, failure.Unavailable), "a bad file is no outage: %v", err)
			if err != nil {
				require.False(t, made)
				continue
			}
			require.True(t, made, "the store was empty")
			made, err = s.Seed(t.Context(), file)
			require.NoError(t, err)
			require.False(t, made)
		}
	})
}
