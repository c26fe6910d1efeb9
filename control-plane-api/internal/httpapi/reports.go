package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func (s *server) reportRoutes() {
	handle(s, api.RouteReport, func(ctx context.Context, _ *api.None) (api.Report, error) { return s.Labs.Reports.Summary(ctx) })
}
