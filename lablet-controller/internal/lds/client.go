package lds

import (
	"context"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Client calls all deployments. A deployment is named by its region (Deployments.For). It is safe for concurrent use.
type Client struct {
	deployments Deployments
	calls       map[string]*rest.Client
}

// prefix is before all paths of LDS's reservation API.
const prefix = "/reservations/v3"

// maxAnswer bounds an answer; the report of all sessions is the largest.
const maxAnswer = 16 << 20

// New makes a client on an HTTP transport.
func New(deployments Deployments, transport http.RoundTripper) *Client {
	c := &Client{deployments: deployments, calls: map[string]*rest.Client{}}
	for name, d := range deployments.byRegion {
		c.calls[name] = &rest.Client{
			Base: d.BaseURL + prefix, Name: d.Label, Code: "lds", HTTP: rest.Transport(transport), Timeout: d.Timeout, MaxAnswer: maxAnswer,
			Authorize: func(_ context.Context, request *http.Request) error {
				request.SetBasicAuth(d.Username, d.Password.Reveal())
				return nil
			},
		}
	}
	return c
}

// For names the deployment of a region.
func (c *Client) For(region string) (string, bool) { return c.deployments.For(region) }

// Names lists all deployments.
func (c *Client) Names() []string { return c.deployments.Names() }

func (c *Client) do(ctx context.Context, deployment string, call rest.Call, answer any) error {
	calls, ok := c.calls[deployment]
	if !ok {
		return failure.New(failure.Invalid, "lds_not_configured", "No LDS deployment %q is configured.", deployment)
	}
	return calls.Do(ctx, call, answer)
}
