package observe

import (
	"context"
	"net/http"

	"github.com/google/uuid"
)

// RequestIDHeader carries the id of a request, in and out.
const RequestIDHeader = "X-Request-ID"

type requestIDKey struct{}

// RequestID gives the id of the request that a context belongs to, "" when there is none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// WithRequestID gives a context an id, for work that no request began.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// requestIDOf takes the caller's id when it is short and plain, since it is logged and echoed.
func requestIDOf(r *http.Request) string {
	id := r.Header.Get(RequestIDHeader)
	if id == "" || len(id) > 64 {
		return uuid.NewString()
	}
	for _, c := range id {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
		if !plain {
			return uuid.NewString()
		}
	}
	return id
}
