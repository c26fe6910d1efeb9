package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// ReportMetrics calls api.RouteReportMetrics.
func (c *Client) ReportMetrics(ctx context.Context, req api.ReportMetrics) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportMetrics, req)
}

// PutMetrics calls api.RoutePutMetrics.
func (c *Client) PutMetrics(ctx context.Context, req api.ReportMetrics) (api.Ack, error) {
	return Call(ctx, c, api.RoutePutMetrics, req)
}

// PutWorkerStatus calls api.RoutePutWorkerStatus.
func (c *Client) PutWorkerStatus(ctx context.Context, req api.ReportWorkerStatus) (api.Ack, error) {
	return Call(ctx, c, api.RoutePutWorkerStatus, req)
}

// ReportEC2Details calls api.RouteReportEC2Details.
func (c *Client) ReportEC2Details(ctx context.Context, req api.ReportEC2Details) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportEC2Details, req)
}

// ReportActivity calls api.RouteReportActivity.
func (c *Client) ReportActivity(ctx context.Context, req api.ReportActivity) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportActivity, req)
}

// DetectIdle calls api.RouteDetectIdle.
func (c *Client) DetectIdle(ctx context.Context, req api.DetectIdle) (api.IdleVerdict, error) {
	return Call(ctx, c, api.RouteDetectIdle, req)
}

// InternalIdleStatus calls api.RouteInternalIdleStatus.
func (c *Client) InternalIdleStatus(ctx context.Context, req api.ID) (api.IdleStatus, error) {
	return Call(ctx, c, api.RouteInternalIdleStatus, req)
}

// MarkTerminated calls api.RouteMarkTerminated.
func (c *Client) MarkTerminated(ctx context.Context, req api.MarkTerminated) (api.Ack, error) {
	return Call(ctx, c, api.RouteMarkTerminated, req)
}

// DrainByService calls api.RouteDrainByService.
func (c *Client) DrainByService(ctx context.Context, req api.DrainByService) (api.Drained, error) {
	return Call(ctx, c, api.RouteDrainByService, req)
}

// RecalculateCapacity calls api.RouteRecalculate.
func (c *Client) RecalculateCapacity(ctx context.Context, req api.Recalculate) (api.Ack, error) {
	return Call(ctx, c, api.RouteRecalculate, req)
}

// CleanupWorkers calls api.RouteCleanupWorkers.
func (c *Client) CleanupWorkers(ctx context.Context, req api.CleanupWorkers) (api.CleanupResult, error) {
	return Call(ctx, c, api.RouteCleanupWorkers, req)
}

// BulkImport calls api.RouteBulkImport.
func (c *Client) BulkImport(ctx context.Context, req api.BulkImport) (api.ImportResult, error) {
	return Call(ctx, c, api.RouteBulkImport, req)
}
