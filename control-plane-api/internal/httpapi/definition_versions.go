package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
)

func (s *server) definitionVersionRoutes() {
	ifMatch := func(req *api.ReviseDefinition) string { return req.IfMatch }
	handleMatched(s, api.RouteUpdateDefinition, ifMatch, func(ctx context.Context, req api.ReviseDefinition) (api.Definition, error) {
		d, meta, err := s.DefinitionCommands.Update(ctx, req)
		return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
	})
	handleMatched(s, api.RouteCreateVersion, ifMatch, func(ctx context.Context, req api.ReviseDefinition) (api.Definition, error) {
		d, meta, err := s.DefinitionCommands.CreateVersion(ctx, req)
		return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
	})
}

func (s *server) definitionStatusRoutes() {
	c := s.DefinitionCommands
	ifMatch := func(req *api.ChangeDefinition) string { return req.IfMatch }
	handleMatched(s, api.RouteActivateDefinition, ifMatch, func(ctx context.Context, req api.ChangeDefinition) (api.Definition, error) {
		d, meta, err := c.Activate(ctx, req)
		return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
	})
	handleMatched(s, api.RouteDeactivateDefinition, ifMatch, func(ctx context.Context, req api.ChangeDefinition) (api.Definition, error) {
		d, meta, err := c.Deactivate(ctx, req)
		return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
	})
	handleMatched(s, api.RouteArchiveDefinition, ifMatch, func(ctx context.Context, req api.ChangeDefinition) (api.Definition, error) {
		d, meta, err := s.Commands.ArchiveDefinition(ctx, req)
		return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
	})
	handleMatched(s, api.RouteDeprecateDefinition, func(req *api.DeprecateDefinition) string { return req.IfMatch },
		func(ctx context.Context, req api.DeprecateDefinition) (api.Definition, error) {
			d, meta, err := c.Deprecate(ctx, req)
			return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
		})
	handleMatched(s, api.RouteDeleteDefinition, func(req *api.DeleteDefinition) string { return req.IfMatch },
		func(ctx context.Context, req api.DeleteDefinition) (api.Definition, error) {
			d, meta, err := s.Commands.DeleteDefinition(ctx, req.ID)
			return shownDefinition(ctx, meta, err, func() api.Definition { return query.DefinitionDTO(d) })
		})
}

// shownDefinition answers a definition after a command on it, and where it is: a change may have made a new one.
func shownDefinition(ctx context.Context, meta repo.Meta, err error, show func() api.Definition) (api.Definition, error) {
	if err != nil {
		return api.Definition{}, err
	}
	d := show()
	created(ctx, "/api/lablet-definitions/"+d.ID, meta.Version)
	return d, nil
}

// handleMatched puts a route onto the router whose request may say which version it was decided on.
func handleMatched[Req, Resp any](s *server, route api.Route[Req, Resp], ifMatch func(*Req) string, do func(context.Context, Req) (Resp, error)) {
	handle(s, route, func(ctx context.Context, req *Req) (Resp, error) {
		ctx, err := matching(ctx, ifMatch(req))
		if err != nil {
			var none Resp
			return none, err
		}
		return do(ctx, *req)
	})
}
