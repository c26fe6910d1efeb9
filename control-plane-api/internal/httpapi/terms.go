package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// TermIssuer names new leaders.
type TermIssuer interface {
	IssueTerm(ctx context.Context, service, key string, createRevision int64) (int64, error)
}

func (s *server) termRoutes() {
	handle(s, api.RouteIssueTerm, func(ctx context.Context, req *api.IssueTerm) (api.IssuedTerm, error) {
		if req.Body.Service != call.From(ctx).Actor {
			return api.IssuedTerm{}, failure.New(failure.Forbidden, "other_service", "The key is another service's.")
		}
		term, err := s.Terms.IssueTerm(ctx, req.Body.Service, req.Body.Key, req.Body.CreateRevision)
		return api.IssuedTerm{Service: req.Body.Service, Term: term}, err
	})
}
