package cml_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

func TestAuthenticateGivesABareToken(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	claims := jwt.RegisteredClaims{}
	token, _, err := jwt.NewParser().ParseUnverified(c.token, &claims)
	require.NoError(t, err)
	require.Equal(t, "HS256", token.Method.Alg())
	require.Equal(t, "com.cisco.virl", claims.Issuer)
	require.Equal(t, "00000000-0000-4000-a000-000000000000", claims.Subject)
	require.Equal(t, 24*time.Hour, claims.ExpiresAt.Sub(claims.IssuedAt.Time))
	c.get("/authok", nil)

	var extended struct {
		Username, ID, Token string
		Admin               bool
	}
	c.call(http.MethodPost, "/auth_extended", map[string]string{"username": "admin", "password": "secret"}, 200, &extended)
	require.Equal(t, "admin", extended.Username)
	require.True(t, extended.Admin)
	c.token = extended.Token
	c.get("/authok", nil)
}

func TestAuthenticateRefuses(t *testing.T) {
	cases := map[string]struct {
		body   any
		status int
		reason string
	}{
		"wrong password": {map[string]string{"username": "admin", "password": "x"}, 403, "CML answers 403 here, not 401"},
		"wrong user":     {map[string]string{"username": "root", "password": "secret"}, 403, "must not be told apart"},
		"empty user":     {map[string]string{"username": "", "password": "secret"}, 400, "the schema wants a character"},
		"no password":    {map[string]string{"username": "admin"}, 400, "both are required"},
		"no JSON":        {"{", 400, "the body cannot be read"},
	}
	w := start(t, "", config())
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w.at(address).refused(http.MethodPost, "/authenticate", tc.body, tc.status)
		})
	}
}

func TestSecuredEndpointsWantAValidToken(t *testing.T) {
	w := start(t, "", config())
	other := w.signedIn("10.0.0.2")
	cases := map[string]string{"none": "", "no token": "x.y.z", "of another machine": other.token}
	for name, token := range cases {
		t.Run(name, func(t *testing.T) {
			c := w.at(address)
			c.token = token
			for _, path := range []string{"/labs", "/authok", "/licensing", "/system_health", "/populate_lab_tiles"} {
				c.refused(http.MethodGet, path, nil, 401)
			}
		})
	}
}

func TestTokensEnd(t *testing.T) {
	w := start(t, "", config())
	first, second := w.signedIn(address), w.signedIn(address)

	first.call(http.MethodDelete, "/logout", nil, 200, nil)
	first.refused(http.MethodGet, "/authok", nil, 401)
	second.get("/authok", nil)

	first.signIn()
	second.call(http.MethodDelete, "/logout?clear_all_sessions=true", nil, 200, nil)
	first.refused(http.MethodGet, "/authok", nil, 401)

	first.signIn()
	first.control(http.MethodPost, "/machines/"+address+"/tokens/invalidate", nil, 204)
	first.refused(http.MethodGet, "/authok", nil, 401)

	first.signIn()
	w.advance(24*time.Hour + time.Second)
	first.refused(http.MethodGet, "/authok", nil, 401)
}
