// Package settings is the aggregate of the system settings: one document, read by all services.
package settings

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
)

// Settings is the state. A group that is nil was never set: the environment's value or the default holds.
type Settings struct {
	aggregate.Root

	Provisioning *Provisioning        `json:"worker_provisioning,omitempty"`
	Monitoring   *Monitoring          `json:"monitoring,omitempty"`
	Idle         *Idle                `json:"idle_detection,omitempty"`
	Discovery    *readmodel.Discovery `json:"discovery,omitempty"`
	Timing       *Timing              `json:"timing,omitempty"`
	Audit        *Audit               `json:"audit,omitempty"`
	UpdatedAt    time.Time            `json:"updated_at"`
	UpdatedBy    string               `json:"updated_by"`
}

// Provisioning limits and shapes what is launched.
type Provisioning struct {
	MaxWorkersPerRegion int  `json:"max_workers_per_region" yaml:"max_workers_per_region"`
	AutoRegisterLicense bool `json:"auto_register_license" yaml:"auto_register_license"`
	// AMINameDefault is the name pattern of the image where neither AMIIDs nor AMINames has one for the region. Their keys
	// are checked names of regions.
	AMINameDefault string            `json:"ami_name_default,omitempty" yaml:"ami_name_default"`
	AMIIDs         map[string]string `json:"ami_ids,omitempty" yaml:"ami_ids"`
	AMINames       map[string]string `json:"ami_names,omitempty" yaml:"ami_names"`
	InstanceType   string            `json:"instance_type,omitempty" yaml:"instance_type"`
	// SecurityGroupIDs and SubnetID come before worker-controller's own.
	SecurityGroupIDs []string `json:"security_group_ids,omitempty" yaml:"security_group_ids"`
	SubnetID         string   `json:"subnet_id,omitempty" yaml:"subnet_id"`
}

// Monitoring says how often figures are read.
type Monitoring struct {
	MetricsPollSeconds int `json:"worker_metrics_poll_interval_seconds" yaml:"worker_metrics_poll_interval_seconds"`
}

// Idle says when a worker counts as idle.
type Idle struct {
	Enabled        bool `json:"enabled" yaml:"enabled"`
	TimeoutMinutes int  `json:"timeout_minutes" yaml:"timeout_minutes"`
	// CheckIntervalSeconds is the time between two checks; 0 leaves it to the environment.
	CheckIntervalSeconds int `json:"check_interval_seconds,omitempty" yaml:"check_interval_seconds"`
}

// Timing says how long things take, in minutes; fractions are taken, so that tests may use slots of seconds.
type Timing struct {
	WorkerBootMinutes     float64 `json:"worker_boot_minutes" yaml:"worker_boot_minutes"`
	InstantiationMinutes  float64 `json:"instantiation_minutes" yaml:"instantiation_minutes"`
	TeardownMarginMinutes float64 `json:"teardown_margin_minutes" yaml:"teardown_margin_minutes"`
	MissedGraceMinutes    float64 `json:"missed_grace_minutes" yaml:"missed_grace_minutes"`
	GradingTimeoutMinutes float64 `json:"grading_timeout_minutes" yaml:"grading_timeout_minutes"`
	ArchiveHoldMinutes    float64 `json:"archive_hold_minutes" yaml:"archive_hold_minutes"`
}

// Audit says how long the audit log is kept.
type Audit struct {
	RetentionDays int `json:"retention_days" yaml:"retention_days"`
}

// The bounds of Audit.RetentionDays.
const (
	// LeastRetentionDays is what regulations ask for.
	LeastRetentionDays = 90
	// MostRetentionDays is what a store should have to hold.
	MostRetentionDays = 365
)

// Effective is the settings with every group filled: what holds now.
type Effective struct {
	Provisioning Provisioning
	Monitoring   Monitoring
	Idle         Idle
	Discovery    readmodel.Discovery
	Timing       Timing
	Audit        Audit
	// Activity is the environment's alone.
	Activity Activity
}

// Defaults are the values that hold where neither settings nor environment say otherwise.
func Defaults() Effective {
	return Effective{
		Provisioning: Provisioning{MaxWorkersPerRegion: 10, AutoRegisterLicense: true},
		Monitoring:   Monitoring{MetricsPollSeconds: 300},
		Idle:         Idle{Enabled: true, TimeoutMinutes: 60},
		Discovery:    readmodel.Discovery{Enabled: true, Regions: []string{"us-east-1"}, AMINamePattern: "cisco-cml2.9*", ScanIntervalSeconds: 300},
		Activity:     defaultActivity(),
		Audit:        Audit{RetentionDays: MostRetentionDays},
		Timing: Timing{
			WorkerBootMinutes: 20, InstantiationMinutes: 15, TeardownMarginMinutes: 5, MissedGraceMinutes: 5, GradingTimeoutMinutes: 30,
		},
	}
}

// Over lays the settings over what the environment gave.
func (s *Settings) Over(environment Effective) Effective {
	e := environment
	if s == nil {
		return e
	}
	if s.Provisioning != nil {
		e.Provisioning = *s.Provisioning
	}
	if s.Monitoring != nil {
		e.Monitoring = *s.Monitoring
	}
	if s.Idle != nil {
		e.Idle = *s.Idle
	}
	if s.Discovery != nil {
		e.Discovery = *s.Discovery
	}
	if s.Timing != nil {
		e.Timing = *s.Timing
	}
	if s.Audit != nil {
		e.Audit = *s.Audit
	}
	return e
}

// New makes the settings document. A group that is given is given whole: what is missing in it counts as 0. Code:
// bad_settings.
func New(draft Settings, by string, now time.Time) (*Settings, error) {
	s := draft
	if err := s.check(); err != nil {
		return nil, err
	}
	s.ID, s.UpdatedBy, s.UpdatedAt = readmodel.SettingsID, by, now
	s.Raise("system_settings.created.v1", map[string]any{"aggregate_id": s.ID, "created_by": by, "created_at": now})
	return &s, nil
}

// Model is the settings' read model.
func (e Effective) Model(id string, version, generation int64) readmodel.Settings {
	return readmodel.Settings{
		ID: id, Version: version, Generation: generation, Discovery: e.Discovery, MetricsPollSeconds: e.Monitoring.MetricsPollSeconds,
		WorkerBootMinutes: e.Timing.WorkerBootMinutes, InstantiationMinutes: e.Timing.InstantiationMinutes,
		TeardownMarginMinutes: e.Timing.TeardownMarginMinutes, MaxWorkersPerRegion: e.Provisioning.MaxWorkersPerRegion,
		IdleDetection: e.Idle.Enabled, IdleCheckSeconds: e.CheckSeconds(), SecurityGroupIDs: e.Provisioning.SecurityGroupIDs,
		SubnetID: e.Provisioning.SubnetID,
	}
}
