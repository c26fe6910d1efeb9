package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func (s *server) definitionChangeRoutes() {
	handle(s, api.RouteSearchDefinitions, func(ctx context.Context, req *api.SearchDefinitions) ([]api.DefinitionSummary, error) {
		return s.DefinitionQueries.Search(ctx, *req)
	})
	handle(s, api.RouteDefinitionByVersion, func(ctx context.Context, req *api.DefinitionByVersion) (api.Definition, error) {
		d, version, err := s.DefinitionQueries.ByVersion(ctx, req.Name, req.Version)
		setVersion(ctx, version)
		return d, err
	})
	handle(s, api.RouteDefinitionModels, func(ctx context.Context, req *api.ListDefinitionModels) ([]readmodel.Definition, error) {
		page, err := s.DefinitionQueries.Models(ctx, *req)
		return answerPage(ctx, page, err)
	})
	s.definitionVersionRoutes()
	s.definitionStatusRoutes()
}
