package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func (s *server) templateRoutes() {
	handle(s, api.RouteListTemplates, func(ctx context.Context, req *api.ListTemplates) ([]api.Template, error) {
		page, err := s.TemplateQueries.List(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteGetTemplate, func(ctx context.Context, req *api.ID) (api.Template, error) {
		t, version, err := s.TemplateQueries.Get(ctx, req.ID)
		setVersion(ctx, version)
		return t, err
	})
	handle(s, api.RouteTemplateModels, func(ctx context.Context, req *api.ListTemplateModels) ([]readmodel.Template, error) {
		page, err := s.TemplateQueries.Models(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteTemplateModelByName, func(ctx context.Context, req *api.ByName) (readmodel.Template, error) {
		return s.TemplateQueries.ModelByName(ctx, req.Name)
	})
	handle(s, api.RouteTemplateByName, func(ctx context.Context, req *api.ByName) (api.Template, error) {
		t, version, err := s.TemplateQueries.ByName(ctx, req.Name)
		setVersion(ctx, version)
		return t, err
	})
}
