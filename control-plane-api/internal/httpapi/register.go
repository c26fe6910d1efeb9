package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
)

// output is the body of every answer; the reply has its headers.
type output[T any] struct{ Body T }

// handle puts a route of the contract onto the router. The handler sees a request that fits the schema, from a caller who
// passed the route's audience and roles; ownership is the handler's, since only it knows the owner.
func handle[Req, Resp any](s *server, route api.Route[Req, Resp], handler func(context.Context, *Req) (Resp, error)) {
	info := route.Info
	s.handled[info.ID] = true
	huma.Register(s.huma, s.operation(info), func(ctx context.Context, req *Req) (*output[Resp], error) {
		ctx, written := repo.WithWritten(withHash(ctx, info, req))
		body, err := handler(ctx, req)
		if err != nil {
			return nil, s.failed(ctx, info, err)
		}
		replyOf(ctx).succeed(written.All())
		return &output[Resp]{body}, nil
	})
}

// withHash completes the call with the hash of the whole request, by which a repeat is told from a reuse of its key.
func withHash[Req any](ctx context.Context, info api.Info, req *Req) context.Context {
	c := call.From(ctx)
	c.Route = info.ID
	if info.Method != http.MethodGet {
		if encoded, err := json.Marshal(req); err == nil {
			sum := sha256.Sum256(encoded)
			c.BodyHash = hex.EncodeToString(sum[:])
		}
	}
	return call.With(ctx, c)
}

func (s *server) operation(info api.Info) huma.Operation {
	op := huma.Operation{
		OperationID: info.ID, Method: info.Method, Path: info.Path, Summary: info.Summary, Tags: []string{info.Tag},
		DefaultStatus: info.Status(), MaxBodyBytes: info.BodyLimit, Middlewares: huma.Middlewares{s.guard(info)},
		RejectUnknownQueryParameters: true, Errors: s.errorStatuses(info), Parameters: headers(info),
		Responses: map[string]*huma.Response{strconv.Itoa(info.Status()): {Headers: s.headers}},
	}
	switch info.Audience {
	case api.Public:
		op.Security = []map[string][]string{{"bearer": {}}, {"session": {}}}
	case api.Browser:
		op.Security = []map[string][]string{{"session": {}}}
	case api.Open:
		op.Security = []map[string][]string{{}}
	case api.Inbound:
		op.Security = []map[string][]string{{"inboundToken": {}}, {"inboundSignature": {}}}
	case api.Internal:
		op.Security = []map[string][]string{{"apiKey": {}}}
	}
	return op
}

// errorStatuses documents which errors an operation can answer.
func (s *server) errorStatuses(info api.Info) []int {
	statuses := []int{http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	changes := info.Method != http.MethodGet
	if len(info.Roles) > 0 || info.Audience == api.Internal || changes || info.Audience == api.Open {
		// A change that a browser's cookie vouches for may come from another site.
		statuses = append(statuses, http.StatusForbidden)
	}
	if len(info.Codes) > 0 || changes {
		statuses = append(statuses, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict)
	}
	if changes {
		statuses = append(statuses, http.StatusRequestTimeout, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return statuses
}
