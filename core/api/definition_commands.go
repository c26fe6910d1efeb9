package api

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// ReviseDefinition changes a definition. A version is never changed: a change of the lab makes a new version that carries
// everything else over, and is answered. Only what says nothing about the lab, warm_pool_depth and owner_notification, is
// changed in place when it comes alone.
type ReviseDefinition struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body ReviseDefinitionBody
}

// ReviseDefinitionBody holds what is to be different; what is left out stays. Version is the new version's number, the next
// patch when left out.
type ReviseDefinitionBody struct {
	Version            string                    `json:"version,omitempty" maxLength:"20" doc:"The new version's number; the next patch when left out." example:"1.1.0"`
	TopologyYAML       string                    `json:"topology_yaml,omitempty" maxLength:"4194304" doc:"CML lab file; only where the definition was made from one."`
	CPUCores           *int                      `json:"cpu_cores,omitempty" minimum:"1" maximum:"192"`
	MemoryGB           *int                      `json:"memory_gb,omitempty" minimum:"1" maximum:"768"`
	StorageGB          *int                      `json:"storage_gb,omitempty" minimum:"1" maximum:"1000"`
	NestedVirt         *bool                     `json:"nested_virt,omitempty"`
	AMIRequirements    []resource.AMIRequirement `json:"ami_requirements,omitempty" maxItems:"16"`
	LicenseAffinity    []resource.LicenseType    `json:"license_affinity,omitempty" maxItems:"3"`
	NodeCount          *int                      `json:"node_count,omitempty" minimum:"1" maximum:"500"`
	PortDefinitions    []resource.PortDefinition `json:"port_definitions,omitempty" maxItems:"1000"`
	GradingRulesURI    *string                   `json:"grading_rules_uri,omitempty" maxLength:"1024"`
	MaxDurationMinutes *int                      `json:"max_duration_minutes,omitempty" minimum:"1" maximum:"480"`
	BootLeadMinutes    *float64                  `json:"boot_lead_time_minutes,omitempty" minimum:"0" maximum:"240"`
	CollectionEnabled  *bool                     `json:"collection_enabled,omitempty"`
	GradingEnabled     *bool                     `json:"grading_enabled,omitempty"`
	WarmPoolDepth      *int                      `json:"warm_pool_depth,omitempty" minimum:"0" maximum:"10"`
	OwnerNotification  *Notification             `json:"owner_notification,omitempty"`
}

// ChangeDefinition changes the status of a definition.
type ChangeDefinition struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body *Why
}

// DeprecateDefinition lets no more labs be booked from a definition.
type DeprecateDefinition struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body *DeprecateDefinitionBody
}

// DeprecateDefinitionBody may say why, and what to take instead.
type DeprecateDefinitionBody struct {
	Reason             string `json:"reason,omitempty" maxLength:"500"`
	ReplacementVersion string `json:"replacement_version,omitempty" maxLength:"20"`
}

// DeleteDefinition takes a definition out of the lists.
type DeleteDefinition struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
}

// SearchDefinitions looks for definitions whose name contains a text.
type SearchDefinitions struct {
	Q                 string `query:"q" required:"true" minLength:"2" maxLength:"100" doc:"Part of the name, upper and lower case alike." example:"ccna"`
	Limit             int    `query:"limit" minimum:"1" maximum:"50" default:"10"`
	IncludeDeprecated bool   `query:"include_deprecated"`
}

// DefinitionByVersion names a definition by name and version.
type DefinitionByVersion struct {
	Name    string `path:"name" minLength:"1" maxLength:"100"`
	Version string `path:"version" minLength:"1" maxLength:"20"`
}

const definitionsTag = "Lablet definitions"

func changeDefinition(id, method, path, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/lablet-definitions/{id}" + path, Tag: definitionsTag, Summary: summary, Audience: Public,
		Roles: []Role{Admin, LabAuthor}, Codes: append([]string{"definition_not_found"}, codes...),
	}
}

// reviseCodes are the codes of a change that makes a version.
func reviseCodes() []string {
	return append([]string{
		"definition_deprecated", "definition_not_synced", "definition_exists", "definition_source", "nothing_to_change", "bad_topology",
		"bad_version", "version_changed",
	}, definitionCodes()...)
}

// definitionCodes are the codes of what a definition is checked for.
func definitionCodes() []string {
	return []string{
		"bad_name", "bad_license_type", "bad_requirements", "bad_ports", "too_many_nodes", "lab_too_large", "bad_webhook_url", "bad_webhook_secret",
		"no_secret_key",
	}
}

// The routes that change definitions and look for them.
var (
	RouteUpdateDefinition     = Route[ReviseDefinition, Definition]{large(changeDefinition("update-lablet-definition", http.MethodPut, "", "Change a definition; a change of the lab makes a new version", reviseCodes()...))}
	RouteCreateVersion        = Route[ReviseDefinition, Definition]{created(large(changeDefinition("create-lablet-definition-version", http.MethodPost, "/versions", "Make a new version of a definition", reviseCodes()...)))}
	RouteDeprecateDefinition  = Route[DeprecateDefinition, Definition]{changeDefinition("deprecate-lablet-definition", http.MethodPost, "/deprecate", "Let no more labs be booked from a definition", "invalid_transition")}
	RouteActivateDefinition   = Route[ChangeDefinition, Definition]{changeDefinition("activate-lablet-definition", http.MethodPatch, "/activate", "Let labs be booked from a definition again", "invalid_transition", "definition_not_synced")}
	RouteDeactivateDefinition = Route[ChangeDefinition, Definition]{changeDefinition("deactivate-lablet-definition", http.MethodPatch, "/deactivate", "Let no labs be booked from a definition for now", "invalid_transition")}
	RouteArchiveDefinition    = Route[ChangeDefinition, Definition]{changeDefinition("archive-lablet-definition", http.MethodPost, "/archive", "Put a deprecated definition away", "invalid_transition", "definition_in_use")}
	RouteDeleteDefinition     = Route[DeleteDefinition, Definition]{Info{
		ID: "delete-lablet-definition", Method: http.MethodDelete, Path: "/api/lablet-definitions/{id}", Tag: definitionsTag,
		Summary: "Delete a definition; its content is kept", Audience: Public, Roles: []Role{Admin},
		Codes: []string{"definition_not_found", "definition_in_use"},
	}}
	RouteSearchDefinitions = Route[SearchDefinitions, []DefinitionSummary]{Info{
		ID: "search-lablet-definitions", Method: http.MethodGet, Path: "/api/lablet-definitions/search", Tag: definitionsTag,
		Summary: "Search definitions by name", Audience: Public,
	}}
	RouteDefinitionByVersion = Route[DefinitionByVersion, Definition]{Info{
		ID: "get-lablet-definition-by-version", Method: http.MethodGet, Path: "/api/lablet-definitions/by-name/{name}/version/{version}",
		Tag: definitionsTag, Summary: "Get a definition by name and version", Audience: Public, Codes: []string{"definition_not_found"},
	}}
	RouteDefinitionModels = Route[ListDefinitionModels, []readmodel.Definition]{Info{
		ID: "list-definition-models", Method: http.MethodGet, Path: "/api/internal/lablet-definitions", Tag: "Internal",
		Summary: "List definitions' read models", Audience: Internal, Codes: []string{"bad_status"},
	}}
)

func large(info Info) Info {
	info.BodyLimit = 6 << 20
	return info
}

func created(info Info) Info {
	info.Success = http.StatusCreated
	return info
}

func definitionChangeRoutes() []Described {
	return []Described{
		RouteSearchDefinitions, RouteDefinitionByVersion, RouteUpdateDefinition, RouteCreateVersion, RouteDeprecateDefinition,
		RouteActivateDefinition, RouteDeactivateDefinition, RouteArchiveDefinition, RouteDeleteDefinition, RouteDefinitionModels,
	}
}
