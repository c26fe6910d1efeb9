package controllertest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

const (
	rounds = 20
	// stopWithin is the deadline of a service's stop, and a moment for the machine.
	stopWithin = 12 * time.Second
	patience   = 20 * time.Second
)

// Put puts a read model into the store, as the API projects it.
func Put(t testing.TB, store *memkv.Store, kind readmodel.Kind, id string, model any) {
	t.Helper()
	encoded, err := json.Marshal(model)
	require.NoError(t, err)
	value, err := json.Marshal(readmodel.Envelope{Epoch: "e", Version: 1, Generation: 1, Model: encoded})
	require.NoError(t, err)
	_, ok, err := store.PutIf(t.Context(), readmodel.Key(kind, id), value, 0)
	require.NoError(t, err)
	require.True(t, ok)
}

// StartStop starts and stops one replica of a service 20 times on one store: at once, when it is ready, with a command on its
// way, and while etcd is away. Each time it must end in time and without an error, give up its place, and leave no goroutine
// behind. run is the service's Run; the store must hold something that makes it call the API.
func StartStop(t *testing.T, service string, store *memkv.Store, control *API, run func(context.Context, controller.Deps) error) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	for round := range rounds {
		r := begin(t, store, run)
		switch round % 4 {
		case 0:
		case 1:
			r.awaitReady(t)
		case 2:
			r.await(t, control.Called(), "a command")
		case 3:
			r.awaitReady(t)
			store.SetDown(true)
		}
		r.end(t, fmt.Sprint("round ", round))
		store.SetDown(false)
		requireNoCandidate(t, service, store, round%4 == 3)
		drain(control.Called())
	}
	control.server.CloseClientConnections()
	goleak.VerifyNone(t, before)
}

func drain(called <-chan struct{}) {
	select {
	case <-called:
	default:
	}
}

// requireNoCandidate checks that a place was given up; one that could not be runs out with its lease.
func requireNoCandidate(t *testing.T, service string, store *memkv.Store, expires bool) {
	t.Helper()
	none := func() bool {
		page, err := store.List(context.Background(), leader.Prefix(service), "", 0, 0)
		return err == nil && len(page.Items) == 0
	}
	if expires {
		require.Eventually(t, none, patience, 10*time.Millisecond, "its lease runs out")
		return
	}
	require.True(t, none(), "its place is free at once")
}

// Start runs a replica until the end of the test, waits until it leads and is ready, and gives its URL.
func Start(t *testing.T, store *memkv.Store, run func(context.Context, controller.Deps) error) (url string) {
	t.Helper()
	r := begin(t, store, run)
	t.Cleanup(func() { r.end(t, "at the end of the test") })
	r.awaitReady(t)
	return r.url
}

// Get reads a URL, with a service's key unless that is empty.
func Get(t testing.TB, url, key string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
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
	return response.StatusCode, string(text)
}

// replica is one running replica.
type replica struct {
	url    string
	cancel context.CancelFunc
	done   chan error
}

func begin(t *testing.T, store *memkv.Store, run func(context.Context, controller.Deps) error) *replica {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(cancel)
	r := &replica{url: "http://" + listener.Addr().String(), cancel: cancel, done: make(chan error, 1)}
	go func() {
		r.done <- run(ctx, controller.Deps{Etcd: store, Listener: listener, Log: slog.New(slog.DiscardHandler)})
	}()
	return r
}

func (r *replica) end(t *testing.T, round string) {
	t.Helper()
	r.cancel()
	select {
	case err := <-r.done:
		require.NoError(t, err, round)
	case <-time.After(stopWithin):
		require.FailNow(t, "it does not stop", round)
	}
}

func (r *replica) await(t *testing.T, what <-chan struct{}, name string) {
	t.Helper()
	select {
	case <-what:
	case err := <-r.done:
		require.FailNow(t, "it ended", "%v", err)
	case <-time.After(patience):
		require.FailNow(t, "waited in vain", name)
	}
}

// awaitReady waits until the replica says that it leads and can work.
func (r *replica) awaitReady(t *testing.T) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
	require.Eventually(t, func() bool {
		response, err := client.Get(r.url + "/ready")
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		var body struct{ Role string }
		return response.StatusCode == http.StatusOK && json.NewDecoder(response.Body).Decode(&body) == nil && body.Role == "leader"
	}, patience, 5*time.Millisecond, "ready")
}
