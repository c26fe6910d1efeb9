package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// world is what outlives the service: its store, etcd, the identity provider and the sink.
type world struct {
	kv     *memkv.Store
	engine *storetest.FaultyEngine
	idp    *idp
	sink   *httptest.Server
	env    map[string]string

	mu     sync.Mutex
	events []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{kv: memkv.New(), engine: storetest.Faulty(storetest.New(t, service.Collections()...), nil), idp: newIDP(t)}
	w.sink = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, r.Header.Get("Ce-Id"))
		}
	}))
	t.Cleanup(w.sink.Close)
	w.env = map[string]string{
		"KEYCLOAK_URL_INTERNAL": w.idp.URL, "CLOUD_EVENT_SINK": w.sink.URL, "CLOUD_EVENT_RETRY_DELAY": "10ms",
		"LEADER_LEASE_TTL": "1s", "DATA_SEED_BASE_PATH": t.TempDir(), "LOG_LEVEL": "ERROR", "RATE_LIMIT_PER_SECOND": "0",
	}
	return w
}

func (w *world) received(prefix string) (ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.events {
		if strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	return ids
}

// replica is one running service.
type replica struct {
	url  string
	stop func()
}

func (w *world) start(t *testing.T) *replica {
	t.Helper()
	return w.startWith(t, service.Deps{Engine: w.engine, Etcd: w.kv})
}

func (w *world) startWith(t *testing.T, deps service.Deps) *replica {
	t.Helper()
	settings, err := config.Load[service.Config](environ(w.env))
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	deps.Listener, deps.Log = listener, slog.New(slog.DiscardHandler)
	s, err := service.New(t.Context(), settings, deps)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	var once sync.Once
	r := &replica{url: "http://" + s.Addr().String()}
	r.stop = func() {
		once.Do(func() {
			cancel()
			require.NoError(t, <-done)
		})
	}
	t.Cleanup(r.stop)
	return r
}

func (r *replica) call(t *testing.T, method, path, token, idempotency string, body any) (int, http.Header, []byte) {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, r.url+path, bytes.NewReader(text))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if idempotency != "" {
		request.Header.Set(api.HeaderIdempotencyKey, idempotency)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header, content
}

func definitionBody(name string) api.CreateDefinitionBody {
	return api.CreateDefinitionBody{
		Name: name, Version: "1.0.0", MaxDurationMinutes: 60,
		TopologyYAML: "lab:\n  title: one\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n",
	}
}

func (r *replica) create(t *testing.T, token, idempotency, name string) (int, string) {
	t.Helper()
	status, _, body := r.call(t, http.MethodPost, "/api/lablet-definitions", token, idempotency, definitionBody(name))
	var made api.Definition
	if status < 300 {
		require.NoError(t, json.Unmarshal(body, &made))
	}
	return status, made.ID
}

func eventually(t *testing.T, holds func() bool, why string) {
	t.Helper()
	require.Eventually(t, holds, time.Minute, 10*time.Millisecond, why)
}

// projected reports that etcd has a definition's key, of a version.
func (w *world) projected(t *testing.T, id string, version int64) bool {
	item, found, err := w.kv.Get(t.Context(), readmodel.Key(readmodel.KindDefinition, id))
	if err != nil || !found {
		return false
	}
	envelope, _, err := readmodel.Decode[readmodel.Definition](item.Value)
	return err == nil && envelope.Version == version
}

func TestACreatedDefinitionReachesEtcdAndTheSink(t *testing.T) {
	w := newWorld(t)
	r := w.start(t)
	token := w.idp.token(t, "ann", "admin")
	status, headers, body := r.call(t, http.MethodPost, "/api/lablet-definitions", token, "k1", definitionBody("first"))
	require.Equal(t, http.StatusCreated, status, string(body))
	var made api.Definition
	require.NoError(t, json.Unmarshal(body, &made))
	written, err := api.ParseWritten(headers.Get(api.HeaderWritten))
	require.NoError(t, err)
	require.Equal(t, api.Written{Kind: "definitions", ID: made.ID, Version: 1, Generation: 1}, written)

	eventually(t, func() bool { return w.projected(t, made.ID, 1) }, "the key is put")
	eventually(t, func() bool { return len(w.received("definitions/"+made.ID+"/1/")) > 0 }, "the event is delivered")

	status, again := r.create(t, token, "k1", "first")
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, made.ID, again, "a repeat gets the same answer")
	status, _ = r.create(t, token, "k1", "second")
	require.Equal(t, http.StatusUnprocessableEntity, status, "the key came with another body before")
	status, _ = r.create(t, w.idp.token(t, "bob", "user"), "k2", "third")
	require.Equal(t, http.StatusForbidden, status)
}

// The process is killed at each of its first steps in the store after a create began: whatever was answered holds, and the
// next process finishes the rest. The client repeats with its key until it gets an answer.
func TestNothingIsLostOrDoubledWhenTheProcessDies(t *testing.T) {
	for step := 1; step <= 12; step++ {
		t.Run(fmt.Sprintf("step %d", step), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.start(t)
			token := w.idp.token(t, "ann", "admin")
			eventually(t, func() bool { return w.settingsProjected(t) }, "the start is over")

			w.engine.SetHook(dieAt(step))
			_, _ = r.create(t, token, "k1", "one")
			r.stop()
			w.engine.SetHook(nil)

			r = w.start(t)
			status, id := r.create(t, token, "k1", "one")
			require.Equal(t, http.StatusCreated, status)
			eventually(t, func() bool { return w.projected(t, id, 1) }, "the key is put")
			eventually(t, func() bool { return len(w.received("definitions/"+id)) > 0 }, "the event is delivered")
			found, err := w.engine.Find(t.Context(), "lablet_definitions", store.Query{})
			require.NoError(t, err)
			require.Len(t, found, 1)
			versions, err := journal.New(w.engine, true).Verify(t.Context(), readmodel.KindDefinition, id)
			require.NoError(t, err)
			require.EqualValues(t, 1, versions)
			for _, event := range w.received("definitions/") {
				require.True(t, strings.HasPrefix(event, "definitions/"+id+"/1/"), "no event without its change")
			}
		})
	}
}

// dieAt lets some writes of anything but the election pass, and then none of any kind.
func dieAt(step int) storetest.Hook {
	var mu sync.Mutex
	writes := 0
	return func(_ context.Context, did storetest.Call) storetest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if did.Writes() && did.Collection != "terms" {
			writes++
		}
		if writes*2 > step || writes*2 == step && did.Writes() {
			dead := fmt.Errorf("killed: %w", store.ErrUnavailable)
			if step%2 == 0 && writes*2 == step {
				return storetest.Fault{Lose: dead} // done, and nobody was told
			}
			return storetest.Fault{Fail: dead}
		}
		return storetest.Fault{}
	}
}

func (w *world) settingsProjected(t *testing.T) bool {
	d, err := w.engine.Get(t.Context(), "system_settings", readmodel.SettingsID)
	return err == nil && !d.Dirty
}

func (r *replica) status(t *testing.T, path string) (int, map[string]any) {
	t.Helper()
	code, _, body := r.call(t, http.MethodGet, path, "", "", nil)
	var answer map[string]any
	require.NoError(t, json.Unmarshal(body, &answer), string(body))
	return code, answer
}

func TestReadinessFollowsStoreAndEtcd(t *testing.T) {
	w := newWorld(t)
	r := w.start(t)
	eventually(t, func() bool { _, answer := r.status(t, "/ready"); return answer["role"] == "leader" }, "this replica leads")
	w.kv.SetDown(true)
	eventually(t, func() bool { _, answer := r.status(t, "/ready"); return answer["role"] == "standby" }, "nobody leads without etcd")
	status, id := r.create(t, w.idp.token(t, "ann", "admin"), "k1", "while etcd is away")
	require.Equal(t, http.StatusCreated, status, "the API serves")
	w.kv.SetDown(false)
	eventually(t, func() bool { return w.projected(t, id, 1) }, "the key follows when etcd is back")

	w.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}))
	code, _ := r.status(t, "/ready")
	require.Equal(t, http.StatusServiceUnavailable, code)
	code, _ = r.status(t, "/health")
	require.Equal(t, http.StatusOK, code, "the process itself is well")
	status, _ = r.create(t, w.idp.token(t, "ann", "admin"), "k2", "without store")
	require.Equal(t, http.StatusServiceUnavailable, status)
	w.engine.SetHook(nil)
}

func TestInfoSaysWhatIsNotConfigured(t *testing.T) {
	w := newWorld(t)
	w.env["CLOUD_EVENT_SINK"] = ""
	r := w.start(t)
	code, info := r.status(t, "/info")
	require.Equal(t, http.StatusOK, code)
	extra, ok := info["extra"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, "no sink configured", extra["cloud_events"])
	require.Equal(t, false, extra["licenses_file"])
}

func TestItStartsFromItsConfigurationAlone(t *testing.T) {
	w := newWorld(t)
	w.env["DATABASE_URL"] = sqlite.URL(filepath.Join(t.TempDir(), "lcm.db"))
	w.env["ETCD_ENDPOINTS"] = "127.0.0.1:1"
	w.env["ETCD_TIMEOUT"] = "200ms"
	r := w.startWith(t, service.Deps{})
	status, id := r.create(t, w.idp.token(t, "ann", "admin"), "k1", "kept")
	require.Equal(t, http.StatusCreated, status, "etcd is away")
	r.stop()
	w.startWith(t, service.Deps{Etcd: w.kv})
	eventually(t, func() bool { return w.projected(t, id, 1) }, "what was stored before the restart is projected")
}
