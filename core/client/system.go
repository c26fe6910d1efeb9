package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// SystemHealth calls api.RouteSystemHealth.
func (c *Client) SystemHealth(ctx context.Context, req api.None) (api.SystemHealth, error) {
	return Call(ctx, c, api.RouteSystemHealth, req)
}

// SchedulerStatus calls api.RouteSchedulerStatus.
func (c *Client) SchedulerStatus(ctx context.Context, req api.None) (api.SchedulerStatus, error) {
	return Call(ctx, c, api.RouteSchedulerStatus, req)
}

// WorkerMonitoring calls api.RouteWorkerMonitoring.
func (c *Client) WorkerMonitoring(ctx context.Context, req api.None) (api.WorkerMonitoring, error) {
	return Call(ctx, c, api.RouteWorkerMonitoring, req)
}

// Intervals calls api.RouteIntervals.
func (c *Client) Intervals(ctx context.Context, req api.None) (api.Intervals, error) {
	return Call(ctx, c, api.RouteIntervals, req)
}

// Jobs calls api.RouteJobs.
func (c *Client) Jobs(ctx context.Context, req api.None) (api.Jobs, error) {
	return Call(ctx, c, api.RouteJobs, req)
}

// Alive calls api.RouteAlive.
func (c *Client) Alive(ctx context.Context, req api.None) (api.Alive, error) {
	return Call(ctx, c, api.RouteAlive, req)
}
