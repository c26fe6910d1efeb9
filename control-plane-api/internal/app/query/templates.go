package query

import (
	"context"
	"strconv"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Templates holds the queries on worker templates.
type Templates struct {
	repo *repo.Repo[template.Template]
}

// NewTemplates makes them.
func NewTemplates(r *repo.Repo[template.Template]) *Templates { return &Templates{repo: r} }

// Get answers a template.
func (q *Templates) Get(ctx context.Context, id string) (api.Template, int64, error) {
	t, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return api.Template{}, 0, err
	}
	return TemplateDTO(t), meta.Version, nil
}

// ByName answers a template by its name, which is unique.
func (q *Templates) ByName(ctx context.Context, name string) (api.Template, int64, error) {
	t, meta, err := q.repo.GetUnique(ctx, name)
	if err != nil {
		return api.Template{}, 0, err
	}
	return TemplateDTO(t), meta.Version, nil
}

// List answers a page of templates, by name unless another order is asked for.
func (q *Templates) List(ctx context.Context, f api.ListTemplates) (page.Page[api.Template], error) {
	filter := templateFilter(f)
	sorted(&filter, map[string]string{"name": "name", "created_at": byID}, f.Sort, f.Order)
	return list(ctx, q.repo, filter, f.List, cursorBy(command.TemplateKind(), filter.Sort), func(l repo.Loaded[template.Template]) api.Template { return TemplateDTO(l.Value) })
}

// Models answers a page of read models by name, to services.
func (q *Templates) Models(ctx context.Context, f api.ListTemplateModels) (page.Page[readmodel.Template], error) {
	filter := templateFilter(api.ListTemplates{EnabledOnly: f.EnabledOnly, IncludeDeleted: f.IncludeDeleted})
	return list(ctx, q.repo, filter, api.List(f.ModelList), templateCursor, func(l repo.Loaded[template.Template]) readmodel.Template {
		return l.Value.Model(l.Version, l.Generation)
	})
}

// ModelByName answers a template's read model by its name (template_not_found).
func (q *Templates) ModelByName(ctx context.Context, name string) (readmodel.Template, error) {
	t, meta, err := q.repo.GetUnique(ctx, name)
	if err != nil {
		return readmodel.Template{}, err
	}
	return t.Model(meta.Version, meta.Generation), nil
}

func templateFilter(f api.ListTemplates) store.Query {
	filter := store.Query{Sort: "name", Equal: map[string][]string{}}
	if f.EnabledOnly {
		filter.Equal["enabled"] = []string{strconv.FormatBool(true)}
	}
	if !f.IncludeDeleted {
		filter.Equal["deleted"] = []string{strconv.FormatBool(false)}
	}
	return filter
}

func templateCursor(l repo.Loaded[template.Template]) store.Cursor {
	return store.Cursor{Value: l.Value.Name, ID: l.Value.ID}
}

// TemplateDTO is a template as people see it.
func TemplateDTO(t *template.Template) api.Template {
	dto := api.Template{
		ID: t.ID, Name: t.Name, Description: t.Description, InstanceType: t.InstanceType, AMINamePattern: t.AMINamePattern, Capacity: t.Capacity,
		CostPerHourUSD: t.CostPerHourUSD, LicenseType: t.LicenseType, License: t.License, StartupMinutes: t.StartupMinutes, DrainTimeoutHours: t.DrainTimeoutHours, Enabled: t.Enabled,
		Deleted: t.Deleted, DeletedAt: t.DeletedAt, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
	if t.PortRange != (resource.PortRange{}) {
		ports := t.PortRange
		dto.PortRange = &ports
	}
	return dto
}
