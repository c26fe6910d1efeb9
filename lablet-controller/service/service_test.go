package service

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// control is a control plane that issues terms and notes what else it is asked.
func control(t *testing.T) (url string, asked chan string) {
	t.Helper()
	asked = make(chan string, 100)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/internal/terms", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(api.IssuedTerm{Service: Name, Term: 3})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- r.Method + " " + r.URL.Path + " " + r.Header.Get(api.HeaderTerm)
		_ = json.NewEncoder(w).Encode(api.Ack{})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, asked
}

func put(t *testing.T, store *memkv.Store, kind readmodel.Kind, id string, model any) {
	t.Helper()
	encoded, err := json.Marshal(model)
	require.NoError(t, err)
	value, err := json.Marshal(readmodel.Envelope{Epoch: "e", Version: 1, Generation: 1, Model: encoded})
	require.NoError(t, err)
	_, ok, err := store.PutIf(t.Context(), readmodel.Key(kind, id), value, 0)
	require.NoError(t, err)
	require.True(t, ok)
}

// TestAReplicaLeadsAndWorks starts the whole service: what is due when it comes to lead is done at once, with its term.
func TestAReplicaLeadsAndWorks(t *testing.T) {
	url, asked := control(t)
	store := memkv.New()
	begun, ends := time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	put(t, store, readmodel.KindDefinition, "d", readmodel.Definition{
		ID: "d", Version: 1, Generation: 1, SyncStatus: "sync_requested", BucketName: "b", Status: lifecycle.DefinitionPendingSync,
	})
	put(t, store, readmodel.KindInstance, "i", readmodel.Instance{
		ID: "i", Version: 1, Generation: 1, DefinitionID: "d", Status: lifecycle.InstanceScheduled, WorkerID: "w", Attempt: 1,
		TimeslotStart: &begun, TimeslotEnd: &ends,
	})
	settings, err := load("CONTROL_PLANE_API_URL=" + url)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, settings, controller.Deps{Etcd: store, Listener: listener, Log: slog.New(slog.DiscardHandler)})
	}()
	want := map[string]bool{
		"POST /api/internal/lablet-instances/i/start-instantiation lablet-controller/3": true,
		"POST /api/internal/lablet-definitions/d/content-synced lablet-controller/3":    true,
	}
	deadline := time.After(20 * time.Second)
	for len(want) > 0 {
		select {
		case call := <-asked:
			delete(want, call)
		case err := <-done:
			require.FailNow(t, "the service ended", "%v", err)
		case <-deadline:
			require.FailNow(t, "not asked", "%v", want)
		}
	}
	cancel()
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(15 * time.Second):
		require.FailNow(t, "the service did not stop")
	}
}

func TestAConfigurationThatIsNotCheckedIsRefused(t *testing.T) {
	require.Error(t, Run(t.Context(), Config{}, controller.Deps{}))
}
