package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// StartCollection calls api.RouteStartCollection.
func (c *Client) StartCollection(ctx context.Context, req api.ChangeInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteStartCollection, req)
}

// StartGrading calls api.RouteStartGrading.
func (c *Client) StartGrading(ctx context.Context, req api.ChangeInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteStartGrading, req)
}

// CollectAndGrade calls api.RouteCollectAndGrade.
func (c *Client) CollectAndGrade(ctx context.Context, req api.ChangeInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteCollectAndGrade, req)
}

// StopInstance calls api.RouteStopInstance.
func (c *Client) StopInstance(ctx context.Context, req api.ChangeInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteStopInstance, req)
}

// ResumeInstance calls api.RouteResumeInstance.
func (c *Client) ResumeInstance(ctx context.Context, req api.ChangeInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteResumeInstance, req)
}

// RequeueInstance calls api.RouteRequeueInstance.
func (c *Client) RequeueInstance(ctx context.Context, req api.ChangeInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteRequeueInstance, req)
}

// BulkRequeue calls api.RouteBulkRequeue.
func (c *Client) BulkRequeue(ctx context.Context, req api.BulkRequeue) (api.BulkResult, error) {
	return Call(ctx, c, api.RouteBulkRequeue, req)
}

// ForceDropFinalizer calls api.RouteForceDropFinalizer.
func (c *Client) ForceDropFinalizer(ctx context.Context, req api.ForceDropFinalizer) (api.Instance, error) {
	return Call(ctx, c, api.RouteForceDropFinalizer, req)
}
