package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/observe"
)

// requestID names the request in logs, problems and audit; the service's outer middleware made it.
func requestID(ctx context.Context) string { return observe.RequestID(ctx) }

// recovered answers a panic as an internal problem; the service goes on.
func recovered(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if value := recover(); value != nil {
					if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
						panic(value) //nolint:forbidigo // net/http's own way to cut a connection
					}
					log.ErrorContext(r.Context(), "panic", slog.Any("value", value), slog.String("request_id", requestID(r.Context())), slog.String("stack", string(debug.Stack())))
					writeProblem(w, r, &problemError{Problem: document(http.StatusInternalServerError, "internal", "The request could not be done.")})
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// strictTransport makes browsers use HTTPS for a year.
const strictTransport = "max-age=31536000"

// secured sets the headers that every answer carries.
func (w Web) secured(next http.Handler) http.Handler {
	secure := w.Secure
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if secure {
			h.Set("Strict-Transport-Security", strictTransport)
		}
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// bounded gives every request a deadline.
func bounded(limit time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), limit)
			defer cancel()
			// Event streams last longer; they find the request's own context here.
			ctx = context.WithValue(ctx, untimedKey{}, r.Context())
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// writeProblem answers a problem outside the OpenAPI library.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problemError) {
	p.Instance, p.RequestID = r.URL.EscapedPath(), requestID(r.Context())
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", api.ProblemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p.Problem)
}
