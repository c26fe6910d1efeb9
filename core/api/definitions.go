package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// CreateDefinition makes the first version of a lab, from one source: form_qualified_name (or lab_artifact_uri with
// lab_yaml_hash), filled by the first content sync, or topology_yaml, active at once.
type CreateDefinition struct {
	Body CreateDefinitionBody
}

// CreateDefinitionBody is the body of CreateDefinition.
type CreateDefinitionBody struct {
	Name               string                    `json:"name" minLength:"1" maxLength:"100"`
	Version            string                    `json:"version" minLength:"1" maxLength:"20" doc:"Semantic version." example:"1.0.0"`
	FormQualifiedName  string                    `json:"form_qualified_name,omitempty" maxLength:"200" doc:"Six parts, one space between." example:"Exam Associate CCNA v1.1 LAB 1.3a"`
	LabArtifactURI     string                    `json:"lab_artifact_uri,omitempty" maxLength:"1024"`
	LabYAMLHash        string                    `json:"lab_yaml_hash,omitempty" maxLength:"64" doc:"SHA-256 in hex."`
	TopologyYAML       string                    `json:"topology_yaml,omitempty" maxLength:"4194304" doc:"CML lab file."`
	CPUCores           *int                      `json:"cpu_cores,omitempty" minimum:"1" maximum:"192" doc:"Whole vCPU; summed from the topology when left out."`
	MemoryGB           *int                      `json:"memory_gb,omitempty" minimum:"1" maximum:"768" doc:"GiB; summed from the topology when left out."`
	StorageGB          *int                      `json:"storage_gb,omitempty" minimum:"1" maximum:"1000" doc:"GiB."`
	NestedVirt         *bool                     `json:"nested_virt,omitempty"`
	AMIRequirements    []resource.AMIRequirement `json:"ami_requirements,omitempty" maxItems:"16"`
	LicenseAffinity    []resource.LicenseType    `json:"license_affinity,omitempty" maxItems:"3" doc:"All types when left out."`
	NodeCount          *int                      `json:"node_count,omitempty" minimum:"1" maximum:"500"`
	PortDefinitions    []resource.PortDefinition `json:"port_definitions,omitempty" maxItems:"1000"`
	GradingRulesURI    string                    `json:"grading_rules_uri,omitempty" maxLength:"1024"`
	MaxDurationMinutes int                       `json:"max_duration_minutes,omitempty" minimum:"1" maximum:"480" default:"60"`
	WarmPoolDepth      int                       `json:"warm_pool_depth,omitempty" minimum:"0" maximum:"10"`
	BootLeadMinutes    *float64                  `json:"boot_lead_time_minutes,omitempty" minimum:"0" maximum:"240" doc:"Overrides the instantiation lead."`
	CollectionEnabled  *bool                     `json:"collection_enabled,omitempty" doc:"Extract configurations after the candidate finished; default true."`
	GradingEnabled     *bool                     `json:"grading_enabled,omitempty" doc:"Ask the grading engine; default: true when the lab comes from a content package."`
	OwnerNotification  *Notification             `json:"owner_notification,omitempty"`
}

// Notification says whom to tell about a definition's labs. Only who may change definitions, and managers, see it.
type Notification struct {
	Email string `json:"email,omitempty" maxLength:"254" doc:"Kept, but nothing is sent to it: see email_status."`
	// EmailStatus is of answers alone.
	EmailStatus   string `json:"email_status,omitempty" maxLength:"32" readOnly:"true" doc:"not_configured where there is an email: no mail is sent."`
	WebhookURL    string `json:"webhook_url,omitempty" maxLength:"1024" doc:"https, with a name or an address of the public internet; gets CloudEvents in structured form. It may hold a token." example:"https://hooks.example.com/lcm"`
	WebhookSecret string `json:"webhook_secret,omitempty" maxLength:"256" doc:"Signs deliveries (Standard Webhooks, HMAC-SHA256), at least 24 characters. It is sealed and never shown: answers have *** in its place, which also keeps the one there is."`

	NotifyOnStart    *bool `json:"notify_on_start,omitempty" doc:"When a lab begins; default true."`
	NotifyOnComplete *bool `json:"notify_on_complete,omitempty" doc:"When a lab has ended, with its score; default true."`
	NotifyOnError    *bool `json:"notify_on_error,omitempty" doc:"When a lab, its grading or a content sync fails; default true."`
}

// DefinitionSummary is a definition in a list.
type DefinitionSummary struct {
	ID                 string                     `json:"id"`
	Name               string                     `json:"name"`
	Version            string                     `json:"version"`
	FormQualifiedName  string                     `json:"form_qualified_name,omitempty"`
	Status             lifecycle.DefinitionStatus `json:"status"`
	SyncStatus         string                     `json:"sync_status,omitempty"`
	NodeCount          int                        `json:"node_count"`
	MaxDurationMinutes int                        `json:"max_duration_minutes"`
	WarmPoolDepth      int                        `json:"warm_pool_depth"`
	IsDeprecated       bool                       `json:"is_deprecated"`
	CreatedAt          time.Time                  `json:"created_at"`
	UpdatedAt          time.Time                  `json:"updated_at"`
}

// Definition is a definition in full, without the topology itself.
type Definition struct {
	DefinitionSummary
	LabArtifactURI         string                    `json:"lab_artifact_uri,omitempty"`
	LabYAMLHash            string                    `json:"lab_yaml_hash,omitempty"`
	ContentPackageHash     string                    `json:"content_package_hash,omitempty"`
	ContentBucketName      string                    `json:"content_bucket_name,omitempty"`
	UserSessionPackageName string                    `json:"user_session_package_name,omitempty"`
	ResourceRequirements   resource.Requirements     `json:"resource_requirements"`
	LicenseAffinity        []resource.LicenseType    `json:"license_affinity"`
	PortTemplate           PortTemplate              `json:"port_template"`
	GradingRulesURI        string                    `json:"grading_rules_uri,omitempty"`
	GradeXMLPath           string                    `json:"grade_xml_path,omitempty"`
	CollectionEnabled      bool                      `json:"collection_enabled"`
	GradingEnabled         bool                      `json:"grading_enabled"`
	BootLeadMinutes        *float64                  `json:"boot_lead_time_minutes,omitempty"`
	SyncError              string                    `json:"sync_error,omitempty"`
	LastSyncedAt           *time.Time                `json:"last_synced_at,omitempty"`
	PreviousVersionID      string                    `json:"previous_version_id,omitempty"`
	CreatedBy              string                    `json:"created_by"`
	UserVisibleDevices     []readmodel.VisibleDevice `json:"user_visible_devices,omitempty"`
	UpstreamVersion        string                    `json:"upstream_version,omitempty"`
	UpstreamSyncStatus     map[string]string         `json:"upstream_sync_status,omitempty"`
	OwnerNotification      *Notification             `json:"owner_notification,omitempty"`
	Conditions             []readmodel.Condition     `json:"conditions,omitempty"`
	// The next four are there once the definition is deprecated.
	DeprecatedBy       string     `json:"deprecated_by,omitempty"`
	DeprecatedAt       *time.Time `json:"deprecated_at,omitempty"`
	DeprecationReason  string     `json:"deprecation_reason,omitempty"`
	ReplacementVersion string     `json:"replacement_version,omitempty"`
	// What the content package told of itself.
	CMLYAMLPath       string `json:"cml_yaml_path,omitempty"`
	UpstreamPublished string `json:"upstream_date_published,omitempty"`
	UpstreamInstance  string `json:"upstream_instance_name,omitempty"`
	UpstreamFormID    string `json:"upstream_form_id,omitempty"`
}

// SyncDefinition asks for a content sync.
type SyncDefinition struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
}

// DefinitionSync is a definition whose content is being synced. Location names the task.
type DefinitionSync struct {
	Definition
	TaskID string `json:"task_id"`
}

// PortTemplate is the ports of a definition with their count.
type PortTemplate struct {
	Ports     []resource.PortDefinition `json:"ports"`
	PortCount int                       `json:"port_count"`
}

// ListDefinitions filters definitions.
type ListDefinitions struct {
	List
	Name              string `query:"name" maxLength:"100"`
	Status            string `query:"status" maxLength:"40"`
	SyncStatus        string `query:"sync_status" maxLength:"40"`
	IncludeDeprecated bool   `query:"include_deprecated"`
	Sort              string `query:"sort" enum:"created_at,name,status,sync_status" default:"created_at" doc:"What the list is sorted by."`
	Order             string `query:"order" enum:"asc,desc" default:"desc" doc:"Newest or last first, unless asc is asked for."`
}

// ListDefinitionModels filters definitions for controllers, as ListDefinitions does for people.
type ListDefinitionModels struct {
	ModelList
	Name              string `query:"name" maxLength:"100"`
	Status            string `query:"status" maxLength:"40"`
	SyncStatus        string `query:"sync_status" maxLength:"40"`
	IncludeDeprecated bool   `query:"include_deprecated"`
}

// Topology is a definition's CML lab file.
type Topology struct {
	Hash string `json:"hash" doc:"SHA-256 of the YAML in hex."`
	YAML string `json:"yaml"`
}

// ContentSynced reports what a content sync found (lablet-controller).
type ContentSynced struct {
	ID   string `path:"id" maxLength:"128"`
	Body ContentSyncedBody
}

// ContentSyncedBody is the result of a content sync. On success CMLYAMLContent is the topology; the API hashes, reads and
// stores it. RequestedAt is the sync_requested_at that the controller acted on.
type ContentSyncedBody struct {
	SyncStatus         string                    `json:"sync_status" enum:"success,failed"`
	RequestedAt        *time.Time                `json:"requested_at,omitempty"`
	ErrorCode          string                    `json:"error_code,omitempty" maxLength:"64"`
	ErrorMessage       string                    `json:"error_message,omitempty" maxLength:"2000"`
	ContentPackageHash string                    `json:"content_package_hash,omitempty" maxLength:"64"`
	CMLYAMLPath        string                    `json:"cml_yaml_path,omitempty" maxLength:"1024"`
	CMLYAMLContent     string                    `json:"cml_yaml_content,omitempty" maxLength:"4194304"`
	GradeXMLPath       string                    `json:"grade_xml_path,omitempty" maxLength:"1024"`
	DevicesJSON        string                    `json:"devices_json,omitempty" maxLength:"65536"`
	UserVisibleDevices []readmodel.VisibleDevice `json:"user_visible_devices,omitempty" maxItems:"500"`
	HasContentXML      bool                      `json:"has_content_xml,omitempty"`
	UpstreamVersion    string                    `json:"upstream_version,omitempty" maxLength:"64"`
	UpstreamPublished  string                    `json:"upstream_date_published,omitempty" maxLength:"64"`
	UpstreamInstance   string                    `json:"upstream_instance_name,omitempty" maxLength:"128"`
	UpstreamFormID     string                    `json:"upstream_form_id,omitempty" maxLength:"64"`
	UpstreamSyncStatus map[string]string         `json:"upstream_sync_status,omitempty" doc:"Service to outcome: success, failed, not_configured."`
}

// The routes of definitions.
var (
	RouteCreateDefinition = Route[CreateDefinition, Definition]{Info{
		ID: "create-lablet-definition", Method: http.MethodPost, Path: "/api/lablet-definitions", Tag: "Lablet definitions",
		Summary: "Create a definition", Audience: Public, Roles: []Role{Admin, LabAuthor}, Success: http.StatusCreated, BodyLimit: 6 << 20,
		Codes: append([]string{"definition_exists", "definition_source", "bad_topology", "bad_form_qualified_name", "bad_version"}, definitionCodes()...),
	}}
	RouteListDefinitions = Route[ListDefinitions, []DefinitionSummary]{Info{
		ID: "list-lablet-definitions", Method: http.MethodGet, Path: "/api/lablet-definitions", Tag: "Lablet definitions",
		Summary: "List definitions", Audience: Public,
	}}
	RouteGetDefinition = Route[ID, Definition]{Info{
		ID: "get-lablet-definition", Method: http.MethodGet, Path: "/api/lablet-definitions/{id}", Tag: "Lablet definitions",
		Summary: "Get a definition", Audience: Public, Codes: []string{"definition_not_found"},
	}}
	RouteSyncDefinition = Route[SyncDefinition, DefinitionSync]{Info{
		ID: "sync-lablet-definition", Method: http.MethodPost, Path: "/api/lablet-definitions/{id}/sync", Tag: "Lablet definitions",
		Summary: "Ask for a content sync", Audience: Public, Roles: []Role{Admin, LabAuthor}, Success: http.StatusAccepted,
		Codes: []string{"definition_not_found", "no_content_source", "definition_deprecated"},
	}}
	RouteDefinitionModel = Route[ID, readmodel.Definition]{Info{
		ID: "get-definition-model", Method: http.MethodGet, Path: "/api/internal/lablet-definitions/{id}", Tag: "Internal",
		Summary: "Get a definition's read model", Audience: Internal, Codes: []string{"definition_not_found"},
	}}
	RouteDefinitionTopology = Route[ID, Topology]{Info{
		ID: "get-definition-topology", Method: http.MethodGet, Path: "/api/internal/lablet-definitions/{id}/topology", Tag: "Internal",
		Summary: "Get a definition's CML lab file", Audience: Internal, Codes: []string{"definition_not_found", "definition_not_synced"},
	}}
	RouteContentSynced = Route[ContentSynced, Ack]{Info{
		ID: "definition-content-synced", Method: http.MethodPost, Path: "/api/internal/lablet-definitions/{id}/content-synced", Tag: "Internal",
		Summary: "Report the result of a content sync", Audience: Internal, NeedsTerm: true, BodyLimit: 6 << 20,
		Codes: []string{
			"definition_not_found", "bad_topology", "hash_mismatch", "bad_requirements", "too_many_nodes", "lab_too_large", "artifact_changed",
		},
	}}
)

func definitionRoutes() []Described {
	return []Described{
		RouteCreateDefinition, RouteListDefinitions, RouteGetDefinition, RouteSyncDefinition,
		RouteDefinitionModel, RouteDefinitionTopology, RouteContentSynced,
	}
}
