package query

import (
	"context"
	"maps"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
)

// Get answers the settings that hold, with the version of what is stored; 0 where nothing is.
func (s *Settings) Get(ctx context.Context) (api.SystemSettings, int64, error) {
	stored, meta, err := s.repo.Get(ctx, readmodel.SettingsID)
	if failure.Is(err, failure.NotFound) {
		return settingsDTO(s.environment), 0, nil
	}
	if err != nil {
		return api.SystemSettings{}, 0, err
	}
	dto := settingsDTO(stored.Over(s.environment))
	dto.UpdatedAt, dto.UpdatedBy = &stored.UpdatedAt, stored.UpdatedBy
	return dto, meta.Version, nil
}

func settingsDTO(e settings.Effective) api.SystemSettings {
	p, t := e.Provisioning, e.Timing
	return api.SystemSettings{
		WorkerProvisioning: api.ProvisioningSettings{
			AMINameDefault: p.AMINameDefault, AMIIDs: orEmptyMap(p.AMIIDs), AMINames: orEmptyMap(p.AMINames), InstanceType: p.InstanceType,
			SecurityGroupIDs: append([]string{}, p.SecurityGroupIDs...), SubnetID: p.SubnetID, MaxWorkersPerRegion: p.MaxWorkersPerRegion,
			AutoRegisterLicense: p.AutoRegisterLicense,
		},
		Monitoring:    api.MonitoringSettings{MetricsPollSeconds: e.Monitoring.MetricsPollSeconds},
		IdleDetection: api.IdleSettings{Enabled: e.Idle.Enabled, TimeoutMinutes: e.Idle.TimeoutMinutes, CheckIntervalSeconds: e.CheckSeconds()},
		Discovery:     e.Discovery,
		Audit:         api.AuditSettings{RetentionDays: e.Audit.RetentionDays},
		Timing: api.TimingSettings{
			WorkerBootMinutes: t.WorkerBootMinutes, InstantiationMinutes: t.InstantiationMinutes, TeardownMarginMinutes: t.TeardownMarginMinutes,
			MissedGraceMinutes: t.MissedGraceMinutes, GradingTimeoutMinutes: t.GradingTimeoutMinutes, ArchiveHoldMinutes: t.ArchiveHoldMinutes,
		},
	}
}

func orEmptyMap(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return maps.Clone(m)
}
