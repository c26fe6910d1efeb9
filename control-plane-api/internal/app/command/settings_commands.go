package command

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

// SystemSettings holds the commands on the settings.
type SystemSettings struct {
	repo        *repo.Repo[settings.Settings]
	environment settings.Effective
	clock       func() time.Time
}

// NewSystemSettings makes them; environment is what holds where nothing is stored.
func NewSystemSettings(r *repo.Repo[settings.Settings], environment settings.Effective, now func() time.Time) *SystemSettings {
	return &SystemSettings{repo: r, environment: environment, clock: now}
}

// Update changes fields of the settings (bad_settings). The document is made where seeding has not made it yet.
func (c *SystemSettings) Update(ctx context.Context, b api.UpdateSettingsBody) (repo.Meta, error) {
	if err := checkPatch(b); err != nil {
		return repo.Meta{}, err
	}
	now := c.clock().UTC().Truncate(time.Millisecond)
	act := parts.Act{By: call.From(ctx).Actor, At: now}
	apply := func(s *settings.Settings) error { return s.Update(patchOf(b), c.environment, act) }
	_, meta, err := c.repo.Update(ctx, readmodel.SettingsID, apply)
	if !failure.Is(err, failure.NotFound) {
		return meta, err
	}
	made, err := settings.New(settings.Settings{}, call.Self, now)
	if err != nil {
		return repo.Meta{}, err
	}
	if _, err := c.repo.Create(unkeyed(ctx), made); err != nil && failure.CodeOf(err) != "settings_exists" {
		return repo.Meta{}, err
	}
	_, meta, err = c.repo.Update(ctx, readmodel.SettingsID, apply)
	return meta, err
}

// checkPatch refuses names that cannot be of AWS; whether AWS has them is AWS's to say.
func checkPatch(b api.UpdateSettingsBody) error {
	if b.Discovery != nil && b.Discovery.Regions != nil {
		for _, region := range *b.Discovery.Regions {
			if !settings.IsRegion(region) {
				return failure.New(failure.Invalid, "bad_settings", "discovery: %q is no AWS region, such as us-east-1.", region)
			}
		}
	}
	if p := b.WorkerProvisioning; p != nil && p.InstanceType != nil && *p.InstanceType != "" {
		if err := template.CheckInstanceType(*p.InstanceType); err != nil {
			return failure.Wrap(err, failure.Invalid, "bad_settings", "worker_provisioning: %q is no EC2 instance type.", *p.InstanceType)
		}
	}
	return nil
}

func patchOf(b api.UpdateSettingsBody) settings.Patch {
	var p settings.Patch
	if g := b.WorkerProvisioning; g != nil {
		p.Provisioning = func(s *settings.Provisioning) { patchProvisioning(s, g) }
	}
	if g := b.Monitoring; g != nil {
		p.Monitoring = func(s *settings.Monitoring) { put(&s.MetricsPollSeconds, g.MetricsPollSeconds) }
	}
	if g := b.IdleDetection; g != nil {
		p.Idle = func(s *settings.Idle) {
			put(&s.Enabled, g.Enabled)
			put(&s.TimeoutMinutes, g.TimeoutMinutes)
			put(&s.CheckIntervalSeconds, g.CheckIntervalSeconds)
		}
	}
	if g := b.Discovery; g != nil {
		p.Discovery = func(s *readmodel.Discovery) { patchDiscovery(s, g) }
	}
	if g := b.Timing; g != nil {
		p.Timing = func(s *settings.Timing) { patchTiming(s, g) }
	}
	if g := b.Audit; g != nil {
		p.Audit = func(s *settings.Audit) { put(&s.RetentionDays, g.RetentionDays) }
	}
	return p
}

// Lists and maps are copied: the patch runs again when another writer came first.
func patchProvisioning(s *settings.Provisioning, g *api.ProvisioningPatch) {
	put(&s.AMINameDefault, g.AMINameDefault)
	put(&s.InstanceType, g.InstanceType)
	put(&s.SubnetID, g.SubnetID)
	put(&s.MaxWorkersPerRegion, g.MaxWorkersPerRegion)
	put(&s.AutoRegisterLicense, g.AutoRegisterLicense)
	if g.AMIIDs != nil {
		s.AMIIDs = maps.Clone(*g.AMIIDs)
	}
	if g.AMINames != nil {
		s.AMINames = maps.Clone(*g.AMINames)
	}
	if g.SecurityGroupIDs != nil {
		s.SecurityGroupIDs = slices.Clone(*g.SecurityGroupIDs)
	}
}

func patchDiscovery(s *readmodel.Discovery, g *api.DiscoveryPatch) {
	put(&s.Enabled, g.Enabled)
	put(&s.AMINamePattern, g.AMINamePattern)
	put(&s.ScanIntervalSeconds, g.ScanIntervalSeconds)
	if g.Regions != nil {
		s.Regions = slices.Clone(*g.Regions)
	}
}

func patchTiming(s *settings.Timing, g *api.TimingPatch) {
	put(&s.WorkerBootMinutes, g.WorkerBootMinutes)
	put(&s.InstantiationMinutes, g.InstantiationMinutes)
	put(&s.TeardownMarginMinutes, g.TeardownMarginMinutes)
	put(&s.MissedGraceMinutes, g.MissedGraceMinutes)
	put(&s.GradingTimeoutMinutes, g.GradingTimeoutMinutes)
	put(&s.ArchiveHoldMinutes, g.ArchiveHoldMinutes)
}

func put[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
