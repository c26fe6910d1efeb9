package httpapi

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// guard checks, before a body is read, that the caller may call the route at all.
func (s *server) guard(info api.Info) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		v := visit(ctx)
		c, err := s.caller(ctx, info, v)
		if err == nil {
			err = s.limits.allow(c.Actor)
		}
		if err != nil {
			s.refuse(ctx, err)
			return
		}
		c.RequestID = requestID(ctx.Context())
		c.SourceIP = clientIP(ctx.Context(), ctx.RemoteAddr())
		c.Key = ctx.Header(api.HeaderIdempotencyKey)
		if len(c.Key) > maxKey {
			s.refuse(ctx, failure.New(failure.Malformed, "malformed", "The Idempotency-Key is longer than %d characters.", maxKey))
			return
		}
		if !isKey(c.Key) {
			s.refuse(ctx, malformed("The Idempotency-Key holds bytes that are no text."))
			return
		}
		extra := &reply{self: ctx.URL()}
		inner := context.WithValue(call.With(ctx.Context(), c), replyKey{}, extra)
		inner = context.WithValue(inner, visitorKey{}, v)
		next(&strict{wrapped: huma.WithContext(ctx, inner), reply: extra})
	}
}

const maxKey = 128

// isKey reports whether an Idempotency-Key is text that is stored as it is: two keys must not become one.
func isKey(key string) bool {
	return utf8.ValidString(key) && !strings.ContainsFunc(key, unicode.IsControl)
}

func (s *server) caller(ctx huma.Context, info api.Info, v *visitor) (call.Call, error) {
	switch info.Audience {
	case api.Internal:
		return s.service(ctx, info)
	case api.Inbound:
		return call.Call{Actor: "inbound " + clientIP(ctx.Context(), ctx.RemoteAddr())}, nil
	case api.Open:
		// Nobody is known yet, so the budget is the address's.
		return call.Call{Actor: "anonymous " + clientIP(ctx.Context(), ctx.RemoteAddr())}, nil
	default:
		return s.person(ctx, info, v)
	}
}

// service knows a controller by its key; changing calls need its leader's term.
func (s *server) service(ctx huma.Context, info api.Info) (call.Call, error) {
	name, ok := s.keys.Service(ctx.Header(api.HeaderAPIKey))
	if !ok {
		return call.Call{}, failure.New(failure.Unauthenticated, "bad_api_key", "The %s header names no live key.", api.HeaderAPIKey)
	}
	c := call.Call{Actor: name}
	header := ctx.Header(api.HeaderTerm)
	if header == "" {
		if info.NeedsTerm {
			return c, failure.New(failure.Malformed, "term_missing", "The call needs the leader's term in %s.", api.HeaderTerm)
		}
		return c, nil
	}
	term, err := api.ParseTerm(header)
	if err != nil || term.Service != name {
		return c, failure.New(failure.Malformed, "bad_term", "%s must be %s/{term}.", api.HeaderTerm, name)
	}
	c.Term = &term
	return c, nil
}

// person knows a user by a bearer token or a browser's session and checks the route's roles; a route that owners may call lets every user in,
// and its handler checks the owner.
func (s *server) person(ctx huma.Context, info api.Info, v *visitor) (call.Call, error) {
	who, err := s.identify(ctx, info, v)
	if err != nil {
		return call.Call{}, err
	}
	v.person = who
	c := call.Call{Actor: who.Subject, Roles: who.Roles, Expires: who.Expires}
	if len(info.Roles) > 0 && !info.Owner && !HasRole(c, info.Roles...) {
		return c, failure.New(failure.Forbidden, "role_missing", "The call needs one of the roles %v.", info.Roles)
	}
	return c, nil
}

// HasRole reports whether a caller has one of the roles.
func HasRole(c call.Call, roles ...api.Role) bool {
	return slices.ContainsFunc(roles, func(r api.Role) bool { return slices.Contains(c.Roles, r) })
}

// refuse answers an error before the handler.
func (s *server) refuse(ctx huma.Context, err error) {
	p := problemOf(err)
	for name, values := range p.headers {
		for _, value := range values {
			ctx.AppendHeader(name, value)
		}
	}
	r, w := humachi.Unwrap(ctx)
	writeProblem(w, r, p)
}

// failed turns a handler's error into its answer and logs what the caller is not shown.
func (s *server) failed(ctx context.Context, info api.Info, err error) error {
	p := problemOf(err)
	if p.Status >= 500 {
		s.log.ErrorContext(ctx, "request failed", slog.String("operation", info.ID), slog.String("request_id", requestID(ctx)), slog.Any("error", err))
	}
	return p
}
