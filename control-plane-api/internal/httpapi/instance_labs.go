package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
)

// instanceLabRoutes are the routes of the labs that serve an instance.
func (s *server) instanceLabRoutes() {
	handle(s, api.RouteInstanceLabs, func(ctx context.Context, req *api.ID) ([]api.LabBinding, error) {
		if _, err := s.Queries.InstanceModel(ctx, req.ID); err != nil {
			return nil, err
		}
		return s.Labs.Queries.OfInstance(ctx, req.ID)
	})
	handleMatched(s, api.RouteBindInstanceLab, func(req *api.BindInstanceLab) string { return req.IfMatch },
		func(ctx context.Context, req api.BindInstanceLab) (api.LabRecord, error) {
			l, meta, err := s.Commands.BindInstanceLab(ctx, req)
			return shownLab(ctx, meta, err, func() api.LabRecord { return query.LabRecordDTO(l, meta) })
		})
	handleMatched(s, api.RouteUnbindInstanceLab, func(req *api.UnbindInstanceLab) string { return req.IfMatch },
		func(ctx context.Context, req api.UnbindInstanceLab) (api.LabRecord, error) {
			l, meta, err := s.Commands.UnbindInstanceLab(ctx, req)
			return shownLab(ctx, meta, err, func() api.LabRecord { return query.LabRecordDTO(l, meta) })
		})
}

// labLookRoutes have a worker's labs looked at, and count them.
func (s *server) labLookRoutes() {
	look := func(ctx context.Context, workerID string) (api.LabsLook, error) {
		answer, err := s.Commands.LookForLabs(ctx, workerID)
		if err == nil {
			goesOn(ctx, answer.TaskID)
		}
		return answer, err
	}
	handle(s, api.RouteLookForLabs, func(ctx context.Context, req *api.ID) (api.LabsLook, error) { return look(ctx, req.ID) })
	handle(s, api.RouteRefreshLabs, func(ctx context.Context, req *api.WorkerOfRegion) (api.LabsLook, error) {
		if err := s.Labs.Queries.CheckWorker(ctx, *req); err != nil {
			return api.LabsLook{}, err
		}
		return look(ctx, req.WorkerID)
	})
	handle(s, api.RouteWorkerLabSum, func(ctx context.Context, req *api.ID) (api.LabStats, error) { return s.Labs.Queries.Stats(ctx, req.ID) })
}
