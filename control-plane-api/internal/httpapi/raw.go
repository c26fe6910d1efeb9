package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// media is the schema of a body by its media type.
type media map[string]reflect.Type

// handleRaw puts a route onto the router whose bodies are not JSON as the OpenAPI library has it. The guard is the same as for
// every other route; the handler reads and writes by itself, and an error that it gives before it wrote is answered as a
// problem.
func handleRaw(s *server, op huma.Operation, info api.Info, in, out media, do func(ctx context.Context, w http.ResponseWriter, r *http.Request) error) {
	s.handled[info.ID] = true
	if len(in) > 0 {
		op.RequestBody = &huma.RequestBody{Required: true, Content: s.content(in)}
	}
	op.Responses = map[string]*huma.Response{strconv.Itoa(info.Status()): {Description: http.StatusText(info.Status()), Content: s.content(out)}}
	for _, status := range op.Errors {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: s.content(media{api.ProblemType: reflect.TypeFor[api.Problem]()}),
		}
	}
	s.huma.OpenAPI().AddOperation(&op)
	s.huma.Adapter().Handle(&op, op.Middlewares.Handler(func(ctx huma.Context) {
		r, w := humachi.Unwrap(ctx)
		r = r.WithContext(ctx.Context())
		if err := do(ctx.Context(), w, r); err != nil {
			writeProblem(w, r, s.refused(ctx.Context(), info, err))
		}
	}))
}

func (s *server) content(of media) map[string]*huma.MediaType {
	if len(of) == 0 {
		return nil
	}
	content := map[string]*huma.MediaType{}
	for kind, t := range of {
		content[kind] = &huma.MediaType{Schema: s.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())}
	}
	return content
}

// refused is the problem of an error, with the one status that no kind of failure stands for.
func (s *server) refused(ctx context.Context, info api.Info, err error) *problemError {
	p, ok := errors.AsType[*problemError](s.failed(ctx, info, err))
	if !ok {
		p = problemOf(err)
	}
	if p.Code == "media_type" {
		p.Status, p.Title = http.StatusUnsupportedMediaType, http.StatusText(http.StatusUnsupportedMediaType)
	}
	return p
}

// Unwrap lets a raw handler reach the request.
func (s *strict) Unwrap() huma.Context { return s.wrapped }
