package cml

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const testPassword = "pass-w0rd"

// fake is a CML that knows one user and answers the rest as it is told.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	logins  int
	calls   []string
	expired map[string]bool
	// answer serves authorised calls; nil answers `{}`.
	answer http.HandlerFunc
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{expired: map[string]bool{}}
	f.Server = httptest.NewTLSServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.calls = append(f.calls, r.Method+" "+r.URL.Path)
	if r.URL.Path == "/api/v0/authenticate" {
		f.login(w, r)
		f.mu.Unlock()
		return
	}
	token := r.Header.Get("Authorization")
	known := f.logins > 0 && token == "Bearer "+tokenNumber(f.logins) && !f.expired[token]
	f.mu.Unlock()
	if !known && r.URL.Path != "/api/v0/system_information" {
		http.Error(w, `{"code":401,"description":"expired"}`, http.StatusUnauthorized)
		return
	}
	if f.answer != nil {
		f.answer(w, r)
		return
	}
	_, _ = w.Write([]byte(`{}`))
}

func (f *fake) login(w http.ResponseWriter, r *http.Request) {
	var body struct{ Username, Password string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Username != "admin" || body.Password != testPassword {
		http.Error(w, `{"code":403,"description":"no: `+body.Password+`"}`, http.StatusForbidden)
		return
	}
	f.logins++
	_ = json.NewEncoder(w).Encode(tokenNumber(f.logins))
}

func tokenNumber(n int) string { return "token-" + string(rune('a'+n)) }

// expire makes CML forget the token that it gave last.
func (f *fake) expire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expired["Bearer "+tokenNumber(f.logins)] = true
}

func (f *fake) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.calls...)
}

func (f *fake) fingerprint() string {
	sum := sha256.Sum256(f.Certificate().Raw)
	return hex.EncodeToString(sum[:])
}

func (f *fake) bundle() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})
}

// client makes a client for the fake; change may alter its configuration.
func (f *fake) client(t *testing.T, change func(*Config)) *Client {
	t.Helper()
	config := Config{BaseURL: f.URL, Username: "admin", Password: secret.New(testPassword), TLS: TLS{Pin: f.fingerprint()}}
	if change != nil {
		change(&config)
	}
	client, err := New(config)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}
