package controller

import (
	"context"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

func (r *Runtime) connectIdentity(context.Context, Deps) error {
	if err := r.Config.OIDC.Validate(); err != nil {
		return err
	}
	if r.Config.OIDC.Configured() {
		r.tokens = token.New(r.Config.OIDC, token.Deps{})
	}
	return nil
}

// Authenticated lets only holders of this service's API key call a handler.
func (r *Runtime) Authenticated(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !r.holdsKey(req) {
			refuse(w, req, http.StatusUnauthorized, "bad_api_key", "The "+api.HeaderAPIKey+" header does not hold this service's key.")
			return
		}
		next(w, req.WithContext(withCaller(req.Context(), r.Service)))
	})
}

// Admin lets holders of this service's API key call a handler, and people with the role admin where an identity provider is
// configured.
func (r *Runtime) Admin(next http.HandlerFunc) http.Handler {
	withKey := r.Authenticated(next)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		authorization := req.Header.Get("Authorization")
		if r.tokens == nil || authorization == "" || req.Header.Get(api.HeaderAPIKey) != "" {
			withKey.ServeHTTP(w, req)
			return
		}
		person, err := r.tokens.Verify(req.Context(), authorization)
		switch {
		case failure.Is(err, failure.Unavailable):
			w.Header().Set("Retry-After", "5")
			refuse(w, req, http.StatusServiceUnavailable, failure.CodeOf(err), "The identity provider does not answer.")
		case err != nil:
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, req, http.StatusUnauthorized, failure.CodeOf(err), "The token is not valid here.")
		case !person.Has(string(api.Admin)):
			refuse(w, req, http.StatusForbidden, "role_missing", "The role admin is needed.")
		default:
			next(w, req.WithContext(withCaller(req.Context(), person.Subject)))
		}
	})
}

func (r *Runtime) holdsKey(req *http.Request) bool {
	return !r.Config.ControlPlaneKey.IsZero() && r.Config.ControlPlaneKey.Equal(req.Header.Get(api.HeaderAPIKey))
}

type callerKey struct{}

func withCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// Caller is who calls a handler behind Admin or Authenticated: a person's subject, or the service whose key was shown.
func Caller(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey{}).(string)
	return caller
}
