package service_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"
)

// idp signs tokens and serves the key that proves them.
type idp struct {
	*httptest.Server
	key *ecdsa.PrivateKey
}

const issuer = "https://id.example/realms/aix"

func newIDP(t *testing.T) *idp {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}}
	i := &idp{key: key}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/realms/aix/protocol/openid-connect/certs" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(keys)
	}))
	t.Cleanup(i.Close)
	return i
}

// token is one for a person with roles.
func (i *idp) token(t *testing.T, subject string, roles ...string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "k1"}}, nil)
	require.NoError(t, err)
	text, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": issuer, "sub": subject, "aud": []string{"lcm"}, "exp": time.Now().Add(time.Hour).Unix(),
		"realm_access": map[string]any{"roles": roles},
	}).Serialize()
	require.NoError(t, err)
	return text
}
