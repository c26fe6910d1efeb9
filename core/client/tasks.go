package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// ListTasks calls api.RouteListTasks.
func (c *Client) ListTasks(ctx context.Context, req api.ListTasks) ([]api.Task, error) {
	return Call(ctx, c, api.RouteListTasks, req)
}

// GetTask calls api.RouteGetTask.
func (c *Client) GetTask(ctx context.Context, req api.ID) (api.Task, error) {
	return Call(ctx, c, api.RouteGetTask, req)
}

// CancelTask calls api.RouteCancelTask.
func (c *Client) CancelTask(ctx context.Context, req api.CancelTask) (api.Task, error) {
	return Call(ctx, c, api.RouteCancelTask, req)
}

// TaskModels calls api.RouteTaskModels.
func (c *Client) TaskModels(ctx context.Context, req api.ListTaskModels) ([]readmodel.Task, error) {
	return Call(ctx, c, api.RouteTaskModels, req)
}

// TaskModel calls api.RouteTaskModel.
func (c *Client) TaskModel(ctx context.Context, req api.ID) (readmodel.Task, error) {
	return Call(ctx, c, api.RouteTaskModel, req)
}

// ReportTask calls api.RouteReportTask.
func (c *Client) ReportTask(ctx context.Context, req api.ReportTask) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportTask, req)
}
