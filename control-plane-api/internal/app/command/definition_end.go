package command

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// ArchiveDefinition puts a deprecated definition away of which no lab lives. Codes: definition_not_found, invalid_transition,
// definition_in_use.
func (c *Commands) ArchiveDefinition(ctx context.Context, req api.ChangeDefinition) (*definition.Definition, repo.Meta, error) {
	return c.endDefinition(ctx, req.ID, whyOr(req.Body, ""), (*definition.Definition).Archive)
}

// DeleteDefinition takes a definition of which no lab lives out of the lists. Its document and its content are kept, so that
// an instance that is booked in the same moment is served still. Codes: definition_not_found, definition_in_use.
func (c *Commands) DeleteDefinition(ctx context.Context, id string) (*definition.Definition, repo.Meta, error) {
	return c.endDefinition(ctx, id, "", (*definition.Definition).Delete)
}

func (c *Commands) endDefinition(ctx context.Context, id, reason string, verb func(*definition.Definition, parts.Act) error) (*definition.Definition, repo.Meta, error) {
	var live []string
	for _, status := range slices.DeleteFunc(lifecycle.Instances().Statuses(), lifecycle.Instances().Terminal) {
		live = append(live, string(status))
	}
	n, err := c.d.Instances.Count(ctx, store.Query{Equal: map[string][]string{FieldDefinition: {id}, FieldStatus: live}})
	if err != nil {
		return nil, repo.Meta{}, err
	}
	if n > 0 {
		return nil, repo.Meta{}, failure.New(failure.Conflict, "definition_in_use", "%d instances of the definition are not over.", n)
	}
	return c.d.Definitions.Update(call.Because(ctx, reason), id, func(d *definition.Definition) error { return verb(d, c.act(ctx).Because(reason)) })
}
