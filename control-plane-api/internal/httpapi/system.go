package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func (s *server) systemRoutes() {
	q := s.Operations.System
	handle(s, api.RouteAlive, func(context.Context, *api.None) (api.Alive, error) { return api.Alive{Status: "ok"}, nil })
	handle(s, api.RouteSystemHealth, func(ctx context.Context, _ *api.None) (api.SystemHealth, error) { return q.Health(ctx), nil })
	handle(s, api.RouteSchedulerStatus, func(context.Context, *api.None) (api.SchedulerStatus, error) { return q.Scheduler(), nil })
	handle(s, api.RouteWorkerMonitoring, func(ctx context.Context, _ *api.None) (api.WorkerMonitoring, error) { return q.Monitoring(ctx) })
	handle(s, api.RouteIntervals, func(ctx context.Context, _ *api.None) (api.Intervals, error) { return q.Intervals(ctx) })
	handle(s, api.RouteJobs, func(context.Context, *api.None) (api.Jobs, error) { return q.Jobs(), nil })
}
