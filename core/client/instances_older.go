package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// ScheduleOne calls api.RouteScheduleOne.
func (c *Client) ScheduleOne(ctx context.Context, req api.ScheduleOne) (api.Ack, error) {
	return Call(ctx, c, api.RouteScheduleOne, req)
}

// AllocatePorts calls api.RouteAllocatePorts.
func (c *Client) AllocatePorts(ctx context.Context, req api.AllocatePorts) (api.AllocatedPorts, error) {
	return Call(ctx, c, api.RouteAllocatePorts, req)
}

// PutPorts calls api.RoutePutPorts.
func (c *Client) PutPorts(ctx context.Context, req api.AllocatePorts) (api.AllocatedPorts, error) {
	return Call(ctx, c, api.RoutePutPorts, req)
}

// PutTransition calls api.RoutePutTransition.
func (c *Client) PutTransition(ctx context.Context, req api.Transition) (api.Ack, error) {
	return Call(ctx, c, api.RoutePutTransition, req)
}

// TemplateModels calls api.RouteTemplateModels.
func (c *Client) TemplateModels(ctx context.Context, req api.ListTemplateModels) ([]readmodel.Template, error) {
	return Call(ctx, c, api.RouteTemplateModels, req)
}

// TemplateModelByName calls api.RouteTemplateModelByName.
func (c *Client) TemplateModelByName(ctx context.Context, req api.ByName) (readmodel.Template, error) {
	return Call(ctx, c, api.RouteTemplateModelByName, req)
}
