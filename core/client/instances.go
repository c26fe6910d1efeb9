package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// CreateInstance calls api.RouteCreateInstance.
func (c *Client) CreateInstance(ctx context.Context, req api.CreateInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteCreateInstance, req)
}

// ListInstances calls api.RouteListInstances.
func (c *Client) ListInstances(ctx context.Context, req api.ListInstances) ([]api.InstanceSummary, error) {
	return Call(ctx, c, api.RouteListInstances, req)
}

// MyInstances calls api.RouteMyInstances.
func (c *Client) MyInstances(ctx context.Context, req api.ListInstances) ([]api.InstanceSummary, error) {
	return Call(ctx, c, api.RouteMyInstances, req)
}

// InstanceByReservation calls api.RouteInstanceByReservation.
func (c *Client) InstanceByReservation(ctx context.Context, req api.ByReservation) (api.Instance, error) {
	return Call(ctx, c, api.RouteInstanceByReservation, req)
}

// GetInstance calls api.RouteGetInstance.
func (c *Client) GetInstance(ctx context.Context, req api.ID) (api.Instance, error) {
	return Call(ctx, c, api.RouteGetInstance, req)
}

// TerminateInstance calls api.RouteTerminateInstance.
func (c *Client) TerminateInstance(ctx context.Context, req api.TerminateInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteTerminateInstance, req)
}

// DeleteInstance calls api.RouteDeleteInstance.
func (c *Client) DeleteInstance(ctx context.Context, req api.DeleteInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteDeleteInstance, req)
}

// ExtendInstance calls api.RouteExtendInstance.
func (c *Client) ExtendInstance(ctx context.Context, req api.ExtendInstance) (api.Instance, error) {
	return Call(ctx, c, api.RouteExtendInstance, req)
}

// InstanceModels calls api.RouteInstanceModels.
func (c *Client) InstanceModels(ctx context.Context, req api.InstanceModelQuery) ([]readmodel.Instance, error) {
	return Call(ctx, c, api.RouteInstanceModels, req)
}

// InstanceModel calls api.RouteInstanceModel.
func (c *Client) InstanceModel(ctx context.Context, req api.ID) (readmodel.Instance, error) {
	return Call(ctx, c, api.RouteInstanceModel, req)
}

// SessionStarted calls api.RouteSessionStarted.
func (c *Client) SessionStarted(ctx context.Context, req api.SessionStarted) (api.Ack, error) {
	return Call(ctx, c, api.RouteSessionStarted, req)
}

// StartInstantiation calls api.RouteStartInstantiation.
func (c *Client) StartInstantiation(ctx context.Context, req api.StartInstantiation) (api.Ack, error) {
	return Call(ctx, c, api.RouteStartInstantiation, req)
}

// PutInstanceFinalizer calls api.RoutePutInstanceFinalizer.
func (c *Client) PutInstanceFinalizer(ctx context.Context, req api.PutFinalizer) (api.Ack, error) {
	return Call(ctx, c, api.RoutePutInstanceFinalizer, req)
}

// DropInstanceFinalizer calls api.RouteDropInstanceFinalizer.
func (c *Client) DropInstanceFinalizer(ctx context.Context, req api.DropFinalizer) (api.Ack, error) {
	return Call(ctx, c, api.RouteDropInstanceFinalizer, req)
}

// RecordStep calls api.RouteRecordStep.
func (c *Client) RecordStep(ctx context.Context, req api.RecordStep) (api.Ack, error) {
	return Call(ctx, c, api.RouteRecordStep, req)
}

// InstanceConditions calls api.RouteInstanceConditions.
func (c *Client) InstanceConditions(ctx context.Context, req api.SetConditions) (api.Ack, error) {
	return Call(ctx, c, api.RouteInstanceConditions, req)
}

// MarkReady calls api.RouteMarkReady.
func (c *Client) MarkReady(ctx context.Context, req api.MarkReady) (api.Ack, error) {
	return Call(ctx, c, api.RouteMarkReady, req)
}

// Transition calls api.RouteTransition.
func (c *Client) Transition(ctx context.Context, req api.Transition) (api.Ack, error) {
	return Call(ctx, c, api.RouteTransition, req)
}

// Requeue calls api.RouteRequeue.
func (c *Client) Requeue(ctx context.Context, req api.Requeue) (api.Ack, error) {
	return Call(ctx, c, api.RouteRequeue, req)
}

// RecordScore calls api.RouteRecordScore.
func (c *Client) RecordScore(ctx context.Context, req api.RecordScore) (api.Ack, error) {
	return Call(ctx, c, api.RouteRecordScore, req)
}
