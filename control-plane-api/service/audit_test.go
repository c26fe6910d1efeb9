package service

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// The setting of the moment says how long the audit log is kept; the environment says so until there is one.
func TestTheAuditLogIsKeptAsLongAsTheSettingsSay(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	environment := Settings{AuditDays: 200}.effective()
	engine := storetest.New(t, Collections()...)
	settings := repo.New(command.SettingsKind(environment), repo.Deps{Engine: engine, Now: clock})
	p := &parts{engine: engine, now: clock, log: slog.New(slog.DiscardHandler)}
	p.commands.settings = query.NewSettings(settings, environment)
	update := func(days int) error {
		_, err := command.NewSystemSettings(settings, environment, clock).Update(t.Context(), api.UpdateSettingsBody{Audit: &api.AuditPatch{RetentionDays: &days}})
		return err
	}
	log := journal.New(engine, false)
	for days, id := range map[int]string{80: "fresh", 100: "half a year", 250: "old"} {
		raw, err := json.Marshal(journal.Change{Version: 1, By: "ann", At: now.AddDate(0, 0, -days)})
		require.NoError(t, err)
		require.NoError(t, log.Append(t.Context(), readmodel.KindWorker, id, raw))
	}
	left := func() (ids []string) {
		require.NoError(t, p.trimAudit(t.Context()))
		for _, id := range []string{"fresh", "half a year", "old"} {
			if _, found, err := log.Get(t.Context(), readmodel.KindWorker, id, 1); err == nil && found {
				ids = append(ids, id)
			}
		}
		return ids
	}
	require.Equal(t, []string{"fresh", "half a year"}, left(), "the environment's 200 days")
	for _, days := range []int{0, 89, 366} {
		require.Equal(t, "bad_settings", failure.CodeOf(update(days)), "%d", days)
	}
	require.Equal(t, []string{"fresh", "half a year"}, left())
	require.NoError(t, update(90))
	require.Equal(t, []string{"fresh"}, left(), "without a restart")

	require.NoError(t, engine.Close())
	require.Error(t, p.trimAudit(t.Context()), "who cannot read the setting removes nothing")
}
