package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
)

func (s *server) taskRoutes() {
	q := s.Operations.TaskQueries
	handle(s, api.RouteListTasks, func(ctx context.Context, req *api.ListTasks) ([]api.Task, error) {
		page, err := q.List(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteGetTask, func(ctx context.Context, req *api.ID) (api.Task, error) {
		t, version, err := q.Get(ctx, req.ID)
		setVersion(ctx, version)
		return t, err
	})
	handle(s, api.RouteCancelTask, func(ctx context.Context, req *api.CancelTask) (api.Task, error) {
		ctx, err := matching(ctx, req.IfMatch)
		if err != nil {
			return api.Task{}, err
		}
		t, meta, err := s.Commands.CancelTask(ctx, *req)
		if err != nil {
			return api.Task{}, err
		}
		setVersion(ctx, meta.Version)
		return query.TaskDTO(t), nil
	})
	handle(s, api.RouteTaskModels, func(ctx context.Context, req *api.ListTaskModels) ([]readmodel.Task, error) {
		page, err := q.Models(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteTaskModel, func(ctx context.Context, req *api.ID) (readmodel.Task, error) { return q.Model(ctx, req.ID) })
	handleAs(s, api.RouteReportTask, s.Commands.ReportTask)
}
