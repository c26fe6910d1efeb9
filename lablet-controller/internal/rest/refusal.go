package rest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// refusal turns an error status into a failure. What the service wrote about it stays out: it may repeat what was sent.
func (c *Client) refusal(response *http.Response) error {
	status := response.StatusCode
	switch {
	case status == http.StatusNotFound:
		return failure.New(failure.NotFound, c.Code+"_not_found", "%s does not know what was asked for.", c.Name)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return failure.New(failure.Forbidden, c.Code+"_credentials", "%s refused LCM's credentials (status %d).", c.Name, status)
	case status == http.StatusTooManyRequests:
		err := failure.New(failure.Throttled, c.Code+"_throttled", "%s asks LCM to slow down.", c.Name)
		err.RetryAfter = retryAfter(response.Header)
		return err
	case status == http.StatusConflict:
		return failure.New(failure.Conflict, c.Code+"_conflict", "%s refused: it conflicts with what is there.", c.Name)
	case status >= http.StatusInternalServerError:
		err := failure.New(failure.Unavailable, c.Code+"_unavailable", "%s failed (status %d).", c.Name, status)
		err.RetryAfter = retryAfter(response.Header)
		return err
	case status >= http.StatusBadRequest:
		return failure.New(failure.Invalid, c.Code+"_refused", "%s refused the request (status %d).", c.Name, status)
	default:
		return failure.New(failure.Internal, c.Code+"_redirect", "%s answered status %d, which is not followed.", c.Name, status)
	}
}

func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Minute)
}
