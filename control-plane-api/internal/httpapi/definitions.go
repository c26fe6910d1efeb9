package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
)

func (s *server) definitionRoutes() {
	handle(s, api.RouteCreateDefinition, func(ctx context.Context, req *api.CreateDefinition) (api.Definition, error) {
		d, meta, err := s.DefinitionCommands.Create(ctx, req.Body)
		if err != nil {
			return api.Definition{}, err
		}
		created(ctx, "/api/lablet-definitions/"+d.ID, meta.Version)
		return query.DefinitionDTO(d), nil
	})
	handle(s, api.RouteListDefinitions, func(ctx context.Context, req *api.ListDefinitions) ([]api.DefinitionSummary, error) {
		page, err := s.DefinitionQueries.List(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteGetDefinition, func(ctx context.Context, req *api.ID) (api.Definition, error) {
		d, version, err := s.DefinitionQueries.Get(ctx, req.ID)
		setVersion(ctx, version)
		return d, err
	})
	handleMatched(s, api.RouteSyncDefinition, func(req *api.SyncDefinition) string { return req.IfMatch },
		func(ctx context.Context, req api.SyncDefinition) (api.DefinitionSync, error) {
			d, meta, t, err := s.Commands.SyncDefinition(ctx, req.ID)
			if err != nil {
				return api.DefinitionSync{}, err
			}
			setVersion(ctx, meta.Version)
			goesOn(ctx, t.ID)
			return api.DefinitionSync{Definition: query.DefinitionDTO(d), TaskID: t.ID}, nil
		})
	handle(s, api.RouteDefinitionModel, func(ctx context.Context, req *api.ID) (readmodel.Definition, error) {
		return s.DefinitionQueries.Model(ctx, req.ID)
	})
	handle(s, api.RouteDefinitionTopology, func(ctx context.Context, req *api.ID) (api.Topology, error) {
		return s.DefinitionQueries.Topology(ctx, req.ID)
	})
	handle(s, api.RouteContentSynced, func(ctx context.Context, req *api.ContentSynced) (api.Ack, error) {
		ack, err := s.DefinitionCommands.RecordSync(ctx, req.ID, req.Body)
		s.Commands.SettleTasksOf(ctx, req.ID)
		return ack, err
	})
}
