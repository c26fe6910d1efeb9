package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// SystemSettings are the settings that hold: the stored ones over the environment's over the defaults.
type SystemSettings struct {
	WorkerProvisioning ProvisioningSettings `json:"worker_provisioning"`
	Monitoring         MonitoringSettings   `json:"monitoring"`
	IdleDetection      IdleSettings         `json:"idle_detection"`
	Discovery          readmodel.Discovery  `json:"discovery"`
	Timing             TimingSettings       `json:"timing"`
	Audit              AuditSettings        `json:"audit"`
	UpdatedAt          *time.Time           `json:"updated_at,omitempty"`
	UpdatedBy          string               `json:"updated_by,omitempty"`
}

// ProvisioningSettings shape what is launched.
type ProvisioningSettings struct {
	AMINameDefault      string            `json:"ami_name_default"`
	AMIIDs              map[string]string `json:"ami_ids"`
	AMINames            map[string]string `json:"ami_names"`
	InstanceType        string            `json:"instance_type"`
	SecurityGroupIDs    []string          `json:"security_group_ids"`
	SubnetID            string            `json:"subnet_id,omitempty"`
	MaxWorkersPerRegion int               `json:"max_workers_per_region"`
	AutoRegisterLicense bool              `json:"auto_register_license"`
}

// MonitoringSettings say how often figures are read.
type MonitoringSettings struct {
	MetricsPollSeconds int `json:"worker_metrics_poll_interval_seconds"`
}

// IdleSettings say when a worker counts as idle.
type IdleSettings struct {
	Enabled              bool `json:"enabled"`
	TimeoutMinutes       int  `json:"timeout_minutes"`
	CheckIntervalSeconds int  `json:"check_interval_seconds"`
}

// TimingSettings say how long things take, in minutes.
type TimingSettings struct {
	WorkerBootMinutes     float64 `json:"worker_boot_minutes"`
	InstantiationMinutes  float64 `json:"instantiation_minutes"`
	TeardownMarginMinutes float64 `json:"teardown_margin_minutes"`
	MissedGraceMinutes    float64 `json:"missed_grace_minutes"`
	GradingTimeoutMinutes float64 `json:"grading_timeout_minutes"`
	ArchiveHoldMinutes    float64 `json:"archive_hold_minutes"`
}

// AuditSettings say how long the audit log is kept.
type AuditSettings struct {
	RetentionDays int `json:"retention_days"`
}

// UpdateSettings changes settings; groups and fields that are left out stay.
type UpdateSettings struct {
	Precondition
	Body UpdateSettingsBody
}

// UpdateSettingsBody holds the groups that change.
type UpdateSettingsBody struct {
	WorkerProvisioning *ProvisioningPatch `json:"worker_provisioning,omitempty"`
	Monitoring         *MonitoringPatch   `json:"monitoring,omitempty"`
	IdleDetection      *IdlePatch         `json:"idle_detection,omitempty"`
	Discovery          *DiscoveryPatch    `json:"discovery,omitempty"`
	Timing             *TimingPatch       `json:"timing,omitempty"`
	Audit              *AuditPatch        `json:"audit,omitempty"`
}

// ProvisioningPatch changes fields of the provisioning.
type ProvisioningPatch struct {
	AMINameDefault      *string            `json:"ami_name_default,omitempty" maxLength:"128"`
	AMIIDs              *map[string]string `json:"ami_ids,omitempty" maxProperties:"64" doc:"Image ids by region."`
	AMINames            *map[string]string `json:"ami_names,omitempty" maxProperties:"64" doc:"Image names or patterns by region."`
	InstanceType        *string            `json:"instance_type,omitempty" maxLength:"64"`
	SecurityGroupIDs    *[]string          `json:"security_group_ids,omitempty" maxItems:"16"`
	SubnetID            *string            `json:"subnet_id,omitempty" maxLength:"64"`
	MaxWorkersPerRegion *int               `json:"max_workers_per_region,omitempty" minimum:"0" maximum:"1000"`
	AutoRegisterLicense *bool              `json:"auto_register_license,omitempty"`
}

// MonitoringPatch changes how often figures are read.
type MonitoringPatch struct {
	MetricsPollSeconds *int `json:"worker_metrics_poll_interval_seconds,omitempty" minimum:"10" maximum:"86400"`
}

// IdlePatch changes when a worker counts as idle.
type IdlePatch struct {
	Enabled              *bool `json:"enabled,omitempty"`
	TimeoutMinutes       *int  `json:"timeout_minutes,omitempty" minimum:"1" maximum:"10080"`
	CheckIntervalSeconds *int  `json:"check_interval_seconds,omitempty" minimum:"10" maximum:"86400"`
}

// DiscoveryPatch changes where machines are looked for.
type DiscoveryPatch struct {
	Enabled             *bool     `json:"enabled,omitempty"`
	Regions             *[]string `json:"regions,omitempty" maxItems:"64"`
	AMINamePattern      *string   `json:"ami_name_pattern,omitempty" maxLength:"128"`
	ScanIntervalSeconds *int      `json:"scan_interval_seconds,omitempty" minimum:"60" maximum:"3600"`
}

// TimingPatch changes how long things take.
type TimingPatch struct {
	WorkerBootMinutes     *float64 `json:"worker_boot_minutes,omitempty" minimum:"0" maximum:"1440"`
	InstantiationMinutes  *float64 `json:"instantiation_minutes,omitempty" minimum:"0" maximum:"1440"`
	TeardownMarginMinutes *float64 `json:"teardown_margin_minutes,omitempty" minimum:"0" maximum:"1440"`
	MissedGraceMinutes    *float64 `json:"missed_grace_minutes,omitempty" minimum:"0" maximum:"1440"`
	GradingTimeoutMinutes *float64 `json:"grading_timeout_minutes,omitempty" minimum:"0" maximum:"1440"`
	ArchiveHoldMinutes    *float64 `json:"archive_hold_minutes,omitempty" minimum:"0" maximum:"525600"`
}

// AuditPatch changes how long the audit log is kept. What is older goes within hours; it does not come back.
type AuditPatch struct {
	RetentionDays *int `json:"retention_days,omitempty" minimum:"90" maximum:"365"`
}

// PatchDiscovery changes where machines are looked for.
type PatchDiscovery struct {
	Precondition
	Body DiscoveryPatch
}

// The routes of the settings.
var (
	RouteGetSettings = Route[None, SystemSettings]{Info{
		ID: "get-settings", Method: http.MethodGet, Path: "/api/settings", Tag: "Settings", Summary: "Get the settings that hold", Audience: Public, Roles: admins(),
	}}
	RouteUpdateSettings = Route[UpdateSettings, SystemSettings]{Info{
		ID: "update-settings", Method: http.MethodPut, Path: "/api/settings", Tag: "Settings", Summary: "Change settings", Audience: Public, Roles: admins(), Codes: []string{"bad_settings"},
	}}
	RouteGetDiscovery = Route[None, readmodel.Discovery]{Info{
		ID: "get-discovery-settings", Method: http.MethodGet, Path: "/api/settings/discovery", Tag: "Settings", Summary: "Get where machines are looked for",
		Audience: Public, Roles: []Role{Admin, Manager},
	}}
	RoutePatchDiscovery = Route[PatchDiscovery, readmodel.Discovery]{Info{
		ID: "patch-discovery-settings", Method: http.MethodPatch, Path: "/api/settings/discovery", Tag: "Settings", Summary: "Change where machines are looked for",
		Audience: Public, Roles: admins(), Codes: []string{"bad_settings"},
	}}
	RouteInternalDiscovery = Route[None, readmodel.Discovery]{Info{
		ID: "get-discovery-settings-internal", Method: http.MethodGet, Path: "/api/internal/settings/discovery", Tag: "Internal",
		Summary: "Get where machines are looked for", Audience: Internal,
	}}
)

func settingsRoutes() []Described {
	return []Described{RouteGetDiscovery, RoutePatchDiscovery, RouteGetSettings, RouteUpdateSettings, RouteInternalDiscovery}
}
