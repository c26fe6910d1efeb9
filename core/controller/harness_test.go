package controller_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const (
	service = "resource-scheduler"
	apiKey  = "key-of-the-scheduler-0123456789abcdef"
)

// plane is what the replicas share: etcd, and an API that issues terms as control-plane-api does.
type plane struct {
	kv  *memkv.Store
	api *httptest.Server

	mu    sync.Mutex
	term  int64
	calls []call
	// refuse answers every command with stale_term.
	refuse bool
}

// call is an internal command as it came in.
type call struct {
	term, key string
	stale     bool
}

func newPlane(t *testing.T) *plane {
	t.Helper()
	p := &plane{kv: memkv.New()}
	p.api = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.api.Close)
	return p
}

func (p *plane) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/health" {
		reply(w, http.StatusOK, map[string]string{"status": "healthy"})
		return
	}
	if r.Header.Get(api.HeaderAPIKey) != apiKey {
		reply(w, http.StatusUnauthorized, api.Problem{Code: "bad_api_key"})
		return
	}
	if r.URL.Path == api.RouteIssueTerm.Path {
		p.issue(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	got := call{term: r.Header.Get(api.HeaderTerm), key: r.Header.Get(api.HeaderIdempotencyKey)}
	got.stale = p.refuse || got.term != api.Term{Service: service, Term: p.term}.String()
	p.calls = append(p.calls, got)
	if got.stale {
		reply(w, http.StatusConflict, api.Problem{Code: "stale_term", Detail: "A newer leader has been named."})
		return
	}
	w.Header().Set(api.HeaderWritten, "instances/i1/7/3")
	reply(w, http.StatusOK, api.Ack{ID: "i1", Version: 7, Generation: 3})
}

// issue answers the next term to the holder of the oldest election key, and to nobody else.
func (p *plane) issue(w http.ResponseWriter, r *http.Request) {
	var body api.IssueTermBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		reply(w, http.StatusUnprocessableEntity, api.Problem{Code: "malformed"})
		return
	}
	page, err := p.kv.List(r.Context(), leader.Prefix(service), "", 0, 0)
	if err != nil {
		reply(w, http.StatusServiceUnavailable, api.Problem{Code: "etcd_unavailable"})
		return
	}
	for _, item := range page.Items {
		if item.CreateRevision < body.CreateRevision {
			reply(w, http.StatusConflict, api.Problem{Code: "not_leader"})
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.term++
	reply(w, http.StatusOK, api.IssuedTerm{Service: body.Service, Term: p.term})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (p *plane) setRefuse(refuse bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = refuse
}

func (p *plane) received() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]call(nil), p.calls...)
}

// put puts an instance's read model.
func (p *plane) put(t *testing.T, id string) {
	t.Helper()
	model, err := json.Marshal(readmodel.Instance{ID: id})
	require.NoError(t, err)
	envelope, err := json.Marshal(readmodel.Envelope{Epoch: "e", Version: 1, Generation: 1, Model: model})
	require.NoError(t, err)
	_, ok, err := p.kv.PutIf(t.Context(), readmodel.Key(readmodel.KindInstance, id), envelope, 0)
	require.NoError(t, err)
	require.True(t, ok)
}

func (p *plane) config(id string) controller.Config {
	return controller.Config{
		LogLevel: "ERROR", ControlPlaneURL: p.api.URL, ControlPlaneKey: secret.New(apiKey), LeaderLeaseTTL: 2 * time.Second, InstanceID: id,
	}
}

// replica is one running replica with a queue whose every run calls the API once.
type replica struct {
	*controller.Runtime
	url    string
	models *reconcile.Models[readmodel.Instance]
	stop   func() error

	mu   sync.Mutex
	runs []run
}

// run is what one reconcile saw.
type run struct {
	models int
	err    error
}

// start starts a replica on a way to etcd and stops it with the test.
func (p *plane) start(t *testing.T, id string, etcd leader.Store) *replica {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	transport := &http.Transport{}
	runtime, err := controller.New(t.Context(), service, 0, p.config(id), controller.Deps{
		Etcd: etcd, Listener: listener, Log: slog.New(slog.DiscardHandler), HTTP: &http.Client{Transport: transport, Timeout: 5 * time.Second},
	})
	require.NoError(t, err)
	r := &replica{Runtime: runtime, url: "http://" + listener.Addr().String()}
	r.models = controller.Models[readmodel.Instance](runtime, readmodel.KindInstance)
	controller.Queued(runtime, "assign", reconcile.Func[string](r.reconcile), reconcile.Options[string]{
		Keys: func() []string { return []string{"queue"} }, BackoffFirst: 20 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- runtime.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		err := <-done
		transport.CloseIdleConnections()
		return err
	})
	t.Cleanup(func() { require.NoError(t, r.stop()) })
	return r
}

// reconcile calls the API and looks again soon, so that every term is seen in a call.
func (r *replica) reconcile(ctx context.Context, _ string) (reconcile.Result, error) {
	_, err := r.API.InstanceConditions(ctx, api.SetConditions{ID: "i1", Body: api.SetConditionsBody{Conditions: []readmodel.Condition{{Type: "T"}}}})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs = append(r.runs, run{models: r.models.Len(), err: err})
	return reconcile.Result{After: 20 * time.Millisecond}, err
}

func (r *replica) seen() []run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]run(nil), r.runs...)
}

// ask calls a route of the replica; the key is sent when there is one.
func (r *replica) ask(t *testing.T, method, path, key string) (int, string, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.url+path, nil)
	require.NoError(t, err)
	if key != "" {
		request.Header.Set(api.HeaderAPIKey, key)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var body map[string]any
	if strings.HasPrefix(string(text), "{") {
		require.NoError(t, json.Unmarshal(text, &body), string(text))
	}
	return response.StatusCode, response.Header.Get("Content-Type"), body
}

func (r *replica) leads(t *testing.T) bool {
	t.Helper()
	_, _, body := r.ask(t, http.MethodGet, "/ready", "")
	return body["role"] == "leader"
}

func eventually(t *testing.T, holds func() bool, why string) {
	t.Helper()
	require.Eventually(t, holds, 15*time.Second, 5*time.Millisecond, why)
}
