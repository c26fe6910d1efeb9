package readmodel

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Definition is the read model of one version of a lab that can be booked. The topology itself is a blob, by hash.
type Definition struct {
	ID         string                     `json:"id"`
	Version    int64                      `json:"version"`
	Generation int64                      `json:"generation"`
	Name       string                     `json:"name"`
	Release    string                     `json:"release"`
	Status     lifecycle.DefinitionStatus `json:"status"`

	FormQualifiedName string `json:"form_qualified_name,omitempty"`
	BucketName        string `json:"content_bucket_name,omitempty"`
	LabArtifactURI    string `json:"lab_artifact_uri,omitempty"`
	PackageName       string `json:"user_session_package_name,omitempty"`
	// TopologyHash is the SHA-256 of the topology YAML in hex, empty before the first sync.
	TopologyHash string `json:"lab_yaml_hash,omitempty"`
	PackageHash  string `json:"content_package_hash,omitempty"`
	// SyncStatus is "", sync_requested, success or failed; SyncRequestedAt tells requests apart.
	SyncStatus      string     `json:"sync_status,omitempty"`
	SyncRequestedAt *time.Time `json:"sync_requested_at,omitempty"`
	SyncError       string     `json:"sync_error,omitempty"`

	Requirements       resource.Requirements  `json:"resource_requirements"`
	LicenseAffinity    []resource.LicenseType `json:"license_affinity,omitempty"`
	NodeCount          int                    `json:"node_count"`
	PortTemplate       resource.PortTemplate  `json:"port_template"`
	MaxDurationMinutes int                    `json:"max_duration_minutes"`
	BootLeadMinutes    *float64               `json:"boot_lead_time_minutes,omitempty"`
	WarmPoolDepth      int                    `json:"warm_pool_depth"`
	GradingRulesURI    string                 `json:"grading_rules_uri,omitempty"`
	GradeXMLPath       string                 `json:"grade_xml_path,omitempty"`
	UserVisibleDevices []VisibleDevice        `json:"user_visible_devices,omitempty"`
	FilterDevices      bool                   `json:"filter_devices,omitempty"`
	LDSDefaultRegion   string                 `json:"user_session_default_region,omitempty"`
	LDSPortPreferences map[string]string      `json:"lds_port_preferences,omitempty"`
	CollectionEnabled  bool                   `json:"collection_enabled"`
	GradingEnabled     bool                   `json:"grading_enabled"`
	LabReuseEnabled    bool                   `json:"lab_reuse_enabled"`
	Conditions         []Condition            `json:"conditions,omitempty"`
	CreatedAt          time.Time              `json:"created_at"`
	UpdatedAt          time.Time              `json:"updated_at"`
}

// VisibleDevice is a device that the content package shows to the candidate.
type VisibleDevice struct {
	DeviceLabel    string `json:"device_label"`
	UserAccessMode string `json:"user_access_mode,omitempty"`
	Category       string `json:"category,omitempty"`
}
