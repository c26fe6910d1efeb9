package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// problem turns an error answer into a failure that keeps the code.
func problem(response *http.Response, body []byte) error {
	document := api.Problem{Code: "http_" + strconv.Itoa(response.StatusCode), Detail: response.Status}
	var told api.Problem
	// What is no problem document, such as a proxy's page, leaves the status to say it all.
	if json.Unmarshal(body, &told) == nil && told.Code != "" {
		document = told
	}
	err := failure.New(kindOf(response.StatusCode, document.Code), document.Code, "%s", short(document.Detail))
	if seconds, parseErr := strconv.Atoi(response.Header.Get("Retry-After")); parseErr == nil && seconds > 0 {
		err.RetryAfter = time.Duration(min(seconds, maxRetryAfter)) * time.Second
	}
	return err
}

const (
	// maxRetryAfter is in seconds, maxDetail in bytes: an error goes to logs and conditions.
	maxRetryAfter, maxDetail = 60, 2000
)

func short(text string) string {
	if len(text) <= maxDetail {
		return text
	}
	return strings.ToValidUTF8(text[:maxDetail], "") + "…"
}

func kindOf(status int, code string) failure.Kind {
	switch code {
	case "stale_term":
		return failure.StaleTerm
	case "idempotency_key_reused":
		return failure.Reused
	}
	kinds := map[int]failure.Kind{
		http.StatusBadRequest: failure.Invalid, http.StatusUnauthorized: failure.Unauthenticated, http.StatusForbidden: failure.Forbidden,
		http.StatusNotFound: failure.NotFound, http.StatusConflict: failure.Conflict, http.StatusPreconditionFailed: failure.Precondition,
		http.StatusRequestEntityTooLarge: failure.TooLarge, http.StatusUnprocessableEntity: failure.Malformed,
		http.StatusTooManyRequests: failure.Throttled, http.StatusBadGateway: failure.Unavailable,
		http.StatusServiceUnavailable: failure.Unavailable, http.StatusGatewayTimeout: failure.Unavailable,
	}
	if kind, ok := kinds[status]; ok {
		return kind
	}
	return failure.Internal
}

func retryAfter(err error) time.Duration {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f.RetryAfter
	}
	return 0
}
