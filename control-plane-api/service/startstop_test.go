package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/leader"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// TestItStartsAndStopsAgainAndAgain starts and stops one replica 20 times on one store and one etcd: at once, when it is
// ready, while a request is under way, and while etcd is away. Each time it ends in time and without an error, gives up its
// place, and leaves no goroutine behind; a request that had begun gets its answer.
func TestItStartsAndStopsAgainAndAgain(t *testing.T) {
	w := newWorld(t)
	settings, err := config.Load[service.Config](environ(w.env))
	require.NoError(t, err)
	token := w.idp.token(t, "ann", "admin")
	client := &http.Client{Timeout: 10 * time.Second}
	before := goleak.IgnoreCurrent()
	for round := range 20 {
		r := w.launch(t, settings)
		var answered <-chan string
		switch round % 4 {
		case 0:
		case 1:
			r.awaitReady(t, client)
		case 2:
			r.awaitReady(t, client)
			answered = w.request(t, client, r.url, token, round)
		case 3:
			r.awaitReady(t, client)
			w.kv.SetDown(true)
		}
		r.end(t)
		if answered != nil {
			require.Equal(t, "201 Created", <-answered, "what had begun is finished")
		}
		w.engine.SetHook(nil)
		w.kv.SetDown(false)
		eventually(t, func() bool {
			page, err := w.kv.List(t.Context(), leader.Prefix(service.Name), "", 0, 0)
			return err == nil && len(page.Items) == 0
		}, "its place is given up, or runs out where etcd was away")
	}
	client.CloseIdleConnections()
	w.idp.CloseClientConnections()
	w.sink.CloseClientConnections()
	goleak.VerifyNone(t, before)
}

// launched is a service that runs.
type launched struct {
	url    string
	cancel context.CancelFunc
	done   chan error
}

func (w *world) launch(t *testing.T, settings service.Config) *launched {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s, err := service.New(t.Context(), settings, service.Deps{Engine: w.engine, Etcd: w.kv, Listener: listener, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(cancel)
	r := &launched{url: "http://" + listener.Addr().String(), cancel: cancel, done: make(chan error, 1)}
	go func() { r.done <- s.Run(ctx) }()
	return r
}

func (r *launched) awaitReady(t *testing.T, client *http.Client) {
	t.Helper()
	eventually(t, func() bool {
		answer, err := client.Get(r.url + "/ready")
		if err != nil {
			return false
		}
		defer func() { _ = answer.Body.Close() }()
		var body struct{ Status, Role string }
		return json.NewDecoder(answer.Body).Decode(&body) == nil && body.Status == "ready" && body.Role == "leader"
	}, "ready, and leading")
}

func (r *launched) end(t *testing.T) {
	t.Helper()
	r.cancel()
	select {
	case err := <-r.done:
		require.NoError(t, err)
	case <-time.After(15 * time.Second):
		require.FailNow(t, "it does not stop")
	}
}

// request creates a definition and returns when that is being stored; the store takes its time.
func (w *world) request(t *testing.T, client *http.Client, url, token string, round int) <-chan string {
	t.Helper()
	storing := make(chan struct{}, 1)
	w.engine.SetHook(func(ctx context.Context, call storetest.Call) storetest.Fault {
		if call.Op == storetest.Insert && call.Collection == "lablet_definitions" {
			storing <- struct{}{}
			select {
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
			}
		}
		return storetest.Fault{}
	})
	body, err := json.Marshal(definitionBody(fmt.Sprint("definition-", round)))
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/lablet-definitions", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set(api.HeaderIdempotencyKey, fmt.Sprint("k", round))
	answered := make(chan string, 1)
	go func() {
		answer, err := client.Do(request)
		if err != nil {
			answered <- err.Error()
			return
		}
		_ = answer.Body.Close()
		answered <- answer.Status
	}()
	select {
	case <-storing:
	case <-time.After(15 * time.Second):
		require.FailNow(t, "the request was not stored", "%s", <-answered)
	}
	return answered
}
