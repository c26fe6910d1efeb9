package httpapi

import (
	"context"
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

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// issuer is a small OpenID provider whose keys a test may change and which may be down.
type issuer struct {
	t      testing.TB
	server *httptest.Server
	keys   atomic.Pointer[jose.JSONWebKeySet]
	down   atomic.Bool
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{t: t}
	i.keys.Store(&jose.JSONWebKeySet{})
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": i.server.URL, "jwks_uri": i.server.URL + "/keys", "authorization_endpoint": i.server.URL, "token_endpoint": i.server.URL,
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(i.keys.Load()) })
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) newKey(id string) jose.SigningKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(i.t, err)
	i.keys.Store(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: id, Algorithm: "RS256", Use: "sig"}}})
	return jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: id}}
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
		"iss": i.server.URL, "sub": "u1", "aud": []string{"lcm", "account"}, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "typ": "Bearer",
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

func TestGoodTokensNameAPersonWithOurRoles(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	tokens := NewTokens(OIDC{Issuer: i.server.URL, Audience: []string{"lcm"}})
	who, err := tokens.Verify(t.Context(), "Bearer "+sign(t, key, i.claims(time.Now())))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Hour), who.Expires, time.Minute)
	require.Equal(t, Person{Subject: "u1", Roles: []api.Role{api.Admin}, Expires: who.Expires}, who)
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
		"an issuer with a slash more":     "Bearer " + sign(t, key, with(good, map[string]any{"iss": i.server.URL + "/"})),
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
		_, err := NewTokens(OIDC{Issuer: i.server.URL, Audience: []string{"lcm"}}).Verify(t.Context(), header)
		require.Error(t, err, reason)
		require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "%s: %v", reason, err)
	}
}

func TestAMinuteOfClockDifferenceIsForgiven(t *testing.T) {
	i := newIssuer(t)
	key := i.newKey("k1")
	now := time.Now()
	tokens := NewTokens(OIDC{Issuer: i.server.URL, Audience: []string{"lcm"}})
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
	tokens := NewTokens(OIDC{Issuer: i.server.URL, Audience: []string{"lcm"}})
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
	started := NewTokens(OIDC{Issuer: i.server.URL, Audience: []string{"lcm"}, Now: func() time.Time { return at }})
	_, err := started.Verify(t.Context(), "Bearer "+sign(t, fresh, i.claims(time.Now())))
	require.True(t, failure.Is(err, failure.Unavailable), "an outage is no bad token: %v", err)
	i.down.Store(false)
	at = at.Add(quietFor)
	_, err = started.Verify(t.Context(), "Bearer "+sign(t, fresh, i.claims(time.Now())))
	require.NoError(t, err)
}
