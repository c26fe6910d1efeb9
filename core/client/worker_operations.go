package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// StartWorker calls api.PairStartWorker.Flat.
func (c *Client) StartWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.PairStartWorker.Flat, req)
}

// StartWorkerInRegion calls api.PairStartWorker.Region.
func (c *Client) StartWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.PairStartWorker.Region, req)
}

// StopWorker calls api.PairStopWorker.Flat.
func (c *Client) StopWorker(ctx context.Context, req api.OnWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairStopWorker.Flat, req)
}

// StopWorkerInRegion calls api.PairStopWorker.Region.
func (c *Client) StopWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairStopWorker.Region, req)
}

// PauseWorker calls api.PairPauseWorker.Flat.
func (c *Client) PauseWorker(ctx context.Context, req api.OnWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairPauseWorker.Flat, req)
}

// PauseWorkerInRegion calls api.PairPauseWorker.Region.
func (c *Client) PauseWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairPauseWorker.Region, req)
}

// ResumeWorker calls api.PairResumeWorker.Flat.
func (c *Client) ResumeWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.PairResumeWorker.Flat, req)
}

// ResumeWorkerInRegion calls api.PairResumeWorker.Region.
func (c *Client) ResumeWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.PairResumeWorker.Region, req)
}

// SetWorkerTags calls api.PairSetTags.Flat.
func (c *Client) SetWorkerTags(ctx context.Context, req api.OnWorker[api.TagsBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairSetTags.Flat, req)
}

// SetWorkerTagsInRegion calls api.PairSetTags.Region.
func (c *Client) SetWorkerTagsInRegion(ctx context.Context, req api.OnRegionWorker[api.TagsBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairSetTags.Region, req)
}

// RefreshWorker calls api.PairRefresh.Flat.
func (c *Client) RefreshWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.RefreshAnswer, error) {
	return Call(ctx, c, api.PairRefresh.Flat, req)
}

// RefreshWorkerInRegion calls api.PairRefresh.Region.
func (c *Client) RefreshWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.RefreshAnswer, error) {
	return Call(ctx, c, api.PairRefresh.Region, req)
}

// MonitorWorker calls api.PairMonitoring.Flat.
func (c *Client) MonitorWorker(ctx context.Context, req api.OnWorker[*api.MonitoringBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairMonitoring.Flat, req)
}

// MonitorWorkerInRegion calls api.PairMonitoring.Region.
func (c *Client) MonitorWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.MonitoringBody]) (api.Worker, error) {
	return Call(ctx, c, api.PairMonitoring.Region, req)
}

// RegisterWorkerLicense calls api.PairRegisterLicense.Flat.
func (c *Client) RegisterWorkerLicense(ctx context.Context, req api.OnWorker[api.RegisterLicenseBody]) (api.Accepted, error) {
	return Call(ctx, c, api.PairRegisterLicense.Flat, req)
}

// RegisterWorkerLicenseInRegion calls api.PairRegisterLicense.Region.
func (c *Client) RegisterWorkerLicenseInRegion(ctx context.Context, req api.OnRegionWorker[api.RegisterLicenseBody]) (api.Accepted, error) {
	return Call(ctx, c, api.PairRegisterLicense.Region, req)
}

// DeregisterWorkerLicense calls api.PairDeregisterLicense.Flat.
func (c *Client) DeregisterWorkerLicense(ctx context.Context, req api.WorkerID) (api.Accepted, error) {
	return Call(ctx, c, api.PairDeregisterLicense.Flat, req)
}

// DeregisterWorkerLicenseInRegion calls api.PairDeregisterLicense.Region.
func (c *Client) DeregisterWorkerLicenseInRegion(ctx context.Context, req api.RegionWorkerID) (api.Accepted, error) {
	return Call(ctx, c, api.PairDeregisterLicense.Region, req)
}

// EnableIdleDetection calls api.PairEnableIdle.Flat.
func (c *Client) EnableIdleDetection(ctx context.Context, req api.OnWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.PairEnableIdle.Flat, req)
}

// EnableIdleDetectionInRegion calls api.PairEnableIdle.Region.
func (c *Client) EnableIdleDetectionInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.PairEnableIdle.Region, req)
}

// DisableIdleDetection calls api.PairDisableIdle.Flat.
func (c *Client) DisableIdleDetection(ctx context.Context, req api.OnWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.PairDisableIdle.Flat, req)
}

// DisableIdleDetectionInRegion calls api.PairDisableIdle.Region.
func (c *Client) DisableIdleDetectionInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.PairDisableIdle.Region, req)
}

// DrainWorker calls api.PairDrain.Flat.
func (c *Client) DrainWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.Drained, error) {
	return Call(ctx, c, api.PairDrain.Flat, req)
}

// DrainWorkerInRegion calls api.PairDrain.Region.
func (c *Client) DrainWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Drained, error) {
	return Call(ctx, c, api.PairDrain.Region, req)
}

// CancelDrain calls api.PairCancelDrain.Flat.
func (c *Client) CancelDrain(ctx context.Context, req api.OnWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.PairCancelDrain.Flat, req)
}

// CancelDrainInRegion calls api.PairCancelDrain.Region.
func (c *Client) CancelDrainInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.PairCancelDrain.Region, req)
}

// ResetCertificate calls api.PairResetCertificate.Flat.
func (c *Client) ResetCertificate(ctx context.Context, req api.WorkerID) (api.Worker, error) {
	return Call(ctx, c, api.PairResetCertificate.Flat, req)
}

// ResetCertificateInRegion calls api.PairResetCertificate.Region.
func (c *Client) ResetCertificateInRegion(ctx context.Context, req api.RegionWorkerID) (api.Worker, error) {
	return Call(ctx, c, api.PairResetCertificate.Region, req)
}
