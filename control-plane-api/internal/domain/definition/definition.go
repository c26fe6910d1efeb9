// Package definition is the aggregate of one version of a lab that can be booked. A version is immutable but for its
// status and what a content sync tells: a changed artifact makes a new version.
package definition

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
)

// The words of SyncStatus.
const (
	SyncRequested = "sync_requested"
	SyncSuccess   = "success"
	SyncFailed    = "failed"
)

// DefaultPackageName is the object that holds a content package.
const DefaultPackageName = "SVN.zip"

// Definition is the state.
type Definition struct {
	aggregate.Root

	Name    string                     `json:"name"`
	Version string                     `json:"version"`
	Status  lifecycle.DefinitionStatus `json:"status"`

	Source  Source  `json:"source"`
	Content Content `json:"content"`

	// Requirements holds what the author asks of a worker's CML and, beside it, what the topology needs.
	Requirements       resource.Requirements   `json:"resource_requirements"`
	TopologyNeeds      resource.AMIRequirement `json:"topology_needs,omitzero"`
	Given              Given                   `json:"given"`
	LicenseAffinity    []resource.LicenseType  `json:"license_affinity"`
	NodeCount          int                     `json:"node_count"`
	PortTemplate       resource.PortTemplate   `json:"port_template"`
	MaxDurationMinutes int                     `json:"max_duration_minutes"`
	BootLeadMinutes    *float64                `json:"boot_lead_time_minutes,omitempty"`
	WarmPoolDepth      int                     `json:"warm_pool_depth"`
	GradingRulesURI    string                  `json:"grading_rules_uri,omitempty"`
	CollectionEnabled  bool                    `json:"collection_enabled"`
	GradingEnabled     bool                    `json:"grading_enabled"`
	Notification       *Notification           `json:"owner_notification,omitempty"`
	PreviousVersionID  string                  `json:"previous_version_id,omitempty"`

	SyncStatus      string     `json:"sync_status,omitempty"`
	SyncRequestedAt *time.Time `json:"sync_requested_at,omitempty"`
	SyncRequestedBy string     `json:"sync_requested_by,omitempty"`
	SyncError       string     `json:"sync_error,omitempty"`
	LastSyncedAt    *time.Time `json:"last_synced_at,omitempty"`

	Deprecation *Deprecation `json:"deprecation,omitempty"`

	Conditions []readmodel.Condition `json:"conditions,omitempty"`
	CreatedBy  string                `json:"created_by"`
	CreatedAt  time.Time             `json:"created_at"`
	UpdatedAt  time.Time             `json:"updated_at"`
}

// Source says where the lab comes from.
type Source struct {
	FormQualifiedName string `json:"form_qualified_name,omitempty"`
	BucketName        string `json:"content_bucket_name,omitempty"`
	PackageName       string `json:"user_session_package_name,omitempty"`
	ArtifactURI       string `json:"lab_artifact_uri,omitempty"`
	// WantedHash is the topology's hash that the author gave; a sync that finds another one fails.
	WantedHash string `json:"wanted_lab_yaml_hash,omitempty"`
}

// Remote reports whether the topology has to be fetched by a content sync.
func (s Source) Remote() bool { return s.FormQualifiedName != "" || s.ArtifactURI != "" }

// Content is what the lab is made of, as far as LCM needs it; the topology is a blob named by its hash.
type Content struct {
	TopologyHash       string                    `json:"lab_yaml_hash,omitempty"`
	PackageHash        string                    `json:"content_package_hash,omitempty"`
	CMLYAMLPath        string                    `json:"cml_yaml_path,omitempty"`
	GradeXMLPath       string                    `json:"grade_xml_path,omitempty"`
	DevicesJSON        string                    `json:"devices_json,omitempty"`
	UserVisibleDevices []readmodel.VisibleDevice `json:"user_visible_devices,omitempty"`
	// HasContentXML tells that the package names its visible devices; without it all are visible.
	HasContentXML      bool              `json:"has_content_xml,omitempty"`
	UpstreamVersion    string            `json:"upstream_version,omitempty"`
	UpstreamPublished  string            `json:"upstream_date_published,omitempty"`
	UpstreamInstance   string            `json:"upstream_instance_name,omitempty"`
	UpstreamFormID     string            `json:"upstream_form_id,omitempty"`
	UpstreamSyncStatus map[string]string `json:"upstream_sync_status,omitempty"`
}

// Given tells which figures the author gave, so that a sync does not overwrite them with sums from the topology.
type Given struct {
	CPUCores  bool `json:"cpu_cores,omitempty"`
	MemoryGB  bool `json:"memory_gb,omitempty"`
	StorageGB bool `json:"storage_gb,omitempty"`
	NodeCount bool `json:"node_count,omitempty"`
	Ports     bool `json:"ports,omitempty"`
	// AMI is what the author asks of a worker's CML; the topology's needs are added to it.
	AMI []resource.AMIRequirement `json:"ami_requirements,omitempty"`
}

// Deprecation says why a version should not be booked any more, and what to take instead.
type Deprecation struct {
	By                 string    `json:"deprecated_by"`
	At                 time.Time `json:"deprecated_at"`
	Reason             string    `json:"deprecation_reason,omitempty"`
	ReplacementVersion string    `json:"replacement_version,omitempty"`
}

// Notification says whom to tell about the definition's labs.
type Notification struct {
	Email string `json:"email,omitempty"`
	// WebhookURL may hold a token in its path: events show its host alone. SealedSecret signs what is sent to it.
	WebhookURL       string `json:"webhook_url,omitempty"`
	SealedSecret     []byte `json:"webhook_secret_sealed,omitempty"`
	NotifyOnStart    bool   `json:"notify_on_start"`
	NotifyOnComplete bool   `json:"notify_on_complete"`
	NotifyOnError    bool   `json:"notify_on_error"`
}

// Topology is what was read from a lab file.
type Topology struct {
	Hash         string
	Requirements resource.Requirements
	NodeCount    int
	Ports        resource.PortTemplate
	// AMI is what a worker's CML must have for the lab.
	AMI resource.AMIRequirement
}
