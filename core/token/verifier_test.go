package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// provider signs tokens and serves the key that proves them.
type provider struct {
	*httptest.Server
	key *ecdsa.PrivateKey
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}}
	p := &provider{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /realms/aix/protocol/openid-connect/certs", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(keys)
	})
	mux.HandleFunc("GET /realms/aix/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		base := p.URL + "/realms/aix"
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": base, "jwks_uri": base + "/protocol/openid-connect/certs", "authorization_endpoint": base, "token_endpoint": base,
			"id_token_signing_alg_values_supported": []string{"ES256"},
		})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) verifier() *token.Verifier {
	return token.New(token.Config{KeycloakURL: p.URL, Realm: "aix", Audience: []string{"lcm"}}, token.Deps{Now: func() time.Time { return now }})
}

// sign makes a good token with some claims changed; nil takes one away.
func (p *provider) sign(t *testing.T, changed map[string]any) string {
	t.Helper()
	all := map[string]any{
		"iss": p.URL + "/realms/aix", "sub": "ann", "aud": []string{"other", "lcm"}, "exp": now.Add(time.Minute).Unix(),
		"typ": "Bearer", "realm_access": map[string]any{"roles": []string{"admin", "offline_access"}},
	}
	maps.Copy(all, changed)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k1"}}, nil)
	require.NoError(t, err)
	text, err := jwt.Signed(signer).Claims(all).Serialize()
	require.NoError(t, err)
	return text
}

func TestAGoodToken(t *testing.T) {
	p := newProvider(t)
	for name, config := range map[string]token.Config{
		"discovered":              {KeycloakURL: p.URL, Realm: "aix", Audience: []string{"lcm"}},
		"keys at another address": {Issuer: p.URL + "/realms/aix", KeycloakURLInternal: p.URL + "/", Realm: "aix", Audience: []string{"lcm"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, config.Validate())
			v := token.New(config, token.Deps{Now: func() time.Time { return now }})
			person, err := v.Verify(t.Context(), "bearer "+p.sign(t, nil))
			require.NoError(t, err)
			require.Equal(t, "ann", person.Subject)
			require.True(t, person.Has("admin"))
			require.False(t, person.Has("adm"))
		})
	}
}

func TestBadTokens(t *testing.T) {
	p, other := newProvider(t), newProvider(t)
	good := p.sign(t, nil)
	head, tail, _ := strings.Cut(good, ".")
	for reason, authorization := range map[string]string{
		"nothing":                  "",
		"another scheme":           "Basic " + good,
		"no token":                 "Bearer ",
		"no JWT":                   "Bearer abc",
		"too long":                 "Bearer " + strings.Repeat("a", 20<<10),
		"no signature":             "Bearer eyJhbGciOiJub25lIn0." + strings.Split(tail, ".")[0] + ".",
		"another header":           "Bearer " + head + "x." + tail,
		"signed by another":        "Bearer " + other.sign(t, map[string]any{"iss": p.URL + "/realms/aix"}),
		"another issuer":           "Bearer " + p.sign(t, map[string]any{"iss": p.URL + "/realms/other"}),
		"another audience":         "Bearer " + p.sign(t, map[string]any{"aud": "other"}),
		"expired":                  "Bearer " + p.sign(t, map[string]any{"exp": now.Add(-2 * time.Minute).Unix()}),
		"never expires":            "Bearer " + p.sign(t, map[string]any{"exp": nil}),
		"not valid yet":            "Bearer " + p.sign(t, map[string]any{"nbf": now.Add(2 * time.Minute).Unix()}),
		"nobody":                   "Bearer " + p.sign(t, map[string]any{"sub": nil}),
		"one to refresh others by": "Bearer " + p.sign(t, map[string]any{"typ": "Refresh"}),
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := p.verifier().Verify(t.Context(), authorization)
			require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "%v", err)
		})
	}
}

func TestClocksMayDifferALittle(t *testing.T) {
	p := newProvider(t)
	_, err := p.verifier().Verify(t.Context(), "Bearer "+p.sign(t, map[string]any{
		"exp": now.Add(-30 * time.Second).Unix(), "nbf": now.Add(30 * time.Second).Unix(),
	}))
	require.NoError(t, err)
}

func TestAProviderThatIsDown(t *testing.T) {
	p := newProvider(t)
	v := p.verifier()
	good := "Bearer " + p.sign(t, nil)
	_, err := v.Verify(t.Context(), good)
	require.NoError(t, err)
	fresh := p.verifier()
	p.Close()
	_, err = v.Verify(t.Context(), good)
	require.NoError(t, err, "keys once fetched go on working")
	_, err = fresh.Verify(t.Context(), good)
	require.Equal(t, failure.Unavailable, failure.KindOf(err), "who cannot check does not say that the token is bad")
}

func TestConfig(t *testing.T) {
	require.False(t, token.Config{Realm: "aix", Audience: []string{"lcm"}}.Configured(), "without a provider no tokens are taken")
	require.NoError(t, token.Config{}.Validate())
	require.Error(t, token.Config{Issuer: "https://id.example"}.Validate(), "without an audience every service's tokens would do")
}
