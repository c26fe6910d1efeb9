package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// CreateTemplate calls api.RouteCreateTemplate.
func (c *Client) CreateTemplate(ctx context.Context, req api.CreateTemplate) (api.Template, error) {
	return Call(ctx, c, api.RouteCreateTemplate, req)
}

// UpdateTemplate calls api.RouteUpdateTemplate.
func (c *Client) UpdateTemplate(ctx context.Context, req api.UpdateTemplate) (api.Template, error) {
	return Call(ctx, c, api.RouteUpdateTemplate, req)
}

// DeleteTemplate calls api.RouteDeleteTemplate.
func (c *Client) DeleteTemplate(ctx context.Context, req api.OnTemplate) (api.Template, error) {
	return Call(ctx, c, api.RouteDeleteTemplate, req)
}

// EnableTemplate calls api.RouteEnableTemplate.
func (c *Client) EnableTemplate(ctx context.Context, req api.OnTemplate) (api.Template, error) {
	return Call(ctx, c, api.RouteEnableTemplate, req)
}

// DisableTemplate calls api.RouteDisableTemplate.
func (c *Client) DisableTemplate(ctx context.Context, req api.OnTemplate) (api.Template, error) {
	return Call(ctx, c, api.RouteDisableTemplate, req)
}
