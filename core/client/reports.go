package client

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Report calls api.RouteReport.
func (c *Client) Report(ctx context.Context, req api.None) (api.Report, error) {
	return Call(ctx, c, api.RouteReport, req)
}
