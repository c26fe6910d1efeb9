package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// SearchDefinitions calls api.RouteSearchDefinitions.
func (c *Client) SearchDefinitions(ctx context.Context, req api.SearchDefinitions) ([]api.DefinitionSummary, error) {
	return Call(ctx, c, api.RouteSearchDefinitions, req)
}

// DefinitionByVersion calls api.RouteDefinitionByVersion.
func (c *Client) DefinitionByVersion(ctx context.Context, req api.DefinitionByVersion) (api.Definition, error) {
	return Call(ctx, c, api.RouteDefinitionByVersion, req)
}

// UpdateDefinition calls api.RouteUpdateDefinition.
func (c *Client) UpdateDefinition(ctx context.Context, req api.ReviseDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteUpdateDefinition, req)
}

// CreateVersion calls api.RouteCreateVersion.
func (c *Client) CreateVersion(ctx context.Context, req api.ReviseDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteCreateVersion, req)
}

// DeprecateDefinition calls api.RouteDeprecateDefinition.
func (c *Client) DeprecateDefinition(ctx context.Context, req api.DeprecateDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteDeprecateDefinition, req)
}

// ActivateDefinition calls api.RouteActivateDefinition.
func (c *Client) ActivateDefinition(ctx context.Context, req api.ChangeDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteActivateDefinition, req)
}

// DeactivateDefinition calls api.RouteDeactivateDefinition.
func (c *Client) DeactivateDefinition(ctx context.Context, req api.ChangeDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteDeactivateDefinition, req)
}

// ArchiveDefinition calls api.RouteArchiveDefinition.
func (c *Client) ArchiveDefinition(ctx context.Context, req api.ChangeDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteArchiveDefinition, req)
}

// DeleteDefinition calls api.RouteDeleteDefinition.
func (c *Client) DeleteDefinition(ctx context.Context, req api.DeleteDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteDeleteDefinition, req)
}

// DefinitionModels calls api.RouteDefinitionModels.
func (c *Client) DefinitionModels(ctx context.Context, req api.ListDefinitionModels) ([]readmodel.Definition, error) {
	return Call(ctx, c, api.RouteDefinitionModels, req)
}
