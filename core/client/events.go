package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// ListDeadLetters calls api.RouteListDeadLetters.
func (c *Client) ListDeadLetters(ctx context.Context, req api.List) ([]api.DeadLetter, error) {
	return Call(ctx, c, api.RouteListDeadLetters, req)
}

// ResendDeadLetters calls api.RouteResendDeadLetters.
func (c *Client) ResendDeadLetters(ctx context.Context, req api.ResendDeadLetters) (api.ResendResult, error) {
	return Call(ctx, c, api.RouteResendDeadLetters, req)
}

// ReceiveCloudEvent calls api.RouteReceiveCloudEvent.
func (c *Client) ReceiveCloudEvent(ctx context.Context, req api.SendEvent) (api.None, error) {
	return Call(ctx, c, api.RouteReceiveCloudEvent, req)
}

// ReceiveEvent calls api.RouteReceiveEvent.
func (c *Client) ReceiveEvent(ctx context.Context, req api.SendEvent) (api.None, error) {
	return Call(ctx, c, api.RouteReceiveEvent, req)
}

// ReceivePublished calls api.RouteReceivePublished.
func (c *Client) ReceivePublished(ctx context.Context, req api.SendEvent) (api.None, error) {
	return Call(ctx, c, api.RouteReceivePublished, req)
}

// ReceiveAtRoot calls api.RouteReceiveAtRoot.
func (c *Client) ReceiveAtRoot(ctx context.Context, req api.SendEvent) (api.None, error) {
	return Call(ctx, c, api.RouteReceiveAtRoot, req)
}

// ForwardEvent calls api.RouteForwardEvent.
func (c *Client) ForwardEvent(ctx context.Context, req api.ForwardEvent) (api.Forwarded, error) {
	return Call(ctx, c, api.RouteForwardEvent, req)
}

// ListAudit calls api.RouteListAudit.
func (c *Client) ListAudit(ctx context.Context, req api.ListAudit) ([]api.AuditEntry, error) {
	return Call(ctx, c, api.RouteListAudit, req)
}

// VerifyAudit calls api.RouteVerifyAudit.
func (c *Client) VerifyAudit(ctx context.Context, req api.VerifyAudit) (api.AuditVerdict, error) {
	return Call(ctx, c, api.RouteVerifyAudit, req)
}
