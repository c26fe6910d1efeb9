package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

func (s *server) instanceChangeRoutes() {
	c := s.Commands
	s.changesInstance(api.RouteStartCollection, c.StartCollection)
	s.changesInstance(api.RouteStartGrading, c.StartGrading)
	s.changesInstance(api.RouteCollectAndGrade, c.CollectAndGrade)
	s.changesInstance(api.RouteStopInstance, c.StopInstance)
	s.changesInstance(api.RouteResumeInstance, c.ResumeInstance)
	s.changesInstance(api.RouteRequeueInstance, func(ctx context.Context, req api.ChangeInstance) (*instance.Instance, repo.Meta, error) {
		return c.RequeueInstance(ctx, req.ID, why(req.Body))
	})
	handleAs(s, api.RouteBulkRequeue, c.BulkRequeue)
	handleMatched(s, api.RouteForceDropFinalizer, func(req *api.ForceDropFinalizer) string { return req.IfMatch },
		func(ctx context.Context, req api.ForceDropFinalizer) (api.Instance, error) {
			i, meta, err := c.ForceDropFinalizer(ctx, req)
			return s.shownInstance(ctx, i, meta, err)
		})
}

// changesInstance puts a route onto the router that changes an instance and answers it.
func (s *server) changesInstance(route api.Route[api.ChangeInstance, api.Instance], do func(context.Context, api.ChangeInstance) (*instance.Instance, repo.Meta, error)) {
	handle(s, route, func(ctx context.Context, req *api.ChangeInstance) (api.Instance, error) {
		ctx, err := matching(ctx, req.IfMatch)
		if err != nil {
			return api.Instance{}, err
		}
		i, meta, err := do(ctx, *req)
		return s.shownInstance(ctx, i, meta, err)
	})
}
