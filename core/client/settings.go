package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// GetSettings calls api.RouteGetSettings.
func (c *Client) GetSettings(ctx context.Context, req api.None) (api.SystemSettings, error) {
	return Call(ctx, c, api.RouteGetSettings, req)
}

// UpdateSettings calls api.RouteUpdateSettings.
func (c *Client) UpdateSettings(ctx context.Context, req api.UpdateSettings) (api.SystemSettings, error) {
	return Call(ctx, c, api.RouteUpdateSettings, req)
}

// GetDiscovery calls api.RouteGetDiscovery.
func (c *Client) GetDiscovery(ctx context.Context, req api.None) (readmodel.Discovery, error) {
	return Call(ctx, c, api.RouteGetDiscovery, req)
}

// PatchDiscovery calls api.RoutePatchDiscovery.
func (c *Client) PatchDiscovery(ctx context.Context, req api.PatchDiscovery) (readmodel.Discovery, error) {
	return Call(ctx, c, api.RoutePatchDiscovery, req)
}

// InternalDiscovery calls api.RouteInternalDiscovery.
func (c *Client) InternalDiscovery(ctx context.Context, req api.None) (readmodel.Discovery, error) {
	return Call(ctx, c, api.RouteInternalDiscovery, req)
}
