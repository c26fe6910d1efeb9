package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// problem turns an error answer into a failure that keeps the code.
func problem(response *http.Response, body []byte) error {
	document := api.Problem{Code: "http_" + strconv.Itoa(response.StatusCode), Detail: response.Status}
	_ = json.Unmarshal(body, &document)
	err := failure.New(kindOf(response.StatusCode, document.Code), document.Code, "%s", document.Detail)
	if seconds, parseErr := strconv.Atoi(response.Header.Get("Retry-After")); parseErr == nil && seconds > 0 {
		err.RetryAfter = min(time.Duration(seconds)*time.Second, time.Minute)
	}
	return err
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
