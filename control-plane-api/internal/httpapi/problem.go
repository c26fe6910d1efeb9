package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// problemError is a problem document on its way out. It is the one place where a failure becomes HTTP.
type problemError struct {
	api.Problem
	headers http.Header
}

func (p *problemError) Error() string               { return p.Code }
func (p *problemError) GetStatus() int              { return p.Status }
func (p *problemError) GetHeaders() http.Header     { return p.headers }
func (p *problemError) ContentType(_ string) string { return api.ProblemType }

// statusOf translates a kind of failure.
func statusOf(kind failure.Kind) int {
	switch kind {
	case failure.Malformed, failure.Reused:
		return http.StatusUnprocessableEntity
	case failure.Invalid:
		return http.StatusBadRequest
	case failure.Unauthenticated:
		return http.StatusUnauthorized
	case failure.Forbidden:
		return http.StatusForbidden
	case failure.NotFound:
		return http.StatusNotFound
	case failure.Conflict, failure.StaleTerm, failure.Quota:
		return http.StatusConflict
	case failure.Precondition:
		return http.StatusPreconditionFailed
	case failure.TooLarge:
		return http.StatusRequestEntityTooLarge
	case failure.Throttled:
		return http.StatusTooManyRequests
	case failure.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// problemOf makes the document of an error. Inner text of a 5xx stays inside.
func problemOf(err error) *problemError {
	status := statusOf(failure.KindOf(err))
	p := &problemError{Problem: document(status, failure.CodeOf(err), "The request could not be done. The log has the reason under this request id.")}
	var known *failure.Error
	if errors.As(err, &known) && (known.Kind != failure.Internal) {
		p.Detail = known.Message
		p.retryAfter(known.RetryAfter)
	}
	switch status {
	case http.StatusServiceUnavailable:
		if p.headers == nil {
			p.retryAfter(2 * time.Second)
		}
	case http.StatusUnauthorized:
		p.headers = http.Header{"Www-Authenticate": {`Bearer realm="lcm"`}}
	}
	return p
}

func (p *problemError) retryAfter(d time.Duration) {
	if d > 0 {
		p.headers = http.Header{"Retry-After": {strconv.Itoa(int((d + time.Second - 1) / time.Second))}}
	}
}

func document(status int, code, detail string) api.Problem {
	return api.Problem{Type: api.ProblemURI(code), Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// schemaProblem translates what the validation of a request found. Values are not repeated: they may be secret.
func schemaProblem(model *huma.ErrorModel) *problemError {
	status, code := http.StatusUnprocessableEntity, "malformed"
	switch model.Status {
	case http.StatusRequestEntityTooLarge:
		status, code = model.Status, "body_too_large"
	case http.StatusRequestTimeout:
		status, code = model.Status, "body_too_slow"
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		status, code = model.Status, "media_type"
	}
	if model.Status >= http.StatusInternalServerError {
		return &problemError{Problem: document(model.Status, "internal", "The request could not be done.")}
	}
	p := &problemError{Problem: document(status, code, "The request does not fit the contract: "+shortened(model.Detail)+".")}
	for _, e := range model.Errors[:min(len(model.Errors), maxFields)] {
		p.Errors = append(p.Errors, api.Field{Location: shortened(e.Location), Message: shortened(e.Message)})
	}
	return p
}

// maxFields and maxText bound what an answer repeats of a request that is all wrong; maxText is in bytes.
const maxFields, maxText = 20, 300

func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

// strict carries a request through the OpenAPI library, mends its statuses (what breaks the schema is 422), and gives a success its
// headers.
type strict struct {
	wrapped
	status int
	reply  *reply
	sent   bool
}

// wrapped is embedded under a name of its own, since the interface has a method Context.
type wrapped = huma.Context

// SetStatus implements huma.Context. The library sets another status when a client has gone in the middle of its answer: that one
// reaches nobody.
func (s *strict) SetStatus(code int) {
	if s.sent {
		return
	}
	s.sent = true
	if s.status != 0 {
		code = s.status
	}
	if s.reply.succeeded {
		s.reply.put(s.wrapped)
	}
	s.wrapped.SetStatus(code)
}

// transform gives every error its form and names the request in it.
func transform(ctx huma.Context, _ string, value any) (any, error) {
	if model, ok := value.(*huma.ErrorModel); ok {
		p := schemaProblem(model)
		if s, ok := ctx.(*strict); ok {
			s.status = p.Status
		}
		ctx.SetHeader("Content-Type", api.ProblemType)
		value = p
	}
	p, ok := value.(*problemError)
	if !ok {
		return value, nil
	}
	filled := p.Problem
	url := ctx.URL()
	filled.Instance = url.EscapedPath()
	filled.RequestID = requestID(ctx.Context())
	return filled, nil
}
