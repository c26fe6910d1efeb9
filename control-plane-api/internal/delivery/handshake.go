package delivery

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// handshake asks the sink whether and how fast it wants events. A sink that does not know the question is the operator's
// choice all the same and gets its events; a rate that it names is kept. The pause between two deliveries is answered.
func (c *Config) handshake(ctx context.Context) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodOptions, c.Sink.String(), nil)
	if err != nil {
		return 0
	}
	request.Header.Set("WebHook-Request-Origin", c.origin())
	response, err := c.Client.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	if response.StatusCode >= 300 {
		return 0
	}
	rate := strings.TrimSpace(response.Header.Get("WebHook-Allowed-Rate"))
	perMinute, err := strconv.Atoi(rate)
	if err != nil || perMinute <= 0 {
		return 0
	}
	return time.Minute / time.Duration(perMinute)
}

// withoutURL leaves the sink's URL out of an error, since it may hold a token.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
