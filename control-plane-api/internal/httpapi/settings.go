package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func (s *server) settingsRoutes() {
	handle(s, api.RouteGetSettings, func(ctx context.Context, _ *api.None) (api.SystemSettings, error) { return s.showSettings(ctx) })
	handle(s, api.RouteUpdateSettings, func(ctx context.Context, req *api.UpdateSettings) (api.SystemSettings, error) {
		return s.updateSettings(ctx, req.IfMatch, req.Body)
	})
	discovery := func(ctx context.Context, _ *api.None) (readmodel.Discovery, error) {
		shown, err := s.showSettings(ctx)
		return shown.Discovery, err
	}
	handle(s, api.RouteGetDiscovery, discovery)
	handle(s, api.RouteInternalDiscovery, discovery)
	handle(s, api.RoutePatchDiscovery, func(ctx context.Context, req *api.PatchDiscovery) (readmodel.Discovery, error) {
		shown, err := s.updateSettings(ctx, req.IfMatch, api.UpdateSettingsBody{Discovery: &req.Body})
		return shown.Discovery, err
	})
}

func (s *server) showSettings(ctx context.Context) (api.SystemSettings, error) {
	shown, version, err := s.Operations.SettingsQueries.Get(ctx)
	setVersion(ctx, version)
	return shown, err
}

func (s *server) updateSettings(ctx context.Context, ifMatch string, body api.UpdateSettingsBody) (api.SystemSettings, error) {
	ctx, err := matching(ctx, ifMatch)
	if err != nil {
		return api.SystemSettings{}, err
	}
	if _, err := s.Operations.SettingsCommands.Update(ctx, body); err != nil {
		return api.SystemSettings{}, err
	}
	return s.showSettings(ctx)
}
