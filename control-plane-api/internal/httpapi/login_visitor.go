package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// visitor is what the guard found out about a person or a browser.
type visitor struct {
	// id is the session's cookie, attempt the sign-in's; both as they came.
	id      secret.String
	attempt string
	// session is there when the caller is known by it, and person when the caller is known at all.
	session *session.Session
	person  Person
	// elsewhere says that the browser came here from a page of another site.
	elsewhere bool
	// keep gives the browser a cookie.
	keep func(*http.Cookie)
}

type visitorKey struct{}

// visitorOf is the visitor of a route that is for people.
func visitorOf(ctx context.Context) *visitor {
	if v, ok := ctx.Value(visitorKey{}).(*visitor); ok {
		return v
	}
	return &visitor{keep: func(*http.Cookie) {}}
}

// visit reads the cookies of a request.
func visit(ctx huma.Context) *visitor {
	v := &visitor{
		elsewhere: ctx.Header("Sec-Fetch-Site") == "cross-site",
		keep:      func(c *http.Cookie) { ctx.AppendHeader("Set-Cookie", c.String()) },
	}
	if c, err := huma.ReadCookie(ctx, api.CookieSession); err == nil {
		v.id = secret.New(c.Value)
	}
	if c, err := huma.ReadCookie(ctx, api.CookieLogin); err == nil {
		v.attempt = c.Value
	}
	return v
}

// identify knows a person by a bearer token or by the browser's session. A token that was sent on purpose goes before a cookie
// that comes along by itself.
func (s *server) identify(ctx huma.Context, info api.Info, v *visitor) (Person, error) {
	authorization := ctx.Header("Authorization")
	if info.Audience != api.Browser && (authorization != "" || v.id.IsZero() || s.Sessions == nil) {
		return s.tokens.Verify(ctx.Context(), authorization)
	}
	if s.Sessions == nil {
		return Person{}, notConfigured()
	}
	if v.id.IsZero() {
		return Person{}, failure.New(failure.Unauthenticated, session.CodeEnded, "The call needs a browser's session: sign in first.")
	}
	// Before anything else: reading a session may renew it.
	if err := s.Web.meant(ctx, v.id); err != nil {
		return Person{}, err
	}
	kept, err := s.Sessions.Fresh(ctx.Context(), v.id)
	if err != nil {
		return Person{}, err
	}
	who, err := s.tokens.Verify(ctx.Context(), "Bearer "+kept.Tokens.Access.Reveal())
	if err != nil {
		return Person{}, err
	}
	if who.Subject != kept.Subject {
		return Person{}, failure.New(failure.Unauthenticated, session.CodeEnded, "The session's token is about another person: sign in again.")
	}
	v.session = &kept
	// The access token is renewed while the session lasts.
	who.Expires = kept.Ends
	return who, nil
}

func notConfigured() error {
	return failure.New(failure.Unavailable, "login_not_configured", "Signing in with a browser is not configured here: it needs LCM_SECRET_KEY and APP_URL.")
}
