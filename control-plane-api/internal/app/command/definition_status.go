package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Activate lets labs be booked from a definition again. Codes: definition_not_found, definition_not_synced,
// invalid_transition.
func (c *Definitions) Activate(ctx context.Context, req api.ChangeDefinition) (*definition.Definition, repo.Meta, error) {
	return c.change(ctx, req.ID, whyOr(req.Body, ""), (*definition.Definition).Activate)
}

// Deactivate lets no labs be booked from a definition for now. Codes: definition_not_found, invalid_transition.
func (c *Definitions) Deactivate(ctx context.Context, req api.ChangeDefinition) (*definition.Definition, repo.Meta, error) {
	return c.change(ctx, req.ID, whyOr(req.Body, ""), (*definition.Definition).Deactivate)
}

// Deprecate lets no more labs be booked from a definition for good. Codes: definition_not_found, invalid_transition.
func (c *Definitions) Deprecate(ctx context.Context, req api.DeprecateDefinition) (*definition.Definition, repo.Meta, error) {
	body := api.DeprecateDefinitionBody{}
	if req.Body != nil {
		body = *req.Body
	}
	return c.change(ctx, req.ID, body.Reason, func(d *definition.Definition, act parts.Act) error {
		return d.Deprecate(body.ReplacementVersion, act)
	})
}

func (c *Definitions) change(ctx context.Context, id, reason string, verb func(*definition.Definition, parts.Act) error) (*definition.Definition, repo.Meta, error) {
	ctx = call.Because(ctx, reason)
	return c.repo.Update(ctx, id, func(d *definition.Definition) error { return verb(d, c.act(ctx)) })
}
