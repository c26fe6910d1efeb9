package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// issuer is a small OpenID provider, with the paths of Keycloak, whose keys a test may change and which may be down.
type issuer struct {
	t       testing.TB
	server  *httptest.Server
	url     string
	keys    atomic.Pointer[jose.JSONWebKeySet]
	down    atomic.Bool
	fetched atomic.Int64
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{t: t}
	i.keys.Store(&jose.JSONWebKeySet{})
	mux := http.NewServeMux()
	mux.HandleFunc("/realms/aix/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": i.url, "jwks_uri": i.url + "/protocol/openid-connect/certs", "authorization_endpoint": i.url, "token_endpoint": i.url,
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("/realms/aix/protocol/openid-connect/certs", func(w http.ResponseWriter, _ *http.Request) {
		i.fetched.Add(1)
		_ = json.NewEncoder(w).Encode(i.keys.Load())
	})
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.server.Close)
	i.url = i.server.URL + "/realms/aix"
	return i
}

func (i *issuer) config() Config { return Config{Issuer: i.url, Audience: []string{"lcm"}} }

// newKey makes the issuer sign with another key.
func (i *issuer) newKey(id string) jose.SigningKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(i.t, err)
	return i.signsWith(jose.RS256, key, key.Public(), id)
}

func (i *issuer) signsWith(algorithm jose.SignatureAlgorithm, key, public any, id string) jose.SigningKey {
	i.keys.Store(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: public, KeyID: id, Algorithm: string(algorithm), Use: "sig"}}})
	return jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}}
}

func sign(t testing.TB, key jose.SigningKey, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	require.NoError(t, err)
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	compact, err := signed.CompactSerialize()
	require.NoError(t, err)
	return compact
}

func (i *issuer) claims(now time.Time) map[string]any {
	return map[string]any{
		"iss": i.url, "sub": "u1", "aud": []string{"lcm", "account"}, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "typ": "Bearer",
		"realm_access": map[string]any{"roles": []string{"admin", "offline_access", "uma_authorization", "default-roles-aix"}},
	}
}

func with(claims map[string]any, changes map[string]any) map[string]any {
	changed := maps.Clone(claims)
	for name, value := range changes {
		if value == nil {
			delete(changed, name)
			continue
		}
		changed[name] = value
	}
	return changed
}

func TestAGoodToken(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	for name, config := range map[string]Config{
		"discovered":              {KeycloakURL: i.server.URL + "/", Realm: "aix", Audience: []string{"lcm"}},
		"named":                   i.config(),
		"keys at another address": {Issuer: i.url, KeycloakURLInternal: i.server.URL + "/", Realm: "aix", Audience: []string{"lcm"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, config.Validate())
			who, err := New(config, Deps{}).Verify(t.Context(), "bearer "+sign(t, key, with(i.claims(time.Now()), map[string]any{
				"preferred_username": "ann", "name": "Ann", "email": "ann@example.org",
			})))
			require.NoError(t, err)
			require.WithinDuration(t, time.Now().Add(time.Hour), who.Expires, time.Minute)
			require.Equal(t, Person{
				Subject: "u1", Roles: []string{"admin", "offline_access", "uma_authorization", "default-roles-aix"},
				Username: "ann", Name: "Ann", Email: "ann@example.org", Expires: who.Expires,
			}, who)
			require.True(t, who.Has("admin"))
			require.False(t, who.Has("adm"))
		})
	}
}

func TestEllipticCurvesSignToo(t *testing.T) {
	i := newIssuer(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, err = New(i.config(), Deps{}).Verify(t.Context(), "Bearer "+sign(t, i.signsWith(jose.ES256, key, key.Public(), "e1"), i.claims(time.Now())))
	require.NoError(t, err)
}

// TestS1BadTokensAreRefused is control S1.
func TestS1BadTokensAreRefused(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	now := time.Now()
	good := i.claims(now)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	hmac := jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("k", 32))}
	valid := sign(t, key, good)
	parts := strings.Split(valid, ".")
	for reason, header := range map[string]string{
		"nothing at all":                  "",
		"no scheme":                       valid,
		"another scheme":                  "Basic " + valid,
		"an empty token":                  "Bearer ",
		"not a token":                     "Bearer abc",
		"two parts":                       "Bearer " + parts[0] + "." + parts[1],
		"four parts":                      "Bearer " + valid + ".x",
		"no signature":                    "Bearer " + parts[0] + "." + parts[1] + ".",
		"signature of another token":      "Bearer " + parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		"changed claims":                  "Bearer " + parts[0] + "." + strings.Repeat("A", len(parts[1])) + "." + parts[2],
		"alg none":                        "Bearer eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"a key that is not the issuer's":  "Bearer " + sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: stranger, KeyID: "k1"}}, good),
		"an unknown key id":               "Bearer " + sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: stranger, KeyID: "k9"}}, good),
		"HS256":                           "Bearer " + sign(t, hmac, good),
		"longer than the limit":           "Bearer " + sign(t, key, with(good, map[string]any{"pad": strings.Repeat("x", maxToken)})),
		"another issuer":                  "Bearer " + sign(t, key, with(good, map[string]any{"iss": "https://evil.example"})),
		"an issuer with a slash more":     "Bearer " + sign(t, key, with(good, map[string]any{"iss": i.url + "/"})),
		"no issuer":                       "Bearer " + sign(t, key, with(good, map[string]any{"iss": nil})),
		"another audience":                "Bearer " + sign(t, key, with(good, map[string]any{"aud": "account"})),
		"no audience":                     "Bearer " + sign(t, key, with(good, map[string]any{"aud": nil})),
		"an audience that only begins so": "Bearer " + sign(t, key, with(good, map[string]any{"aud": "lcm-other"})),
		"expired":                         "Bearer " + sign(t, key, with(good, map[string]any{"exp": now.Add(-2 * time.Minute).Unix()})),
		"no expiry":                       "Bearer " + sign(t, key, with(good, map[string]any{"exp": nil})),
		"expiry zero":                     "Bearer " + sign(t, key, with(good, map[string]any{"exp": 0})),
		"expiry a word":                   "Bearer " + sign(t, key, with(good, map[string]any{"exp": "tomorrow"})),
		"not valid yet":                   "Bearer " + sign(t, key, with(good, map[string]any{"nbf": now.Add(2 * time.Minute).Unix()})),
		"no subject":                      "Bearer " + sign(t, key, with(good, map[string]any{"sub": nil})),
		"an id token":                     "Bearer " + sign(t, key, with(good, map[string]any{"typ": "ID"})),
		"a refresh token":                 "Bearer " + sign(t, key, with(good, map[string]any{"typ": "Refresh"})),
		"roles of the wrong shape":        "Bearer " + sign(t, key, with(good, map[string]any{"realm_access": "admin"})),
	} {
		_, err := New(i.config(), Deps{}).Verify(t.Context(), header)
		require.Error(t, err, reason)
		require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "%s: %v", reason, err)
	}
}

func TestAMinuteOfClockDifferenceIsForgiven(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	now := time.Now()
	tokens := New(i.config(), Deps{})
	for reason, change := range map[string]map[string]any{
		"just expired":   {"exp": now.Add(-30 * time.Second).Unix()},
		"just not valid": {"nbf": now.Add(30 * time.Second).Unix()},
	} {
		_, err := tokens.Verify(t.Context(), "Bearer "+sign(t, key, with(i.claims(now), change)))
		require.NoError(t, err, reason)
	}
}

func TestKeysRotateAndOutagesAreSurvived(t *testing.T) {
	i := newIssuer(t)
	old := i.newKey("k1")
	tokens := New(i.config(), Deps{})
	verify := func(key jose.SigningKey) error {
		_, err := tokens.Verify(context.Background(), "Bearer "+sign(t, key, i.claims(time.Now())))
		return err
	}
	require.NoError(t, verify(old))
	fresh := i.newKey("k2")
	require.NoError(t, verify(fresh), "an unknown key id fetches the keys again")

	i.down.Store(true)
	require.NoError(t, verify(fresh), "keys once fetched go on working")
	at := time.Now()
	started := New(i.config(), Deps{Now: func() time.Time { return at }})
	_, err := started.Verify(t.Context(), "Bearer "+sign(t, fresh, i.claims(time.Now())))
	require.True(t, failure.Is(err, failure.Unavailable), "an outage is no bad token: %v", err)
	i.down.Store(false)
	at = at.Add(quietFor)
	_, err = started.Verify(t.Context(), "Bearer "+sign(t, fresh, i.claims(time.Now())))
	require.NoError(t, err)
}

func TestConfig(t *testing.T) {
	require.False(t, Config{Realm: "aix", Audience: []string{"lcm"}}.Configured(), "without a provider no tokens are taken")
	require.NoError(t, Config{}.Validate())
	require.Error(t, Config{Issuer: "https://id.example"}.Validate(), "without an audience every service's tokens would do")
}
