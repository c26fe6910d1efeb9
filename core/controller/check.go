package controller

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// checkAPI is nil when control-plane-api serves: without it nothing can be decided on, in a standby neither. It asks for the
// API's health and not for its readiness, so that a store that is away does not take the controllers' previews with it.
func (r *Runtime) checkAPI(ctx context.Context) error {
	address := strings.TrimSuffix(r.Config.ControlPlaneURL, "/") + "/health"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := r.http.Do(request)
	if err != nil {
		return failure.Wrap(err, failure.Unavailable, "api_unavailable", "control-plane-api does not answer")
	}
	defer func() { _ = response.Body.Close() }()
	// Read to the end, so that the connection is kept.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	if response.StatusCode != http.StatusOK {
		return failure.New(failure.Unavailable, "api_unavailable", "control-plane-api answers %d", response.StatusCode)
	}
	return nil
}
