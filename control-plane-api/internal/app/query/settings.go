package query

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
)

// Settings answers the settings that hold: the stored ones over the environment's over the defaults.
type Settings struct {
	repo        *repo.Repo[settings.Settings]
	environment settings.Effective
}

// NewSettings makes it.
func NewSettings(r *repo.Repo[settings.Settings], environment settings.Effective) *Settings {
	return &Settings{repo: r, environment: environment}
}

// Effective answers what holds now.
func (s *Settings) Effective(ctx context.Context) (settings.Effective, error) {
	stored, _, err := s.repo.Get(ctx, readmodel.SettingsID)
	if failure.Is(err, failure.NotFound) {
		return s.environment, nil
	}
	if err != nil {
		return settings.Effective{}, err
	}
	return stored.Over(s.environment), nil
}
