package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
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
		return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (api.Template, int64, error) {
			t, meta, err := c.Update(ctx, req.ID, req.Body)
			if err != nil {
				return api.Template{}, 0, err
			}
			return query.TemplateDTO(t), meta.Version, nil
		})
	})
	handle(s, api.RouteDeleteTemplate, func(ctx context.Context, req *api.OnTemplate) (api.Template, error) {
		return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (api.Template, int64, error) {
			t, meta, err := c.Delete(ctx, req.ID)
			if err != nil {
				return api.Template{}, 0, err
			}
			return query.TemplateDTO(t), meta.Version, nil
		})
	})
	switched := func(on bool) func(context.Context, *api.OnTemplate) (api.Template, error) {
		return func(ctx context.Context, req *api.OnTemplate) (api.Template, error) {
			return onTemplate(ctx, req.IfMatch, func(ctx context.Context) (api.Template, int64, error) {
				t, meta, err := c.SetEnabled(ctx, req.ID, on)
				if err != nil {
					return api.Template{}, 0, err
				}
				return query.TemplateDTO(t), meta.Version, nil
			})
		}
	}
	handle(s, api.RouteEnableTemplate, switched(true))
	handle(s, api.RouteDisableTemplate, switched(false))
}

// onTemplate does something to a template at the version that the caller saw, and answers it with its new one.
func onTemplate(ctx context.Context, ifMatch string, do func(context.Context) (api.Template, int64, error)) (api.Template, error) {
	ctx, err := matching(ctx, ifMatch)
	if err != nil {
		return api.Template{}, err
	}
	t, version, err := do(ctx)
	setVersion(ctx, version)
	return t, err
}
