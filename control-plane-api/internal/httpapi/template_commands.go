package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

func (s *server) templateCommandRoutes() {
	c := s.Operations.TemplateCommands
	handle(s, api.RouteCreateTemplate, func(ctx context.Context, req *api.CreateTemplate) (api.Template, error) {
		t, meta, err := c.Create(ctx, req.Body)
		if err != nil {
			return api.Template{}, err
		}
		created(ctx, "/api/worker-templates/"+t.ID, meta.Version)
		return query.TemplateDTO(t), nil
	})
	handle(s, api.RouteUpdateTemplate, func(ctx context.Context, req *api.UpdateTemplate) (api.Template, error) {
		return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (*template.Template, repo.Meta, error) {
			return c.Update(ctx, req.ID, req.Body)
		})
	})
	handle(s, api.RouteDeleteTemplate, func(ctx context.Context, req *api.OnTemplate) (api.Template, error) {
		return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (*template.Template, repo.Meta, error) { return c.Delete(ctx, req.ID) })
	})
	handle(s, api.RouteEnableTemplate, func(ctx context.Context, req *api.OnTemplate) (api.Template, error) {
		return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (*template.Template, repo.Meta, error) {
			return c.SetEnabled(ctx, req.ID, true)
		})
	})
	handle(s, api.RouteDisableTemplate, func(ctx context.Context, req *api.OnTemplate) (api.Template, error) {
		return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (*template.Template, repo.Meta, error) {
			return c.SetEnabled(ctx, req.ID, false)
		})
	})
}

// onTemplate answers a template after a command on it.
func onTemplate(ctx context.Context, ifMatch string, do func(context.Context) (*template.Template, repo.Meta, error)) (api.Template, error) {
	ctx, err := matching(ctx, ifMatch)
	if err != nil {
		return api.Template{}, err
	}
	t, meta, err := do(ctx)
	if err != nil {
		return api.Template{}, err
	}
	setVersion(ctx, meta.Version)
	return query.TemplateDTO(t), nil
}
