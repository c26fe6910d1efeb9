package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// WorkerStatus calls api.RoutesWorkerStatus.Flat.
func (c *Client) WorkerStatus(ctx context.Context, req api.WorkerID) (api.WorkerStatus, error) {
	return Call(ctx, c, api.RoutesWorkerStatus.Flat, req)
}

// WorkerStatusInRegion calls api.RoutesWorkerStatus.Region.
func (c *Client) WorkerStatusInRegion(ctx context.Context, req api.RegionWorkerID) (api.WorkerStatus, error) {
	return Call(ctx, c, api.RoutesWorkerStatus.Region, req)
}

// WorkerResources calls api.RoutesWorkerResources.Flat.
func (c *Client) WorkerResources(ctx context.Context, req api.OfResources) (api.WorkerResources, error) {
	return Call(ctx, c, api.RoutesWorkerResources.Flat, req)
}

// WorkerResourcesInRegion calls api.RoutesWorkerResources.Region.
func (c *Client) WorkerResourcesInRegion(ctx context.Context, req api.OfRegionResources) (api.WorkerResources, error) {
	return Call(ctx, c, api.RoutesWorkerResources.Region, req)
}

// WorkerActivity calls api.RoutesWorkerActivity.Flat.
func (c *Client) WorkerActivity(ctx context.Context, req api.WorkerID) (api.WorkerActivity, error) {
	return Call(ctx, c, api.RoutesWorkerActivity.Flat, req)
}

// WorkerActivityInRegion calls api.RoutesWorkerActivity.Region.
func (c *Client) WorkerActivityInRegion(ctx context.Context, req api.RegionWorkerID) (api.WorkerActivity, error) {
	return Call(ctx, c, api.RoutesWorkerActivity.Region, req)
}

// WorkerIdleStatus calls api.RoutesIdleStatus.Flat.
func (c *Client) WorkerIdleStatus(ctx context.Context, req api.WorkerID) (api.IdleStatus, error) {
	return Call(ctx, c, api.RoutesIdleStatus.Flat, req)
}

// WorkerIdleStatusInRegion calls api.RoutesIdleStatus.Region.
func (c *Client) WorkerIdleStatusInRegion(ctx context.Context, req api.RegionWorkerID) (api.IdleStatus, error) {
	return Call(ctx, c, api.RoutesIdleStatus.Region, req)
}

// WorkerTelemetry calls api.RoutesTelemetry.Flat.
func (c *Client) WorkerTelemetry(ctx context.Context, req api.OfTelemetry) ([]api.ActivityEvent, error) {
	return Call(ctx, c, api.RoutesTelemetry.Flat, req)
}

// WorkerTelemetryInRegion calls api.RoutesTelemetry.Region.
func (c *Client) WorkerTelemetryInRegion(ctx context.Context, req api.OfRegionTelemetry) ([]api.ActivityEvent, error) {
	return Call(ctx, c, api.RoutesTelemetry.Region, req)
}

// CreateWorker calls api.RouteCreateWorker.
func (c *Client) CreateWorker(ctx context.Context, req api.CreateWorker) (api.Worker, error) {
	return Call(ctx, c, api.RouteCreateWorker, req)
}

// CreateWorkerInRegion calls api.RouteCreateRegionWorker.
func (c *Client) CreateWorkerInRegion(ctx context.Context, req api.CreateRegionWorker) (api.Worker, error) {
	return Call(ctx, c, api.RouteCreateRegionWorker, req)
}

// ImportWorkers calls api.RouteImportWorkers.
func (c *Client) ImportWorkers(ctx context.Context, req api.ImportWorkers) (api.ImportAccepted, error) {
	return Call(ctx, c, api.RouteImportWorkers, req)
}

// ImportWorkersInRegion calls api.RouteImportRegionWorkers.
func (c *Client) ImportWorkersInRegion(ctx context.Context, req api.ImportRegionWorkers) (api.ImportAccepted, error) {
	return Call(ctx, c, api.RouteImportRegionWorkers, req)
}

// ListWorkersInRegion calls api.RouteListRegionWorkers.
func (c *Client) ListWorkersInRegion(ctx context.Context, req api.ListRegionWorkers) ([]api.Worker, error) {
	return Call(ctx, c, api.RouteListRegionWorkers, req)
}

// GetWorkerInRegion calls api.RouteGetRegionWorker.
func (c *Client) GetWorkerInRegion(ctx context.Context, req api.RegionWorkerID) (api.Worker, error) {
	return Call(ctx, c, api.RouteGetRegionWorker, req)
}

// DeleteWorkerInRegion calls api.RouteDeleteRegionWorker.
func (c *Client) DeleteWorkerInRegion(ctx context.Context, req api.DeleteRegionWorker) (api.Worker, error) {
	return Call(ctx, c, api.RouteDeleteRegionWorker, req)
}

// WorkerByInstance calls api.RouteWorkerByInstance.
func (c *Client) WorkerByInstance(ctx context.Context, req api.ByInstance) (api.Worker, error) {
	return Call(ctx, c, api.RouteWorkerByInstance, req)
}
