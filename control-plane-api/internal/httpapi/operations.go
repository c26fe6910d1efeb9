package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
)

// Operations is what the routes of templates, settings, tasks and the system itself need.
type Operations struct {
	TemplateCommands *command.Templates
	SettingsCommands *command.SystemSettings
	SettingsQueries  *query.Settings
	TaskQueries      *query.Tasks
	System           *query.System
}

func (s *server) operationRoutes() {
	s.workerOperationRoutes()
	s.workerViewRoutes()
	s.workerRegionRoutes()
	s.workerUpkeepRoutes()
	s.templateCommandRoutes()
	s.settingsRoutes()
	s.taskRoutes()
	s.systemRoutes()
}

// handleOn puts both forms of a route with a body onto the router.
func handleOn[B, Resp any](s *server, pair api.Pair[api.OnWorker[B], api.OnRegionWorker[B], Resp], do func(ctx context.Context, id string, body B) (Resp, error)) {
	handle(s, pair.Flat, func(ctx context.Context, req *api.OnWorker[B]) (Resp, error) {
		return onWorker(ctx, req.IfMatch, func(ctx context.Context) (Resp, error) { return do(ctx, req.ID, req.Body) })
	})
	handle(s, pair.Region, func(ctx context.Context, req *api.OnRegionWorker[B]) (Resp, error) {
		return inRegion(ctx, s, req.RegionWorkerID, func(ctx context.Context) (Resp, error) { return do(ctx, req.ID, req.Body) })
	})
}

// handleOf puts both forms of a route without a body onto the router.
func handleOf[Resp any](s *server, pair api.Pair[api.WorkerID, api.RegionWorkerID, Resp], do func(ctx context.Context, id string) (Resp, error)) {
	handle(s, pair.Flat, func(ctx context.Context, req *api.WorkerID) (Resp, error) {
		return onWorker(ctx, req.IfMatch, func(ctx context.Context) (Resp, error) { return do(ctx, req.ID) })
	})
	handle(s, pair.Region, func(ctx context.Context, req *api.RegionWorkerID) (Resp, error) {
		return inRegion(ctx, s, *req, func(ctx context.Context) (Resp, error) { return do(ctx, req.ID) })
	})
}

func onWorker[Resp any](ctx context.Context, ifMatch string, do func(context.Context) (Resp, error)) (Resp, error) {
	ctx, err := matching(ctx, ifMatch)
	if err != nil {
		var none Resp
		return none, err
	}
	return do(ctx)
}

// inRegion answers only below the worker's own region.
func inRegion[Resp any](ctx context.Context, s *server, of api.RegionWorkerID, do func(context.Context) (Resp, error)) (Resp, error) {
	if err := s.Queries.CheckRegion(ctx, of.ID, of.AWSRegion); err != nil {
		var none Resp
		return none, err
	}
	return onWorker(ctx, of.IfMatch, do)
}

// changed answers a worker after a command on it, as show gives it.
func changed[W any](ctx context.Context, show func(context.Context, W, int64) (api.Worker, error), w W, ack api.Ack, err error) (api.Worker, error) {
	if err != nil {
		return api.Worker{}, err
	}
	setVersion(ctx, ack.Version)
	return show(ctx, w, ack.Version)
}

// goesOn answers where the task of a request is.
func goesOn(ctx context.Context, taskID string) { replyOf(ctx).location = "/api/tasks/" + taskID }
