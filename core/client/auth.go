package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Login calls api.RouteLogin; an HTTP client that follows redirects ends up at the identity provider.
func (c *Client) Login(ctx context.Context, req api.None) (api.None, error) {
	return Call(ctx, c, api.RouteLogin, req)
}

// LoginCallback calls api.RouteLoginCallback.
func (c *Client) LoginCallback(ctx context.Context, req api.LoginCallback) (api.None, error) {
	return Call(ctx, c, api.RouteLoginCallback, req)
}

// Session calls api.RouteSession.
func (c *Client) Session(ctx context.Context, req api.None) (api.SessionInfo, error) {
	return Call(ctx, c, api.RouteSession, req)
}

// RefreshSession calls api.RouteRefreshSession.
func (c *Client) RefreshSession(ctx context.Context, req api.None) (api.RefreshedTokens, error) {
	return Call(ctx, c, api.RouteRefreshSession, req)
}

// ExtendSession calls api.RouteExtendSession.
func (c *Client) ExtendSession(ctx context.Context, req api.None) (api.SessionInfo, error) {
	return Call(ctx, c, api.RouteExtendSession, req)
}

// Logout calls api.RouteLogout.
func (c *Client) Logout(ctx context.Context, req api.None) (api.None, error) {
	return Call(ctx, c, api.RouteLogout, req)
}

// User calls api.RouteUser.
func (c *Client) User(ctx context.Context, req api.None) (api.UserInfo, error) {
	return Call(ctx, c, api.RouteUser, req)
}

// CheckAdmin calls api.RouteCheckAdmin.
func (c *Client) CheckAdmin(ctx context.Context, req api.None) (api.AdminCheck, error) {
	return Call(ctx, c, api.RouteCheckAdmin, req)
}
