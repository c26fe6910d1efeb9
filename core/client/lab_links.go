package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// RefreshLabs calls api.RouteRefreshLabs.
func (c *Client) RefreshLabs(ctx context.Context, req api.WorkerOfRegion) (api.LabsLook, error) {
	return Call(ctx, c, api.RouteRefreshLabs, req)
}

// LookForLabs calls api.RouteLookForLabs.
func (c *Client) LookForLabs(ctx context.Context, req api.ID) (api.LabsLook, error) {
	return Call(ctx, c, api.RouteLookForLabs, req)
}

// WorkerLabStats calls api.RouteWorkerLabSum.
func (c *Client) WorkerLabStats(ctx context.Context, req api.ID) (api.LabStats, error) {
	return Call(ctx, c, api.RouteWorkerLabSum, req)
}

// InstanceLabs calls api.RouteInstanceLabs.
func (c *Client) InstanceLabs(ctx context.Context, req api.ID) ([]api.LabBinding, error) {
	return Call(ctx, c, api.RouteInstanceLabs, req)
}

// BindInstanceLab calls api.RouteBindInstanceLab.
func (c *Client) BindInstanceLab(ctx context.Context, req api.BindInstanceLab) (api.LabRecord, error) {
	return Call(ctx, c, api.RouteBindInstanceLab, req)
}

// UnbindInstanceLab calls api.RouteUnbindInstanceLab.
func (c *Client) UnbindInstanceLab(ctx context.Context, req api.UnbindInstanceLab) (api.LabRecord, error) {
	return Call(ctx, c, api.RouteUnbindInstanceLab, req)
}
