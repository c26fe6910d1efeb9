package api

import (
	"net/http"
	"time"
)

// What browsers bring and get besides their cookie.
const (
	// HeaderCSRF must carry SessionInfo.CSRFToken on every call that changes something and is known by its cookie.
	HeaderCSRF = "X-CSRF-Token"
	// CookieSession holds the id of a session, CookieLogin what one sign-in must remember. Scripts see neither.
	CookieSession = "session_id"
	CookieLogin   = "lcm_login"
)

// LoginCallback is how the identity provider sends a browser back.
type LoginCallback struct {
	Code             string `query:"code" maxLength:"4096"`
	State            string `query:"state" maxLength:"512"`
	SessionState     string `query:"session_state" maxLength:"512" doc:"Of the identity provider; not used."`
	Issuer           string `query:"iss" maxLength:"512" doc:"The provider that answers (RFC 9207)."`
	Error            string `query:"error" maxLength:"128"`
	ErrorDescription string `query:"error_description" maxLength:"2048" doc:"Not used: anyone could have written it."`
	ErrorURI         string `query:"error_uri" maxLength:"2048" doc:"Not used."`
}

// SessionInfo tells a browser about its session. Without one only Authenticated and the two settings are there.
type SessionInfo struct {
	Authenticated                   bool       `json:"authenticated"`
	ExpiresAt                       *time.Time `json:"expires_at,omitempty"`
	ExpiresInSeconds                int        `json:"expires_in_seconds"`
	SessionMaxDurationMinutes       int        `json:"session_max_duration_minutes" example:"600"`
	SessionExpirationWarningMinutes int        `json:"session_expiration_warning_minutes" doc:"So long before the end a person should be warned." example:"10"`
	CSRFToken                       string     `json:"csrf_token,omitempty" doc:"To be sent in X-CSRF-Token with every call that changes something."`
}

// RefreshedTokens are the tokens of a session that was renewed.
type RefreshedTokens struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
}

// UserInfo says who calls.
type UserInfo struct {
	Subject  string `json:"sub"`
	Username string `json:"username,omitempty"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Roles    []Role `json:"roles"`
	// AuthenticatedBy is "session" or "bearer".
	AuthenticatedBy string `json:"authenticated_by" enum:"session,bearer"`
}

// AdminCheck says that the caller is an admin; for others it is no answer of success.
type AdminCheck struct {
	Admin bool `json:"admin"`
}

// The routes of signing in with a browser.
var (
	RouteLogin = Route[None, None]{Info{
		ID: "login", Method: http.MethodGet, Path: "/api/auth/login", Tag: "Sign-in", Summary: "Send the browser to the identity provider; when that does not answer, to /?auth_error=", Audience: Open,
		Success: http.StatusSeeOther, Codes: []string{"login_not_configured"},
	}}
	RouteLoginCallback = Route[LoginCallback, None]{Info{
		ID: "login-callback", Method: http.MethodGet, Path: "/api/auth/callback", Tag: "Sign-in", Summary: "Finish a sign-in: opens the session and sends the browser to /", Audience: Open,
		Success: http.StatusSeeOther, Codes: []string{"login_not_configured", "login_state", "login_nonce", "login_issuer", "login_refused", "identity_unavailable"},
	}}
	RouteSession = Route[None, SessionInfo]{Info{
		ID: "get-session", Method: http.MethodGet, Path: "/api/auth/session", Tag: "Sign-in", Summary: "Tell about the browser's session", Audience: Open,
	}}
	RouteRefreshSession = Route[None, RefreshedTokens]{Info{
		ID: "refresh-session", Method: http.MethodPost, Path: "/api/auth/refresh", Tag: "Sign-in", Summary: "Renew the session's tokens", Audience: Browser,
		Codes: []string{"session_ended", "csrf", "no_refresh_token", "refresh_refused", "identity_unavailable", "login_not_configured"},
	}}
	RouteExtendSession = Route[None, SessionInfo]{Info{
		ID: "extend-session", Method: http.MethodPost, Path: "/api/auth/extend-session", Tag: "Sign-in", Summary: "Give the session its full length again", Audience: Browser,
		Codes: []string{"session_ended", "csrf", "no_refresh_token", "refresh_refused", "identity_unavailable", "login_not_configured"},
	}}
	RouteLogout = Route[None, None]{Info{
		ID: "logout", Method: http.MethodGet, Path: "/api/auth/logout", Tag: "Sign-in", Summary: "End the session and send the browser to the identity provider to sign out there", Audience: Open,
		Success: http.StatusSeeOther, Codes: []string{"csrf"},
	}}
	RouteUser = Route[None, UserInfo]{Info{
		ID: "get-user", Method: http.MethodGet, Path: "/api/auth/user", Tag: "Sign-in", Summary: "Tell who calls", Audience: Public,
	}}
	RouteCheckAdmin = Route[None, AdminCheck]{Info{
		ID: "check-admin", Method: http.MethodGet, Path: "/api/auth/check-admin", Tag: "Sign-in", Summary: "Answer success to admins only, for a proxy that asks", Audience: Public,
		Roles: []Role{Admin},
	}}
)

func authRoutes() []Described {
	return []Described{RouteLogin, RouteLoginCallback, RouteSession, RouteRefreshSession, RouteExtendSession, RouteLogout, RouteUser, RouteCheckAdmin}
}
