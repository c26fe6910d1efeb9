package contract

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
)

const issuer = "https://id.example/realms/aix"

// world is a service that runs, on a store and a bus of its own, and someone who signs tokens.
type world struct {
	t      *testing.T
	url    string
	kv     *memkv.Store
	signer *ecdsa.PrivateKey
	terms  map[string]string
	log    *locked
	dir    string
	// shared is a worker on which labs are placed, tiny a definition that fits it often; sequence tells stages apart.
	shared, tiny string
	sequence     *int
	elections    map[string]election
	// seen is what a test wrote down of the answers.
	seen *strings.Builder
}

// election is the key by which a test's controller leads its service.
type election struct {
	key      string
	revision int64
}

const inboundToken = "canary-inbound-token-0123456789abcdef"

func keyOf(name string) string { return "canary-" + name + "-key-0123456789abcdef0123456789" }

// canary are secrets that the service is given and must show nowhere.
func canary() map[string]string {
	return map[string]string{
		"LCM_SECRET_KEY": "canary-secret-key-0123456789abcdef", "KEYCLOAK_CLIENT_SECRET": "canary-client-secret", "CLOUD_EVENT_SIGNING_SECRET": "whsec_Y2FuYXJ5LXNpZ25pbmctc2VjcmV0LTAxMjM0NTY3ODk=",
		"RESOURCE_SCHEDULER_API_KEY": keyOf("resource-scheduler"), "WORKER_CONTROLLER_API_KEY": keyOf("worker-controller"), "LABLET_CONTROLLER_API_KEY": keyOf("lablet-controller"),
	}
}

func newWorld(t *testing.T, more map[string]string) *world {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	w := &world{t: t, kv: memkv.New(), signer: key, terms: map[string]string{}, elections: map[string]election{}, sequence: new(int), log: &locked{}, dir: t.TempDir(), seen: &strings.Builder{}}
	keys := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		point, err := key.PublicKey.Bytes()
		if err != nil {
			out.WriteHeader(http.StatusInternalServerError)
			return
		}
		text := base64.RawURLEncoding.EncodeToString
		_ = json.NewEncoder(out).Encode(map[string]any{"keys": []any{map[string]any{
			"kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256", "x": text(point[1:33]), "y": text(point[33:]),
		}}})
	}))
	t.Cleanup(keys.Close)
	env := canary()
	env["DATABASE_URL"], env["KEYCLOAK_URL"], env["KEYCLOAK_URL_INTERNAL"] = "sqlite://"+filepath.Join(w.dir, "lcm.db"), "https://id.example", keys.URL
	env["RATE_LIMIT_PER_SECOND"], env["DATA_SEED_BASE_PATH"], env["LEADER_LEASE_TTL"] = "0", w.dir, "1s"
	for name, value := range more {
		env[name] = value
	}
	var lines []string
	for name, value := range env {
		lines = append(lines, name+"="+value)
	}
	settings, err := config.Load[service.Config](lines)
	require.NoError(t, err)
	w.run(settings)
	return w
}

func (w *world) run(settings service.Config) {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(w.t, err)
	s, err := service.New(w.t.Context(), settings, service.Deps{
		Listener: listener, Etcd: w.kv, Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		require.NoError(w.t, <-done)
	})
	w.url = "http://" + s.Addr().String()
}

// token is one for a person with roles.
func (w *world) token(subject string, roles ...string) string {
	w.t.Helper()
	t := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": issuer, "sub": subject, "aud": "lcm", "exp": time.Now().Add(time.Hour).Unix(), "realm_access": map[string]any{"roles": roles},
	})
	t.Header["kid"] = "k1"
	signed, err := t.SignedString(w.signer)
	require.NoError(w.t, err)
	return signed
}

// term makes a controller the leader of its service, once.
func (w *world) term(service string) string {
	w.t.Helper()
	if known, ok := w.terms[service]; ok {
		return known
	}
	e, elected := w.elections[service]
	if !elected {
		lease, err := w.kv.Grant(w.t.Context(), 10*time.Minute)
		require.NoError(w.t, err)
		e.key = leader.Prefix(service) + "only"
		e.revision, err = w.kv.PutLeased(w.t.Context(), e.key, nil, lease)
		require.NoError(w.t, err)
		w.elections[service] = e
	}
	body, err := json.Marshal(api.IssueTermBody{Service: service, Key: e.key, CreateRevision: e.revision})
	require.NoError(w.t, err)
	_, answer := w.do(w.request(http.MethodPost, api.RouteIssueTerm.Path, string(body), api.HeaderAPIKey, keyOf(service)))
	var issued api.IssuedTerm
	require.NoError(w.t, json.Unmarshal(answer, &issued), string(answer))
	w.terms[service] = api.Term{Service: service, Term: issued.Term}.String()
	return w.terms[service]
}

func (w *world) request(method, path, body string, headers ...string) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	require.NoError(w.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// do sends a request without following where it is sent on to.
func (w *world) do(r *http.Request) (*http.Response, []byte) {
	w.t.Helper()
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	response.Body = io.NopCloser(bytes.NewReader(content))
	return response, content
}

// admin calls as a person who may do all.
func (w *world) admin(method, path, body string) []byte {
	w.t.Helper()
	response, content := w.do(w.request(method, path, body, "Authorization", "Bearer "+w.token("ada", "admin")))
	require.Less(w.t, response.StatusCode, http.StatusBadRequest, "%s %s: %s", method, path, content)
	return content
}

// lead calls as the leader of a service.
func (w *world) lead(service, path, body string) []byte {
	w.t.Helper()
	return w.leads(service, http.MethodPost, path, body)
}

// leads is lead by another method than POST.
func (w *world) leads(service, method, path, body string) []byte {
	w.t.Helper()
	response, content := w.do(w.request(method, path, body, api.HeaderAPIKey, keyOf(service), api.HeaderTerm, w.term(service)))
	require.Less(w.t, response.StatusCode, http.StatusBadRequest, "%s: %s", path, content)
	return content
}

// logged is all that the service logged so far.
func (w *world) logged() string { return w.log.String() }
