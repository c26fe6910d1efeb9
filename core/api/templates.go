package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Template is a worker template as people see it.
type Template struct {
	ID                string               `json:"id"`
	Name              string               `json:"name"`
	Description       string               `json:"description"`
	InstanceType      string               `json:"instance_type"`
	AMINamePattern    string               `json:"ami_name_pattern"`
	Capacity          resource.Capacity    `json:"capacity"`
	CostPerHourUSD    float64              `json:"cost_per_hour_usd"`
	LicenseType       resource.LicenseType `json:"license_type,omitempty"`
	License           string               `json:"license,omitempty"`
	StartupMinutes    float64              `json:"startup_time_minutes"`
	DrainTimeoutHours float64              `json:"drain_timeout_hours"`
	PortRange         *resource.PortRange  `json:"port_range,omitempty" doc:"Ports of its workers, both ends included; the usual ones when absent."`
	Enabled           bool                 `json:"enabled"`
	Deleted           bool                 `json:"deleted"`
	DeletedAt         *time.Time           `json:"deleted_at,omitempty"`
	CreatedAt         time.Time            `json:"created_at"`
	UpdatedAt         time.Time            `json:"updated_at"`
}

// ListTemplates filters templates.
type ListTemplates struct {
	List
	EnabledOnly    bool   `query:"enabled_only" default:"true"`
	IncludeDeleted bool   `query:"include_deleted"`
	Sort           string `query:"sort" enum:"name,created_at" default:"name" doc:"What the list is sorted by."`
	Order          string `query:"order" enum:"asc,desc" default:"asc" doc:"First to last, unless desc is asked for."`
}

// ByName names a thing by its name.
type ByName struct {
	Name string `path:"name" minLength:"1" maxLength:"50"`
}

// The routes of templates.
var (
	RouteListTemplates = Route[ListTemplates, []Template]{Info{
		ID: "list-worker-templates", Method: http.MethodGet, Path: "/api/worker-templates", Tag: "Worker templates", Summary: "List templates", Audience: Public,
	}}
	RouteGetTemplate = Route[ID, Template]{Info{
		ID: "get-worker-template", Method: http.MethodGet, Path: "/api/worker-templates/{id}", Tag: "Worker templates", Summary: "Get a template", Audience: Public, Codes: []string{"template_not_found"},
	}}
	RouteTemplateByName = Route[ByName, Template]{Info{
		ID: "get-worker-template-by-name", Method: http.MethodGet, Path: "/api/worker-templates/by-name/{name}", Tag: "Worker templates", Summary: "Get a template by name", Audience: Public, Codes: []string{"template_not_found"},
	}}
)

func templateRoutes() []Described {
	return []Described{RouteListTemplates, RouteTemplateByName, RouteGetTemplate, RouteTemplateModels, RouteTemplateModelByName}
}
