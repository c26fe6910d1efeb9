package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// StartWorker calls api.RoutesStartWorker.Flat.
func (c *Client) StartWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesStartWorker.Flat, req)
}

// StartWorkerInRegion calls api.RoutesStartWorker.Region.
func (c *Client) StartWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesStartWorker.Region, req)
}

// StopWorker calls api.RoutesStopWorker.Flat.
func (c *Client) StopWorker(ctx context.Context, req api.OnWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesStopWorker.Flat, req)
}

// StopWorkerInRegion calls api.RoutesStopWorker.Region.
func (c *Client) StopWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesStopWorker.Region, req)
}

// PauseWorker calls api.RoutesPauseWorker.Flat.
func (c *Client) PauseWorker(ctx context.Context, req api.OnWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesPauseWorker.Flat, req)
}

// PauseWorkerInRegion calls api.RoutesPauseWorker.Region.
func (c *Client) PauseWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.StopBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesPauseWorker.Region, req)
}

// ResumeWorker calls api.RoutesResumeWorker.Flat.
func (c *Client) ResumeWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesResumeWorker.Flat, req)
}

// ResumeWorkerInRegion calls api.RoutesResumeWorker.Region.
func (c *Client) ResumeWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesResumeWorker.Region, req)
}

// SetWorkerTags calls api.RoutesSetTags.Flat.
func (c *Client) SetWorkerTags(ctx context.Context, req api.OnWorker[api.TagsBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesSetTags.Flat, req)
}

// SetWorkerTagsInRegion calls api.RoutesSetTags.Region.
func (c *Client) SetWorkerTagsInRegion(ctx context.Context, req api.OnRegionWorker[api.TagsBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesSetTags.Region, req)
}

// RefreshWorker calls api.RoutesRefresh.Flat.
func (c *Client) RefreshWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.RefreshAnswer, error) {
	return Call(ctx, c, api.RoutesRefresh.Flat, req)
}

// RefreshWorkerInRegion calls api.RoutesRefresh.Region.
func (c *Client) RefreshWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.RefreshAnswer, error) {
	return Call(ctx, c, api.RoutesRefresh.Region, req)
}

// MonitorWorker calls api.RoutesMonitoring.Flat.
func (c *Client) MonitorWorker(ctx context.Context, req api.OnWorker[*api.MonitoringBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesMonitoring.Flat, req)
}

// MonitorWorkerInRegion calls api.RoutesMonitoring.Region.
func (c *Client) MonitorWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.MonitoringBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesMonitoring.Region, req)
}

// RegisterWorkerLicense calls api.RoutesRegisterLicense.Flat.
func (c *Client) RegisterWorkerLicense(ctx context.Context, req api.OnWorker[api.RegisterLicenseBody]) (api.Accepted, error) {
	return Call(ctx, c, api.RoutesRegisterLicense.Flat, req)
}

// RegisterWorkerLicenseInRegion calls api.RoutesRegisterLicense.Region.
func (c *Client) RegisterWorkerLicenseInRegion(ctx context.Context, req api.OnRegionWorker[api.RegisterLicenseBody]) (api.Accepted, error) {
	return Call(ctx, c, api.RoutesRegisterLicense.Region, req)
}

// DeregisterWorkerLicense calls api.RoutesDeregisterLicense.Flat.
func (c *Client) DeregisterWorkerLicense(ctx context.Context, req api.WorkerID) (api.Accepted, error) {
	return Call(ctx, c, api.RoutesDeregisterLicense.Flat, req)
}

// DeregisterWorkerLicenseInRegion calls api.RoutesDeregisterLicense.Region.
func (c *Client) DeregisterWorkerLicenseInRegion(ctx context.Context, req api.RegionWorkerID) (api.Accepted, error) {
	return Call(ctx, c, api.RoutesDeregisterLicense.Region, req)
}

// EnableIdleDetection calls api.RoutesEnableIdle.Flat.
func (c *Client) EnableIdleDetection(ctx context.Context, req api.OnWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.RoutesEnableIdle.Flat, req)
}

// EnableIdleDetectionInRegion calls api.RoutesEnableIdle.Region.
func (c *Client) EnableIdleDetectionInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.RoutesEnableIdle.Region, req)
}

// DisableIdleDetection calls api.RoutesDisableIdle.Flat.
func (c *Client) DisableIdleDetection(ctx context.Context, req api.OnWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.RoutesDisableIdle.Flat, req)
}

// DisableIdleDetectionInRegion calls api.RoutesDisableIdle.Region.
func (c *Client) DisableIdleDetectionInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.IdleDetection, error) {
	return Call(ctx, c, api.RoutesDisableIdle.Region, req)
}

// DrainWorker calls api.RoutesDrain.Flat.
func (c *Client) DrainWorker(ctx context.Context, req api.OnWorker[*api.Why]) (api.Drained, error) {
	return Call(ctx, c, api.RoutesDrain.Flat, req)
}

// DrainWorkerInRegion calls api.RoutesDrain.Region.
func (c *Client) DrainWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Drained, error) {
	return Call(ctx, c, api.RoutesDrain.Region, req)
}

// CancelDrain calls api.RoutesCancelDrain.Flat.
func (c *Client) CancelDrain(ctx context.Context, req api.OnWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesCancelDrain.Flat, req)
}

// CancelDrainInRegion calls api.RoutesCancelDrain.Region.
func (c *Client) CancelDrainInRegion(ctx context.Context, req api.OnRegionWorker[*api.Why]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesCancelDrain.Region, req)
}

// ResetCertificate calls api.RoutesResetCertificate.Flat.
func (c *Client) ResetCertificate(ctx context.Context, req api.WorkerID) (api.Worker, error) {
	return Call(ctx, c, api.RoutesResetCertificate.Flat, req)
}

// ResetCertificateInRegion calls api.RoutesResetCertificate.Region.
func (c *Client) ResetCertificateInRegion(ctx context.Context, req api.RegionWorkerID) (api.Worker, error) {
	return Call(ctx, c, api.RoutesResetCertificate.Region, req)
}

// EndWorker calls api.RoutesTerminate.Flat.
func (c *Client) EndWorker(ctx context.Context, req api.OnWorker[*api.TerminateBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesTerminate.Flat, req)
}

// EndWorkerInRegion calls api.RoutesTerminate.Region.
func (c *Client) EndWorkerInRegion(ctx context.Context, req api.OnRegionWorker[*api.TerminateBody]) (api.Worker, error) {
	return Call(ctx, c, api.RoutesTerminate.Region, req)
}
