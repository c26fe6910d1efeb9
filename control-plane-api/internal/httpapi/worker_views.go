package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func (s *server) workerViewRoutes() {
	q := s.Queries
	handleOf(s, api.PairWorkerStatus, func(ctx context.Context, id string) (api.WorkerStatus, error) {
		status, version, err := q.WorkerStatus(ctx, id)
		setVersion(ctx, version)
		return status, err
	})
	handleOf(s, api.PairWorkerActivity, q.WorkerActivity)
	handleOf(s, api.PairIdleStatus, q.IdleStatus)
	handle(s, api.PairWorkerResources.Flat, func(ctx context.Context, req *api.OfResources) (api.WorkerResources, error) {
		return q.WorkerResources(ctx, req.ID, req.RelativeStartTime)
	})
	handle(s, api.PairWorkerResources.Region, func(ctx context.Context, req *api.OfRegionResources) (api.WorkerResources, error) {
		if err := q.CheckRegion(ctx, req.ID, req.AWSRegion); err != nil {
			return api.WorkerResources{}, err
		}
		return q.WorkerResources(ctx, req.ID, req.RelativeStartTime)
	})
	handle(s, api.PairTelemetry.Flat, func(ctx context.Context, req *api.OfTelemetry) ([]api.ActivityEvent, error) {
		return q.Telemetry(ctx, req.ID, req.Since)
	})
	handle(s, api.PairTelemetry.Region, func(ctx context.Context, req *api.OfRegionTelemetry) ([]api.ActivityEvent, error) {
		if err := q.CheckRegion(ctx, req.ID, req.AWSRegion); err != nil {
			return nil, err
		}
		return q.Telemetry(ctx, req.ID, req.Since)
	})
}
