package seed

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
)

// Settings seeds the system settings. Without a file the document is made empty, so that what holds is projected.
type Settings struct {
	Repo *repo.Repo[settings.Settings]
	Now  func() time.Time
}

type settingsFile struct {
	ID           string                 `yaml:"id"`
	Provisioning *settings.Provisioning `yaml:"worker_provisioning"`
	Monitoring   *settings.Monitoring   `yaml:"monitoring"`
	Idle         *settings.Idle         `yaml:"idle_detection"`
	Timing       *settings.Timing       `yaml:"timing"`
	Audit        *settings.Audit        `yaml:"audit"`
	Discovery    *struct {
		Enabled             bool     `yaml:"enabled"`
		Regions             []string `yaml:"regions"`
		AMINamePattern      string   `yaml:"ami_name_pattern"`
		ScanIntervalSeconds int      `yaml:"scan_interval_seconds"`
	} `yaml:"discovery"`
}

// Folder implements Seeder.
func (Settings) Folder() string { return "system_settings" }

// Seed implements Seeder.
func (s Settings) Seed(ctx context.Context, file []byte) (bool, error) {
	var f settingsFile
	if err := decode(file, &f); err != nil {
		return false, err
	}
	draft := settings.Settings{Provisioning: f.Provisioning, Monitoring: f.Monitoring, Idle: f.Idle, Timing: f.Timing, Audit: f.Audit}
	if d := f.Discovery; d != nil {
		draft.Discovery = &readmodel.Discovery{
			Enabled: d.Enabled, Regions: d.Regions, AMINamePattern: d.AMINamePattern, ScanIntervalSeconds: d.ScanIntervalSeconds,
		}
	}
	return s.create(ctx, draft)
}

// Default makes the settings document where no file did.
func (s Settings) Default(ctx context.Context) error {
	_, err := s.create(ctx, settings.Settings{})
	return err
}

func (s Settings) create(ctx context.Context, draft settings.Settings) (bool, error) {
	made, err := settings.New(draft, call.From(ctx).Actor, s.Now())
	if err != nil {
		return false, err
	}
	_, err = s.Repo.Create(ctx, made)
	return created(err)
}
