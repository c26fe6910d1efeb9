package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// LabRecordModels calls api.RouteLabRecordModels.
func (c *Client) LabRecordModels(ctx context.Context, req api.ListLabRecordModels) ([]readmodel.LabRecord, error) {
	return Call(ctx, c, api.RouteLabRecordModels, req)
}

// LabRecordModel calls api.RouteLabRecordModel.
func (c *Client) LabRecordModel(ctx context.Context, req api.ID) (readmodel.LabRecord, error) {
	return Call(ctx, c, api.RouteLabRecordModel, req)
}

// LabRecordTopology calls api.RouteLabRecordTopology.
func (c *Client) LabRecordTopology(ctx context.Context, req api.ID) (api.LabTopology, error) {
	return Call(ctx, c, api.RouteLabRecordTopology, req)
}

// DiscoverLabs calls api.RouteDiscoverLabs.
func (c *Client) DiscoverLabs(ctx context.Context, req api.DiscoverLabs) (api.DiscoveredLabs, error) {
	return Call(ctx, c, api.RouteDiscoverLabs, req)
}

// SyncLabs calls api.RouteSyncLabs.
func (c *Client) SyncLabs(ctx context.Context, req api.DiscoverLabs) (api.DiscoveredLabs, error) {
	return Call(ctx, c, api.RouteSyncLabs, req)
}

// ReportLabStatus calls api.RouteReportLabStatus.
func (c *Client) ReportLabStatus(ctx context.Context, req api.LabStatusReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportLabStatus, req)
}

// ReportLabTopology calls api.RouteReportLabTopology.
func (c *Client) ReportLabTopology(ctx context.Context, req api.LabTopologyReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportLabTopology, req)
}

// ReportLabRun calls api.RouteReportLabRun.
func (c *Client) ReportLabRun(ctx context.Context, req api.LabRunReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteReportLabRun, req)
}

// BeginLabAction calls api.RouteBeginLabAction.
func (c *Client) BeginLabAction(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteBeginLabAction, req)
}

// CompleteLabAction calls api.RouteCompleteLabAction.
func (c *Client) CompleteLabAction(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteCompleteLabAction, req)
}

// FailLabAction calls api.RouteFailLabAction.
func (c *Client) FailLabAction(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteFailLabAction, req)
}

// OrphanLabRecord calls api.RouteOrphanLabRecord.
func (c *Client) OrphanLabRecord(ctx context.Context, req api.LabAction) (api.Ack, error) {
	return Call(ctx, c, api.RouteOrphanLabRecord, req)
}

// BindLab calls api.RouteBindLab.
func (c *Client) BindLab(ctx context.Context, req api.BindLab) (api.Ack, error) {
	return Call(ctx, c, api.RouteBindLab, req)
}

// UnbindLab calls api.RouteUnbindLab.
func (c *Client) UnbindLab(ctx context.Context, req api.UnbindLab) (api.Ack, error) {
	return Call(ctx, c, api.RouteUnbindLab, req)
}

// TimeOutLabActions calls api.RouteTimeOutLabActions.
func (c *Client) TimeOutLabActions(ctx context.Context, req api.TimeOutLabActions) (api.TimedOutLabActions, error) {
	return Call(ctx, c, api.RouteTimeOutLabActions, req)
}

// PendingLabActions calls api.RoutePendingLabActions.
func (c *Client) PendingLabActions(ctx context.Context, req api.PendingLabs) ([]api.PendingLabAction, error) {
	return Call(ctx, c, api.RoutePendingLabActions, req)
}

// StartLabAction calls api.RouteStartLabAction.
func (c *Client) StartLabAction(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteStartLabAction, req)
}

// FinishLabAction calls api.RouteFinishLabAction.
func (c *Client) FinishLabAction(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteFinishLabAction, req)
}

// GiveUpLabAction calls api.RouteGiveUpLabAction.
func (c *Client) GiveUpLabAction(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteGiveUpLabAction, req)
}

// PendingLabImports calls api.RoutePendingLabImports.
func (c *Client) PendingLabImports(ctx context.Context, req api.PendingLabs) ([]api.PendingLabAction, error) {
	return Call(ctx, c, api.RoutePendingLabImports, req)
}

// StartLabImport calls api.RouteStartLabImport.
func (c *Client) StartLabImport(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteStartLabImport, req)
}

// CompleteLabImport calls api.RouteCompleteLabImport.
func (c *Client) CompleteLabImport(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteCompleteLabImport, req)
}

// FailLabImport calls api.RouteFailLabImport.
func (c *Client) FailLabImport(ctx context.Context, req api.LabActionReport) (api.Ack, error) {
	return Call(ctx, c, api.RouteFailLabImport, req)
}
