package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// ListLabs calls api.RouteListLabs.
func (c *Client) ListLabs(ctx context.Context, req api.WorkerOfRegion) ([]api.Lab, error) {
	return Call(ctx, c, api.RouteListLabs, req)
}

// StartLab calls api.RouteStartLab.
func (c *Client) StartLab(ctx context.Context, req api.LabOfWorker) (api.LabControlled, error) {
	return Call(ctx, c, api.RouteStartLab, req)
}

// StopLab calls api.RouteStopLab.
func (c *Client) StopLab(ctx context.Context, req api.LabOfWorker) (api.LabControlled, error) {
	return Call(ctx, c, api.RouteStopLab, req)
}

// WipeLab calls api.RouteWipeLab.
func (c *Client) WipeLab(ctx context.Context, req api.LabOfWorker) (api.LabControlled, error) {
	return Call(ctx, c, api.RouteWipeLab, req)
}

// DeleteLab calls api.RouteDeleteLab.
func (c *Client) DeleteLab(ctx context.Context, req api.LabOfWorker) (api.LabControlled, error) {
	return Call(ctx, c, api.RouteDeleteLab, req)
}

// DownloadLab calls api.RouteDownloadLab.
func (c *Client) DownloadLab(ctx context.Context, req api.LabOfWorker) ([]byte, error) {
	return Call(ctx, c, api.RouteDownloadLab, req)
}

// ImportLab calls api.RouteImportLab.
func (c *Client) ImportLab(ctx context.Context, req api.ImportLabOfWorker) (api.LabControlled, error) {
	return Call(ctx, c, api.RouteImportLab, req)
}
