package oidc_test

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/oidc"
)

const (
	issuer   = "http://idp.test/realms/aix"
	realm    = "/realms/aix"
	openid   = realm + "/protocol/openid-connect"
	callback = "http://localhost:8020/api/auth/callback"
	verifier = "a-verifier-that-is-long-enough-for-the-rules-of-pkce"
	form     = "application/x-www-form-urlencoded"
)

type bench struct {
	simtest.Client
	kit *kit.Kit
}

func open(t *testing.T, dir string) bench {
	t.Helper()
	k, err := kit.New(dir, nil)
	require.NoError(t, err)
	s, err := oidc.New(k, oidc.Config{BaseURL: "http://idp.test/", Clients: []oidc.Client{
		{ID: "lcm-public", RedirectURIs: []string{"http://localhost:*"}},
		{ID: "lcm-backend", Secret: "s3cret", RedirectURIs: []string{callback}, Roles: []string{"manager"}},
	}})
	require.NoError(t, err)
	return bench{simtest.Client{T: t, Handler: s.Handler()}, k}
}

// claims verifies a token with the published keys as a client would.
func (b bench) claims(token string) (jwt.MapClaims, error) {
	b.T.Helper()
	var set struct {
		Keys []struct{ Kid, N, E string }
	}
	require.NoError(b.T, json.Unmarshal([]byte(b.JSON("GET", openid+"/certs", nil).Body), &set))
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		for _, k := range set.Keys {
			if k.Kid == t.Header["kid"] {
				n, _ := base64.RawURLEncoding.DecodeString(k.N)
				e, _ := base64.RawURLEncoding.DecodeString(k.E)
				return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
			}
		}
		return nil, jwt.ErrTokenUnverifiable
	}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(issuer), jwt.WithTimeFunc(b.kit.Clock.Now))
	return claims, err
}

func request() url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"client_id": {"lcm-public"}, "redirect_uri": {callback}, "response_type": {"code"},
		"scope": {"openid profile"}, "state": {"st"}, "nonce": {"no"},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(sum[:])},
		"code_challenge_method": {"S256"},
	}
}

// login picks a user and returns the query of the redirect.
func (b bench) login(values url.Values, username string) url.Values {
	b.T.Helper()
	values.Set("username", username)
	answer := b.Do("POST", openid+"/auth", form, values.Encode())
	require.Equal(b.T, 302, answer.Status, answer.Body)
	target, err := url.Parse(answer.Header.Get("Location"))
	require.NoError(b.T, err)
	require.True(b.T, strings.HasPrefix(target.String(), callback))
	require.Equal(b.T, "st", target.Query().Get("state"))
	return target.Query()
}

func (b bench) token(status int, values url.Values) map[string]any {
	b.T.Helper()
	answer := b.Do("POST", openid+"/token", form, values.Encode())
	require.Equal(b.T, status, answer.Status, answer.Body)
	var out map[string]any
	require.NoError(b.T, json.Unmarshal([]byte(answer.Body), &out))
	return out
}

func redeem(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"lcm-public"}, "code": {code},
		"redirect_uri": {callback}, "code_verifier": {verifier},
	}
}

func TestDiscovery(t *testing.T) {
	b := open(t, "")
	got := b.Must(200, "GET", realm+"/.well-known/openid-configuration", nil)
	require.Equal(t, issuer, got["issuer"])
	require.Equal(t, issuer+"/protocol/openid-connect/certs", got["jwks_uri"])
	require.Equal(t, []any{"S256"}, got["code_challenge_methods_supported"])
}

func TestCodeFlowWithPKCE(t *testing.T) {
	b := open(t, "")
	shown := b.JSON("GET", openid+"/auth?"+request().Encode(), nil)
	require.Equal(t, 200, shown.Status)
	for _, name := range []string{"admin", "manager", "author", "user"} {
		require.Contains(t, shown.Body, `value="`+name+`"`)
	}
	code := b.login(request(), "author").Get("code")
	got := b.token(200, redeem(code))
	id, err := b.claims(got["id_token"].(string))
	require.NoError(t, err)
	require.Equal(t, "no", id["nonce"])
	require.Equal(t, "lcm-public", id["aud"])
	access, err := b.claims(got["access_token"].(string))
	require.NoError(t, err)
	require.Equal(t, "lcm", access["aud"])
	require.Equal(t, "Bearer", access["typ"])
	require.Equal(t, "lcm-public", access["azp"])
	require.Equal(t, oidc.Subject("author"), access["sub"])
	require.Equal(t, "author", access["preferred_username"])
	require.Contains(t, access["realm_access"].(map[string]any)["roles"], "lab-author")

	b.Header = map[string][]string{"Authorization": {"Bearer " + got["access_token"].(string)}}
	require.Equal(t, access["sub"], b.Must(200, "GET", openid+"/userinfo", nil)["sub"])
	b.Header = map[string][]string{"Authorization": {"Bearer " + got["id_token"].(string)}}
	require.Equal(t, 401, b.JSON("GET", openid+"/userinfo", nil).Status, "an id token opens nothing")
	b.Header = nil
	b.token(400, redeem(code)) // a code is good once
}

func TestBadCodeRequests(t *testing.T) {
	b := open(t, "")
	for _, c := range []struct{ reason, name, value string }{
		{"wrong verifier", "code_verifier", "other"},
		{"no verifier", "code_verifier", ""},
		{"other redirect", "redirect_uri", callback + "2"},
		{"unknown code", "code", "nope"},
	} {
		values := redeem(b.login(request(), "user").Get("code"))
		values.Set(c.name, c.value)
		require.Equal(t, "invalid_grant", b.token(400, values)["error"], c.reason)
	}
	late := b.login(request(), "user").Get("code")
	b.kit.Clock.Advance(2 * time.Minute)
	b.token(400, redeem(late))
}

func TestBadAuthorizeRequests(t *testing.T) {
	b := open(t, "")
	for _, c := range []struct{ reason, name, value, want string }{
		{"implicit flow", "response_type", "token", "unsupported_response_type"},
		{"no openid", "scope", "profile", "invalid_scope"},
		{"a public client without PKCE", "code_challenge", "", "invalid_request"},
		{"plain PKCE", "code_challenge_method", "plain", "invalid_request"},
		{"no prompt", "prompt", "none", "login_required"},
	} {
		values := request()
		values.Set(c.name, c.value)
		require.Equal(t, c.want, b.login(values, "user").Get("error"), c.reason)
	}
	for name, value := range map[string]string{"client_id": "other", "redirect_uri": "https://evil.example/"} {
		values := request()
		values.Set(name, value)
		require.Equal(t, 400, b.JSON("GET", openid+"/auth?"+values.Encode(), nil).Status, name)
	}
}

func TestRefreshRotatesAndEndsWithTheSession(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	first := b.token(200, redeem(b.login(request(), "user").Get("code")))
	refresh := func(token any) url.Values {
		return url.Values{"grant_type": {"refresh_token"}, "client_id": {"lcm-public"}, "refresh_token": {token.(string)}}
	}
	b = open(t, dir)
	second := b.token(200, refresh(first["refresh_token"]))
	b.token(400, refresh(first["refresh_token"])) // used
	out := url.Values{
		"id_token_hint":            {second["id_token"].(string)},
		"post_logout_redirect_uri": {"http://localhost:8020/bye"}, "state": {"z"},
	}
	b.kit.Clock.Advance(time.Hour / 6) // the hint may have expired
	answer := b.JSON("GET", openid+"/logout?"+out.Encode(), nil)
	require.Equal(t, "http://localhost:8020/bye?state=z", answer.Header.Get("Location"))
	b.token(400, refresh(second["refresh_token"]))
	out.Set("post_logout_redirect_uri", "https://evil.example/")
	require.Equal(t, 400, b.JSON("GET", openid+"/logout?"+out.Encode(), nil).Status)
}

func TestClientCredentials(t *testing.T) {
	b := open(t, "")
	values := url.Values{"grant_type": {"client_credentials"}, "client_id": {"lcm-backend"}, "client_secret": {"s3cret"}}
	claims, err := b.claims(b.token(200, values)["access_token"].(string))
	require.NoError(t, err)
	require.Equal(t, "service-account-lcm-backend", claims["preferred_username"])
	require.Contains(t, claims["realm_access"].(map[string]any)["roles"], "manager")
	values.Set("client_secret", "no")
	b.token(401, values)
	b.token(400, url.Values{"grant_type": {"client_credentials"}, "client_id": {"lcm-public"}})
	b.token(400, url.Values{"grant_type": {"password"}, "client_id": {"lcm-public"}})
}

func TestDevelopmentTokens(t *testing.T) {
	b := open(t, "")
	mint := func(body map[string]any) string {
		return b.Must(200, "POST", "/_sim/token", body)["access_token"].(string)
	}
	claims, err := b.claims(mint(map[string]any{"username": "eve", "roles": []string{"admin"}, "lifetime_seconds": 60}))
	require.NoError(t, err)
	require.Equal(t, oidc.Subject("eve"), claims["sub"])
	require.InDelta(t, 60, claims["exp"].(float64)-claims["iat"].(float64), 0)
	_, err = b.claims(mint(map[string]any{"username": "user", "lifetime_seconds": -60}))
	require.ErrorIs(t, err, jwt.ErrTokenExpired)
	claims, err = b.claims(mint(map[string]any{"username": "manager", "claims": map[string]any{"aud": "other"}}))
	require.NoError(t, err)
	require.Equal(t, "other", claims["aud"])
	require.Contains(t, claims["realm_access"].(map[string]any)["roles"], "manager", "a known user has his roles")
	require.Equal(t, 400, b.JSON("POST", "/_sim/token", map[string]any{}).Status)
}

func TestKeysAreKeptAndRotate(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	old := b.Must(200, "POST", "/_sim/token", map[string]any{"username": "user"})["access_token"].(string)
	b = open(t, dir)
	_, err := b.claims(old)
	require.NoError(t, err, "the key survived the restart")
	b.Must(200, "POST", "/_sim/keys/rotate", nil)
	next := b.Must(200, "POST", "/_sim/token", map[string]any{"username": "user"})["access_token"].(string)
	for _, token := range []string{old, next} {
		_, err = b.claims(token)
		require.NoError(t, err)
	}
	b.Must(200, "POST", "/_sim/keys/rotate?retire=true", nil)
	_, err = b.claims(old)
	require.ErrorIs(t, err, jwt.ErrTokenUnverifiable)
	require.NotContains(t, b.JSON("GET", "/_sim/state", nil).Body, "pkcs8")
}
