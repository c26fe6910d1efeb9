// Package logintest is an OpenID provider in a test: it signs people in without asking them, takes each code and each refresh
// token once, checks PKCE, and can be made to misbehave.
package logintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"
)

// ClientID and ClientSecret are the client that the provider knows.
const (
	ClientID     = "lcm-backend"
	ClientSecret = "canary-client-secret-0123456789"
)

// Provider is the provider. Its fields may be changed between calls.
type Provider struct {
	*httptest.Server
	t   *testing.T
	key *ecdsa.PrivateKey

	mu sync.Mutex
	// Down answers 503 to everything.
	Down bool
	// Access makes the access token of a person; "{subject}:user" when nil.
	Access func(subject string) string
	// Claims changes what an id token says; nil values leave a claim out.
	Claims map[string]any
	// Lives is how long an access token lives.
	Lives time.Duration

	grants map[string]grant
	count  int
	// Refreshed counts how often tokens were renewed.
	Refreshed int
}

// grant is what a code or a refresh token stands for.
type grant struct {
	subject, nonce, challenge, redirect string
}

// New starts a provider.
func New(t *testing.T) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	p := &Provider{t: t, key: key, grants: map[string]grant{}, Lives: time.Hour}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isDown() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// Set changes the provider's fields while it may be serving.
func (p *Provider) Set(change func(*Provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *Provider) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Down
}

// SignIn is a person who signs in at the address to which a browser was sent. It gives the address to which the browser is sent
// back.
func (p *Provider) SignIn(address, subject string) *url.URL {
	p.t.Helper()
	at, err := url.Parse(address)
	require.NoError(p.t, err)
	q := at.Query()
	require.Equal(p.t, "/authorize", at.Path)
	require.Equal(p.t, ClientID, q.Get("client_id"))
	require.Equal(p.t, "code", q.Get("response_type"))
	require.Equal(p.t, "S256", q.Get("code_challenge_method"))
	require.Contains(p.t, q.Get("scope"), "openid")
	back, err := url.Parse(q.Get("redirect_uri"))
	require.NoError(p.t, err)
	code := p.give(grant{subject, q.Get("nonce"), q.Get("code_challenge"), back.String()})
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}.Encode()
	return back
}

func (p *Provider) give(g grant) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	name := "canary-grant-" + strconv.Itoa(p.count)
	p.grants[name] = g
	return name
}

func (p *Provider) take(name string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.grants[name]
	delete(p.grants, name)
	return g, ok
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"end_session_endpoint": p.URL + "/logout", "id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, password, basic := r.BasicAuth()
	if !basic || id != ClientID || password != ClientSecret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	name := r.PostFormValue("code")
	if r.PostFormValue("grant_type") == "refresh_token" {
		name = r.PostFormValue("refresh_token")
	}
	g, known := p.take(name)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	fits := g.challenge == "" || g.challenge == base64.RawURLEncoding.EncodeToString(sum[:]) && g.redirect == r.PostFormValue("redirect_uri")
	if !known || !fits {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "canary-description"})
		return
	}
	if g.challenge == "" {
		p.Set(func(p *Provider) { p.Refreshed++ })
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": p.access(g.subject), "token_type": "Bearer", "expires_in": int(p.lives() / time.Second),
		"refresh_token": p.give(grant{subject: g.subject}), "id_token": p.idToken(g),
	})
}

func (p *Provider) lives() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Lives
}

func (p *Provider) access(subject string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Access != nil {
		return p.Access(subject)
	}
	return subject + ":user"
}

func (p *Provider) idToken(g grant) string {
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "aud": ClientID, "sub": g.subject, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "nonce": g.nonce}
	p.mu.Lock()
	maps.Copy(claims, p.Claims)
	p.mu.Unlock()
	return p.Sign(claims)
}

// Sign signs claims with the provider's key.
func (p *Provider) Sign(claims map[string]any) string {
	p.t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k1"}}, nil)
	require.NoError(p.t, err)
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(p.t, err)
	return text
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
