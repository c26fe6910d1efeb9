package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// ListWorkers calls api.RouteListWorkers.
func (c *Client) ListWorkers(ctx context.Context, req api.ListWorkers) ([]api.Worker, error) {
	return Call(ctx, c, api.RouteListWorkers, req)
}

// GetWorker calls api.RouteGetWorker.
func (c *Client) GetWorker(ctx context.Context, req api.ID) (api.Worker, error) {
	return Call(ctx, c, api.RouteGetWorker, req)
}

// DeleteWorker calls api.RouteDeleteWorker.
func (c *Client) DeleteWorker(ctx context.Context, req api.DeleteWorker) (api.Worker, error) {
	return Call(ctx, c, api.RouteDeleteWorker, req)
}

// WorkerModels calls api.RouteWorkerModels.
func (c *Client) WorkerModels(ctx context.Context, req api.WorkerModelQuery) ([]readmodel.Worker, error) {
	return Call(ctx, c, api.RouteWorkerModels, req)
}

// WorkerModel calls api.RouteWorkerModel.
func (c *Client) WorkerModel(ctx context.Context, req api.ID) (readmodel.Worker, error) {
	return Call(ctx, c, api.RouteWorkerModel, req)
}

// Schedule calls api.RouteSchedule.
func (c *Client) Schedule(ctx context.Context, req api.Schedule) (api.ScheduleResult, error) {
	return Call(ctx, c, api.RouteSchedule, req)
}

// ScaleUp calls api.RouteScaleUp.
func (c *Client) ScaleUp(ctx context.Context, req api.ScaleUp) (api.Ack, error) {
	return Call(ctx, c, api.RouteScaleUp, req)
}

// PlanLaunch calls api.RoutePlanLaunch.
func (c *Client) PlanLaunch(ctx context.Context, req api.PlanLaunch) (api.Ack, error) {
	return Call(ctx, c, api.RoutePlanLaunch, req)
}

// ReportWorkerStatus calls api.RouteReportWorkerStatus.
func (c *Client) ReportWorkerStatus(ctx context.Context, req api.ReportWorkerStatus) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportWorkerStatus, req)
}

// ReportCMLData calls api.RouteReportCMLData.
func (c *Client) ReportCMLData(ctx context.Context, req api.ReportCMLData) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportCMLData, req)
}

// PinCertificate calls api.RoutePinCertificate.
func (c *Client) PinCertificate(ctx context.Context, req api.PinCertificate) (api.Ack, error) {
	return Call(ctx, c, api.RoutePinCertificate, req)
}

// PutWorkerFinalizer calls api.RoutePutWorkerFinalizer.
func (c *Client) PutWorkerFinalizer(ctx context.Context, req api.PutFinalizer) (api.Ack, error) {
	return Call(ctx, c, api.RoutePutWorkerFinalizer, req)
}

// DropWorkerFinalizer calls api.RouteDropWorkerFinalizer.
func (c *Client) DropWorkerFinalizer(ctx context.Context, req api.DropFinalizer) (api.Ack, error) {
	return Call(ctx, c, api.RouteDropWorkerFinalizer, req)
}

// WorkerConditions calls api.RouteWorkerConditions.
func (c *Client) WorkerConditions(ctx context.Context, req api.SetConditions) (api.Ack, error) {
	return Call(ctx, c, api.RouteWorkerConditions, req)
}

// LicenseToken calls api.RouteLicenseToken.
func (c *Client) LicenseToken(ctx context.Context, req api.ID) (api.LicenseToken, error) {
	return Call(ctx, c, api.RouteLicenseToken, req)
}

// StartRegistration calls api.RouteStartRegistration.
func (c *Client) StartRegistration(ctx context.Context, req api.LicenseStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteStartRegistration, req)
}

// CompleteRegistration calls api.RouteCompleteRegistration.
func (c *Client) CompleteRegistration(ctx context.Context, req api.LicenseStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteCompleteRegistration, req)
}

// FailRegistration calls api.RouteFailRegistration.
func (c *Client) FailRegistration(ctx context.Context, req api.LicenseStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteFailRegistration, req)
}

// StartDeregistration calls api.RouteStartDeregistration.
func (c *Client) StartDeregistration(ctx context.Context, req api.LicenseStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteStartDeregistration, req)
}

// CompleteDeregistration calls api.RouteCompleteDeregistration.
func (c *Client) CompleteDeregistration(ctx context.Context, req api.LicenseStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteCompleteDeregistration, req)
}

// FailDeregistration calls api.RouteFailDeregistration.
func (c *Client) FailDeregistration(ctx context.Context, req api.LicenseStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteFailDeregistration, req)
}
