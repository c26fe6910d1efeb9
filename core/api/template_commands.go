package api

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// CreateTemplate makes a worker template.
type CreateTemplate struct {
	Body CreateTemplateBody
}

// CreateTemplateBody is a new template.
type CreateTemplateBody struct {
	Name              string               `json:"name" minLength:"1" maxLength:"50" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$"`
	Description       string               `json:"description" minLength:"1" maxLength:"200"`
	InstanceType      string               `json:"instance_type" minLength:"1" maxLength:"64" doc:"An EC2 instance type, such as m5zn.metal."`
	AMINamePattern    string               `json:"ami_name_pattern,omitempty" maxLength:"128" default:"cisco-cml2.9*"`
	CPUCores          int                  `json:"cpu_cores,omitempty" minimum:"1" maximum:"192" default:"4"`
	MemoryGB          int                  `json:"memory_gb,omitempty" minimum:"1" maximum:"768" default:"8"`
	StorageGB         int                  `json:"storage_gb,omitempty" minimum:"10" maximum:"2000" default:"100"`
	MaxNodes          int                  `json:"max_nodes,omitempty" minimum:"1" maximum:"500" default:"50"`
	CostPerHourUSD    float64              `json:"cost_per_hour_usd,omitempty" minimum:"0"`
	LicenseType       resource.LicenseType `json:"license_type,omitempty" maxLength:"40"`
	License           string               `json:"license,omitempty" maxLength:"64" doc:"Entry of the licence file."`
	StartupMinutes    float64              `json:"startup_time_minutes,omitempty" minimum:"0" maximum:"240"`
	DrainTimeoutHours float64              `json:"drain_timeout_hours,omitempty" minimum:"0" maximum:"720"`
	PortRange         *resource.PortRange  `json:"port_range,omitempty" doc:"Ports of its workers, both ends included; the usual ones when left out."`
	Enabled           *bool                `json:"enabled,omitempty" doc:"True when left out."`
}

// UpdateTemplate changes fields of a template; what is left out stays. The name never changes.
type UpdateTemplate struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body UpdateTemplateBody
}

// UpdateTemplateBody holds the fields that change.
type UpdateTemplateBody struct {
	Description       *string               `json:"description,omitempty" minLength:"1" maxLength:"200"`
	InstanceType      *string               `json:"instance_type,omitempty" minLength:"1" maxLength:"64"`
	AMINamePattern    *string               `json:"ami_name_pattern,omitempty" minLength:"1" maxLength:"128"`
	CPUCores          *int                  `json:"cpu_cores,omitempty" minimum:"1" maximum:"192"`
	MemoryGB          *int                  `json:"memory_gb,omitempty" minimum:"1" maximum:"768"`
	StorageGB         *int                  `json:"storage_gb,omitempty" minimum:"10" maximum:"2000"`
	MaxNodes          *int                  `json:"max_nodes,omitempty" minimum:"1" maximum:"500"`
	CostPerHourUSD    *float64              `json:"cost_per_hour_usd,omitempty" minimum:"0"`
	LicenseType       *resource.LicenseType `json:"license_type,omitempty" maxLength:"40"`
	License           *string               `json:"license,omitempty" maxLength:"64"`
	StartupMinutes    *float64              `json:"startup_time_minutes,omitempty" minimum:"0" maximum:"240"`
	DrainTimeoutHours *float64              `json:"drain_timeout_hours,omitempty" minimum:"0" maximum:"720"`
	PortRange         *resource.PortRange   `json:"port_range,omitempty"`
	Enabled           *bool                 `json:"enabled,omitempty"`
}

// OnTemplate names a template that is changed.
type OnTemplate struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
}

func templateCommand(id, method, below, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/worker-templates" + below, Tag: "Worker templates", Summary: summary, Audience: Public,
		Roles: []Role{Admin, LCMAdmin}, Codes: codes,
	}
}

func badTemplate() []string {
	return []string{"bad_license_type", "bad_instance_type", "bad_port_range"}
}

// The routes that change templates.
var (
	RouteCreateTemplate = Route[CreateTemplate, Template]{creates(templateCommand("create-worker-template", http.MethodPost, "", "Make a template",
		append(badTemplate(), "template_exists")...))}
	RouteUpdateTemplate = Route[UpdateTemplate, Template]{templateCommand("update-worker-template", http.MethodPut, "/{id}", "Change a template",
		append(badTemplate(), "template_not_found")...)}
	RouteDeleteTemplate  = Route[OnTemplate, Template]{templateCommand("delete-worker-template", http.MethodDelete, "/{id}", "Take a template out of use for good", "template_not_found")}
	RouteEnableTemplate  = Route[OnTemplate, Template]{templateCommand("enable-worker-template", http.MethodPatch, "/{id}/enable", "Let workers be launched of a template", "template_not_found")}
	RouteDisableTemplate = Route[OnTemplate, Template]{templateCommand("disable-worker-template", http.MethodPatch, "/{id}/disable", "Let no workers be launched of a template", "template_not_found")}
)

func templateCommandRoutes() []Described {
	return []Described{RouteCreateTemplate, RouteUpdateTemplate, RouteDeleteTemplate, RouteEnableTemplate, RouteDisableTemplate}
}
