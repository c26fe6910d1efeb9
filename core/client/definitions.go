package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// IssueTerm calls api.RouteIssueTerm.
func (c *Client) IssueTerm(ctx context.Context, req api.IssueTerm) (api.IssuedTerm, error) {
	return Call(ctx, c, api.RouteIssueTerm, req)
}

// CreateDefinition calls api.RouteCreateDefinition.
func (c *Client) CreateDefinition(ctx context.Context, req api.CreateDefinition) (api.Definition, error) {
	return Call(ctx, c, api.RouteCreateDefinition, req)
}

// ListDefinitions calls api.RouteListDefinitions.
func (c *Client) ListDefinitions(ctx context.Context, req api.ListDefinitions) ([]api.DefinitionSummary, error) {
	return Call(ctx, c, api.RouteListDefinitions, req)
}

// GetDefinition calls api.RouteGetDefinition.
func (c *Client) GetDefinition(ctx context.Context, req api.ID) (api.Definition, error) {
	return Call(ctx, c, api.RouteGetDefinition, req)
}

// SyncDefinition calls api.RouteSyncDefinition.
func (c *Client) SyncDefinition(ctx context.Context, req api.SyncDefinition) (api.DefinitionSync, error) {
	return Call(ctx, c, api.RouteSyncDefinition, req)
}

// DefinitionModel calls api.RouteDefinitionModel.
func (c *Client) DefinitionModel(ctx context.Context, req api.ID) (readmodel.Definition, error) {
	return Call(ctx, c, api.RouteDefinitionModel, req)
}

// DefinitionTopology calls api.RouteDefinitionTopology.
func (c *Client) DefinitionTopology(ctx context.Context, req api.ID) (api.Topology, error) {
	return Call(ctx, c, api.RouteDefinitionTopology, req)
}

// ContentSynced calls api.RouteContentSynced.
func (c *Client) ContentSynced(ctx context.Context, req api.ContentSynced) (api.Ack, error) {
	return Call(ctx, c, api.RouteContentSynced, req)
}

// ListTemplates calls api.RouteListTemplates.
func (c *Client) ListTemplates(ctx context.Context, req api.ListTemplates) ([]api.Template, error) {
	return Call(ctx, c, api.RouteListTemplates, req)
}

// TemplateByName calls api.RouteTemplateByName.
func (c *Client) TemplateByName(ctx context.Context, req api.ByName) (api.Template, error) {
	return Call(ctx, c, api.RouteTemplateByName, req)
}

// GetTemplate calls api.RouteGetTemplate.
func (c *Client) GetTemplate(ctx context.Context, req api.ID) (api.Template, error) {
	return Call(ctx, c, api.RouteGetTemplate, req)
}
