package api

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// ListTemplateModels filters templates for controllers, as ListTemplates does for people.
type ListTemplateModels struct {
	ModelList
	EnabledOnly    bool `query:"enabled_only" default:"true"`
	IncludeDeleted bool `query:"include_deleted"`
}

// The internal routes of templates.
var (
	RouteTemplateModels = Route[ListTemplateModels, []readmodel.Template]{Info{
		ID: "list-template-models", Method: http.MethodGet, Path: "/api/internal/worker-templates", Tag: "Internal", Summary: "List templates' read models", Audience: Internal,
	}}
	RouteTemplateModelByName = Route[ByName, readmodel.Template]{Info{
		ID: "get-template-model-by-name", Method: http.MethodGet, Path: "/api/internal/worker-templates/by-name/{name}", Tag: "Internal",
		Summary: "Get a template's read model by name", Audience: Internal, Codes: []string{"template_not_found"},
	}}
)
