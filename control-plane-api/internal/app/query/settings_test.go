package query_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestWhichSettingsHold(t *testing.T) {
	environment := settings.Defaults()
	environment.Timing.WorkerBootMinutes, environment.Idle.TimeoutMinutes = 7, 8
	kind := command.SettingsKind(environment)
	engine := storetest.New(t, kind.Stored().Collection, repo.ClaimsCollection(), journal.Collection())
	r := repo.New(kind, repo.Deps{Engine: engine, Now: func() time.Time { return apptest.Noon }})
	q := query.NewSettings(r, environment)
	ctx := apptest.As("ann")

	holds, err := q.Effective(ctx)
	require.NoError(t, err)
	require.Equal(t, environment, holds, "without a document the environment's values hold")

	document, err := settings.New(settings.Settings{Idle: &settings.Idle{TimeoutMinutes: 9}}, "ann", apptest.Noon)
	require.NoError(t, err)
	_, err = r.Create(ctx, document)
	require.NoError(t, err)
	holds, err = q.Effective(ctx)
	require.NoError(t, err)
	require.Equal(t, settings.Idle{TimeoutMinutes: 9}, holds.Idle, "what is stored comes first")
	require.InDelta(t, 7, holds.Timing.WorkerBootMinutes, 0, "then the environment")
	require.Equal(t, settings.Defaults().Monitoring, holds.Monitoring, "then the default")

	stored, err := engine.Get(ctx, kind.Collection, document.ID)
	require.NoError(t, err)
	model, _, err := kind.Stored().Project(stored)
	require.NoError(t, err)
	require.Contains(t, string(model), `"worker_boot_minutes":7`, "controllers are shown what holds")

	require.NoError(t, engine.Close())
	_, err = q.Effective(ctx)
	require.Equal(t, failure.Unavailable, failure.KindOf(err), "a store that does not answer is not an empty one")
}
