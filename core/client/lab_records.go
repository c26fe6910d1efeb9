package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// ListLabRecords calls api.RouteListLabRecords.
func (c *Client) ListLabRecords(ctx context.Context, req api.ListLabRecords) ([]api.LabRecordSummary, error) {
	return Call(ctx, c, api.RouteListLabRecords, req)
}

// GetLabRecord calls api.RouteGetLabRecord.
func (c *Client) GetLabRecord(ctx context.Context, req api.ID) (api.LabRecord, error) {
	return Call(ctx, c, api.RouteGetLabRecord, req)
}

// LabTopology calls api.RouteLabTopology.
func (c *Client) LabTopology(ctx context.Context, req api.ID) (api.LabTopology, error) {
	return Call(ctx, c, api.RouteLabTopology, req)
}

// LabRevisions calls api.RouteLabRevisions.
func (c *Client) LabRevisions(ctx context.Context, req api.ID) ([]api.LabRevision, error) {
	return Call(ctx, c, api.RouteLabRevisions, req)
}

// LabRuns calls api.RouteLabRuns.
func (c *Client) LabRuns(ctx context.Context, req api.ID) ([]api.LabRun, error) {
	return Call(ctx, c, api.RouteLabRuns, req)
}

// LabBindings calls api.RouteLabBindings.
func (c *Client) LabBindings(ctx context.Context, req api.ListBindings) ([]api.LabBinding, error) {
	return Call(ctx, c, api.RouteLabBindings, req)
}

// ExportLab calls api.RouteExportLab.
func (c *Client) ExportLab(ctx context.Context, req api.ID) ([]byte, error) {
	return Call(ctx, c, api.RouteExportLab, req)
}

// ExportLabByPost calls api.RouteExportLabByPost.
func (c *Client) ExportLabByPost(ctx context.Context, req api.ID) ([]byte, error) {
	return Call(ctx, c, api.RouteExportLabByPost, req)
}

// StartLabRecord calls api.RouteStartLabRecord.
func (c *Client) StartLabRecord(ctx context.Context, req api.LabAction) (api.LabActionAccepted, error) {
	return Call(ctx, c, api.RouteStartLabRecord, req)
}

// StopLabRecord calls api.RouteStopLabRecord.
func (c *Client) StopLabRecord(ctx context.Context, req api.LabAction) (api.LabActionAccepted, error) {
	return Call(ctx, c, api.RouteStopLabRecord, req)
}

// WipeLabRecord calls api.RouteWipeLabRecord.
func (c *Client) WipeLabRecord(ctx context.Context, req api.LabAction) (api.LabActionAccepted, error) {
	return Call(ctx, c, api.RouteWipeLabRecord, req)
}

// DeleteLabRecord calls api.RouteDeleteLabRecord.
func (c *Client) DeleteLabRecord(ctx context.Context, req api.LabAction) (api.LabActionAccepted, error) {
	return Call(ctx, c, api.RouteDeleteLabRecord, req)
}

// CloneLabRecord calls api.RouteCloneLabRecord.
func (c *Client) CloneLabRecord(ctx context.Context, req api.CloneLab) (api.LabActionAccepted, error) {
	return Call(ctx, c, api.RouteCloneLabRecord, req)
}

// ArchiveLabRecord calls api.RouteArchiveLabRecord.
func (c *Client) ArchiveLabRecord(ctx context.Context, req api.LabAction) (api.LabRecord, error) {
	return Call(ctx, c, api.RouteArchiveLabRecord, req)
}

// BindLabRecord calls api.RouteBindLabRecord.
func (c *Client) BindLabRecord(ctx context.Context, req api.BindLab) (api.LabRecord, error) {
	return Call(ctx, c, api.RouteBindLabRecord, req)
}

// UnbindLabRecord calls api.RouteUnbindLabRecord.
func (c *Client) UnbindLabRecord(ctx context.Context, req api.UnbindLab) (api.LabRecord, error) {
	return Call(ctx, c, api.RouteUnbindLabRecord, req)
}

// ImportLabRecord calls api.RouteImportLabRecord.
func (c *Client) ImportLabRecord(ctx context.Context, req api.ImportLab) (api.LabActionAccepted, error) {
	return Call(ctx, c, api.RouteImportLabRecord, req)
}

// WorkerLabs calls api.RouteWorkerLabs.
func (c *Client) WorkerLabs(ctx context.Context, req api.ID) ([]api.LabRecordSummary, error) {
	return Call(ctx, c, api.RouteWorkerLabs, req)
}
