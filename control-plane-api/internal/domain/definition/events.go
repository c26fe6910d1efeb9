package definition

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

const prefix = "lablet_definition."

// The events of a definition's status.
const (
	EventContentSynced = "lablet_definition.content_synced.v1"
	EventActivated     = "lablet_definition.activated.v1"
	EventDeactivated   = "lablet_definition.deactivated.v1"
	EventDeprecated    = "lablet_definition.deprecated.v1"
	EventArchived      = "lablet_definition.archived.v1"
	EventDeleted       = "lablet_definition.deleted.v1"
)

type created struct {
	AggregateID        string                 `json:"aggregate_id"`
	Name               string                 `json:"name"`
	Version            string                 `json:"version"`
	LabArtifactURI     string                 `json:"lab_artifact_uri,omitempty"`
	LabYAMLHash        string                 `json:"lab_yaml_hash,omitempty"`
	Requirements       resource.Requirements  `json:"resource_requirements"`
	LicenseAffinity    []resource.LicenseType `json:"license_affinity"`
	NodeCount          int                    `json:"node_count"`
	PortTemplate       resource.PortTemplate  `json:"port_template"`
	GradingRulesURI    string                 `json:"grading_rules_uri,omitempty"`
	MaxDurationMinutes int                    `json:"max_duration_minutes"`
	WarmPoolDepth      int                    `json:"warm_pool_depth"`
	BootLeadMinutes    *float64               `json:"boot_lead_time_minutes,omitempty"`
	FormQualifiedName  string                 `json:"form_qualified_name,omitempty"`
	BucketName         string                 `json:"content_bucket_name,omitempty"`
	PackageName        string                 `json:"user_session_package_name,omitempty"`
	CreatedBy          string                 `json:"created_by"`
	CreatedAt          time.Time              `json:"created_at"`
}

type syncRequested struct {
	AggregateID       string    `json:"aggregate_id"`
	AggregateType     string    `json:"aggregate_type"`
	FormQualifiedName string    `json:"form_qualified_name,omitempty"`
	BucketName        string    `json:"bucket_name,omitempty"`
	PackageName       string    `json:"user_session_package_name,omitempty"`
	RequestedBy       string    `json:"requested_by"`
	RequestedAt       time.Time `json:"requested_at"`
}

// contentSynced tells the outcome of a sync. A sync that found another topology names the version that was made of it.
type contentSynced struct {
	AggregateID       string                 `json:"aggregate_id"`
	LabArtifactURI    string                 `json:"lab_artifact_uri,omitempty"`
	LabYAMLHash       string                 `json:"lab_yaml_hash,omitempty"`
	PackageHash       string                 `json:"content_package_hash,omitempty"`
	SyncStatus        string                 `json:"sync_status"`
	ErrorMessage      string                 `json:"error_message,omitempty"`
	GradeXMLPath      string                 `json:"grade_xml_path,omitempty"`
	CMLYAMLPath       string                 `json:"cml_yaml_path,omitempty"`
	UpstreamVersion   string                 `json:"upstream_version,omitempty"`
	UpstreamPublished string                 `json:"upstream_date_published,omitempty"`
	UpstreamInstance  string                 `json:"upstream_instance_name,omitempty"`
	UpstreamFormID    string                 `json:"upstream_form_id,omitempty"`
	PortTemplate      *resource.PortTemplate `json:"port_template,omitempty"`
	NextVersionID     string                 `json:"next_version_id,omitempty"`
	SyncedAt          time.Time              `json:"synced_at"`
}

type versionCreated struct {
	AggregateID       string                `json:"aggregate_id"`
	Name              string                `json:"name"`
	Version           string                `json:"version"`
	PreviousVersion   string                `json:"previous_version"`
	PreviousVersionID string                `json:"previous_version_id"`
	LabArtifactURI    string                `json:"lab_artifact_uri,omitempty"`
	LabYAMLHash       string                `json:"lab_yaml_hash"`
	Requirements      resource.Requirements `json:"resource_requirements"`
	NodeCount         int                   `json:"node_count"`
	PortTemplate      resource.PortTemplate `json:"port_template"`
	CreatedBy         string                `json:"created_by"`
	CreatedAt         time.Time             `json:"created_at"`
}

type activated struct {
	AggregateID string    `json:"aggregate_id"`
	ActivatedBy string    `json:"activated_by"`
	ActivatedAt time.Time `json:"activated_at"`
}

type deactivated struct {
	AggregateID   string    `json:"aggregate_id"`
	DeactivatedBy string    `json:"deactivated_by"`
	DeactivatedAt time.Time `json:"deactivated_at"`
	Reason        string    `json:"reason,omitempty"`
}

type deprecated struct {
	AggregateID string `json:"aggregate_id"`
	Name        string `json:"name"`
	Version     string `json:"version"`
	Deprecation
}

type archived struct {
	AggregateID string    `json:"aggregate_id"`
	ArchivedBy  string    `json:"archived_by"`
	ArchivedAt  time.Time `json:"archived_at"`
}

type deleted struct {
	AggregateID string    `json:"aggregate_id"`
	DeletedBy   string    `json:"deleted_by"`
	DeletedAt   time.Time `json:"deleted_at"`
}

type warmPoolUpdated struct {
	AggregateID string    `json:"aggregate_id"`
	OldDepth    int       `json:"old_warm_pool_depth"`
	NewDepth    int       `json:"new_warm_pool_depth"`
	UpdatedBy   string    `json:"updated_by"`
	UpdatedAt   time.Time `json:"updated_at"`
}

type updated struct {
	AggregateID string         `json:"aggregate_id"`
	Changes     map[string]any `json:"changes"`
	UpdatedBy   string         `json:"updated_by"`
	UpdatedAt   time.Time      `json:"updated_at"`
}
