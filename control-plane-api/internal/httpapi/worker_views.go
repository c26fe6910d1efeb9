package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func (s *server) workerViewRoutes() {
	q := s.Queries
	handleOf(s, api.RoutesWorkerStatus, func(ctx context.Context, id string) (api.WorkerStatus, error) {
		status, version, err := q.WorkerStatus(ctx, id)
		setVersion(ctx, version)
		return status, err
	})
	handleOf(s, api.RoutesWorkerActivity, q.WorkerActivity)
	handleOf(s, api.RoutesIdleStatus, q.IdleStatus)
	handle(s, api.RoutesWorkerResources.Flat, func(ctx context.Context, req *api.OfResources) (api.WorkerResources, error) {
		return q.WorkerResources(ctx, req.ID, req.RelativeStartTime)
	})
	handle(s, api.RoutesWorkerResources.Region, func(ctx context.Context, req *api.OfRegionResources) (api.WorkerResources, error) {
		if err := q.CheckRegion(ctx, req.ID, req.AWSRegion); err != nil {
			return api.WorkerResources{}, err
		}
		return q.WorkerResources(ctx, req.ID, req.RelativeStartTime)
	})
	handle(s, api.RoutesTelemetry.Flat, func(ctx context.Context, req *api.OfTelemetry) ([]api.ActivityEvent, error) {
		return q.Telemetry(ctx, req.ID, req.Since)
	})
	handle(s, api.RoutesTelemetry.Region, func(ctx context.Context, req *api.OfRegionTelemetry) ([]api.ActivityEvent, error) {
		if err := q.CheckRegion(ctx, req.ID, req.AWSRegion); err != nil {
			return nil, err
		}
		return q.Telemetry(ctx, req.ID, req.Since)
	})
}
