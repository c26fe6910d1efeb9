package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// WorkerStatus calls api.PairWorkerStatus.Flat.
func (c *Client) WorkerStatus(ctx context.Context, req api.WorkerID) (api.WorkerStatus, error) {
	return Call(ctx, c, api.PairWorkerStatus.Flat, req)
}

// WorkerStatusInRegion calls api.PairWorkerStatus.Region.
func (c *Client) WorkerStatusInRegion(ctx context.Context, req api.RegionWorkerID) (api.WorkerStatus, error) {
	return Call(ctx, c, api.PairWorkerStatus.Region, req)
}

// WorkerResources calls api.PairWorkerResources.Flat.
func (c *Client) WorkerResources(ctx context.Context, req api.OfResources) (api.WorkerResources, error) {
	return Call(ctx, c, api.PairWorkerResources.Flat, req)
}

// WorkerResourcesInRegion calls api.PairWorkerResources.Region.
func (c *Client) WorkerResourcesInRegion(ctx context.Context, req api.OfRegionResources) (api.WorkerResources, error) {
	return Call(ctx, c, api.PairWorkerResources.Region, req)
}

// WorkerActivity calls api.PairWorkerActivity.Flat.
func (c *Client) WorkerActivity(ctx context.Context, req api.WorkerID) (api.WorkerActivity, error) {
	return Call(ctx, c, api.PairWorkerActivity.Flat, req)
}

// WorkerActivityInRegion calls api.PairWorkerActivity.Region.
func (c *Client) WorkerActivityInRegion(ctx context.Context, req api.RegionWorkerID) (api.WorkerActivity, error) {
	return Call(ctx, c, api.PairWorkerActivity.Region, req)
}

// WorkerIdleStatus calls api.PairIdleStatus.Flat.
func (c *Client) WorkerIdleStatus(ctx context.Context, req api.WorkerID) (api.IdleStatus, error) {
	return Call(ctx, c, api.PairIdleStatus.Flat, req)
}

// WorkerIdleStatusInRegion calls api.PairIdleStatus.Region.
func (c *Client) WorkerIdleStatusInRegion(ctx context.Context, req api.RegionWorkerID) (api.IdleStatus, error) {
	return Call(ctx, c, api.PairIdleStatus.Region, req)
}

// WorkerTelemetry calls api.PairTelemetry.Flat.
func (c *Client) WorkerTelemetry(ctx context.Context, req api.OfTelemetry) ([]api.ActivityEvent, error) {
	return Call(ctx, c, api.PairTelemetry.Flat, req)
}

// WorkerTelemetryInRegion calls api.PairTelemetry.Region.
func (c *Client) WorkerTelemetryInRegion(ctx context.Context, req api.OfRegionTelemetry) ([]api.ActivityEvent, error) {
	return Call(ctx, c, api.PairTelemetry.Region, req)
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
