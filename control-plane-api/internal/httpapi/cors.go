package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// allowedHeaders and exposedHeaders are those of the contract.
func allowedHeaders() string {
	return strings.Join([]string{"Authorization", "Content-Type", "If-Match", "If-None-Match", "Last-Event-ID", api.HeaderCSRF, api.HeaderIdempotencyKey, "X-Request-ID"}, ", ")
}

func exposedHeaders() string {
	return strings.Join([]string{"ETag", "Link", "Location", "Retry-After", "X-Request-ID", api.HeaderTotalCount, api.HeaderWritten}, ", ")
}

const (
	allowedMethods  = "GET, HEAD, POST, PUT, PATCH, DELETE"
	preflightMaxAge = "600"
)

// cors lets pages of the configured origins call, with their cookies. Others get an answer without these headers, which their
// browser keeps from them. An OPTIONS that is no preflight goes on: event senders shake hands by it.
func (w Web) cors(next http.Handler) http.Handler {
	origins, allowed, exposed := w.Origins, allowedHeaders(), exposedHeaders()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if len(origins) > 0 {
			h.Add("Vary", "Origin")
		}
		origin := r.Header.Get("Origin")
		known := origin != "" && slices.Contains(origins, origin)
		if known {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", exposed)
		}
		if r.Method != http.MethodOptions || origin == "" || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		if known {
			h.Set("Access-Control-Allow-Methods", allowedMethods)
			h.Set("Access-Control-Allow-Headers", allowed)
			h.Set("Access-Control-Max-Age", preflightMaxAge)
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
