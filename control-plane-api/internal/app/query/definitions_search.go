package query

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

// Search answers definitions whose name contains a text, upper and lower case alike, newest first.
func (q *Definitions) Search(ctx context.Context, f api.SearchDefinitions) ([]api.DefinitionSummary, error) {
	filter, err := definitionFilter(api.ListDefinitions{IncludeDeprecated: f.IncludeDeprecated})
	if err != nil {
		return nil, err
	}
	filter.Contains = map[string]string{command.FieldName: f.Q}
	filter.Limit = f.Limit
	if filter.Limit < 1 {
		filter.Limit = 10
	}
	found, err := q.repo.Find(ctx, filter)
	if err != nil {
		return nil, err
	}
	shown := make([]api.DefinitionSummary, 0, len(found))
	for _, l := range found {
		shown = append(shown, definitionSummary(l.Value))
	}
	return shown, nil
}

// ByVersion answers the definition of a name and version; 1.0 and 1.0.0 are the same.
func (q *Definitions) ByVersion(ctx context.Context, name, version string) (api.Definition, int64, error) {
	wanted := definition.Definition{Name: name, Version: version}
	d, meta, err := q.repo.GetUnique(ctx, wanted.Unique())
	if failure.Is(err, failure.NotFound) {
		return api.Definition{}, 0, failure.Wrap(err, failure.NotFound, "definition_not_found", "There is no version %s of a definition %q.", version, name)
	}
	if err != nil {
		return api.Definition{}, 0, err
	}
	return shownTo(ctx, DefinitionDTO(d)), meta.Version, nil
}

// Models answers a page of read models, newest first.
func (q *Definitions) Models(ctx context.Context, f api.ListDefinitionModels) (page.Page[readmodel.Definition], error) {
	filter, err := definitionFilter(api.ListDefinitions{
		Name: f.Name, Status: f.Status, SyncStatus: f.SyncStatus, IncludeDeprecated: f.IncludeDeprecated,
	})
	if err != nil {
		return page.Page[readmodel.Definition]{}, err
	}
	return list(ctx, q.repo, filter, api.List(f.ModelList), definitionCursor, func(l repo.Loaded[definition.Definition]) readmodel.Definition {
		return l.Value.Model(l.Version, l.Generation)
	})
}
