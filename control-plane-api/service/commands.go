package service

import (
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/licenses"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/process"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seal"
)

// commands are the use cases that change something.
type commands struct {
	settings    *query.Settings
	definitions *command.Definitions
	all         *command.Commands
}

func (p *parts) buildCommands() error {
	meter, err := newMeter(p.registry)
	if err != nil {
		return err
	}
	p.commands.settings = query.NewSettings(p.repos.settings, p.config.Settings.effective())
	deps := command.Deps{
		Workers: p.repos.workers, Instances: p.repos.instances, Definitions: p.repos.definitions, Templates: p.repos.templates,
		Settings: p.commands.settings, LabRecords: p.repos.labRecords, Blobs: p.blobs, Tasks: p.repos.tasks, Samples: p.samples, Meter: meter, Region: p.config.Settings.Region, Ports: resource.PortRange(p.config.Settings.Ports), Now: p.now, Log: p.log.With("part", "commands"),
	}
	if p.config.LicensesFile != "" {
		if deps.Licenses, err = licenses.Read(p.config.LicensesFile); err != nil {
			return err
		}
	}
	if !p.config.SecretKey.IsZero() {
		if deps.Sealer, err = seal.New(p.config.SecretKey); err != nil {
			return err
		}
	}
	p.commands.all = command.New(deps)
	p.commands.definitions = command.NewDefinitions(p.repos.definitions, p.blobs, p.now).Notifying(p.config.Owners.rules(), deps.Sealer)
	p.processes = process.New(process.Deps{
		Workers: p.repos.workers, Instances: p.repos.instances, Tasks: p.repos.tasks, Commands: p.commands.all, Settings: p.commands.settings,
		Expiring: p.engine, Now: p.now, Log: p.log.With("part", "processes"),
	})
	return nil
}

// effective lays the environment over the defaults.
func (s Settings) effective() settings.Effective {
	e := settings.Defaults()
	e.Provisioning.MaxWorkersPerRegion = s.MaxWorkersPerRegion
	e.Monitoring.MetricsPollSeconds = s.MetricsPollSeconds
	e.Idle.Enabled, e.Idle.TimeoutMinutes = s.IdleEnabled, s.IdleMinutes
	e.Audit.RetentionDays = s.AuditDays
	e.Activity = s.Activity.over(e.Activity)
	e.Provisioning = s.Images.over(e.Provisioning)
	e.Discovery.Regions = s.DiscoveryRegions
	if len(e.Discovery.Regions) == 0 {
		e.Discovery.Regions = []string{s.Region}
	}
	if s.AMINamePattern != "" {
		e.Discovery.AMINamePattern = s.AMINamePattern
	}
	return e
}
