package wire_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func send(ctx context.Context, t *testing.T, method, url, term string) (status int, body string, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader("{}"))
	require.NoError(t, err)
	request.Header.Set(api.HeaderTerm, term)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { require.NoError(t, response.Body.Close()) }()
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, string(content), err
}

func TestCallsAreNotedAndPassedOn(t *testing.T) {
	const refusal = `{"code": "stale_term", "detail": "a newer one"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(api.HeaderTerm) == "svc/1" {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, refusal)
			return
		}
		_, _ = io.WriteString(w, "done")
	}))
	t.Cleanup(server.Close)
	var log wire.Log
	relay, err := log.Open("one", server.URL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, relay.Close()) })

	_, body, err := send(t.Context(), t, http.MethodGet, relay.URL+"/looks", "svc/2")
	require.NoError(t, err)
	require.Equal(t, "done", body)
	_, body, err = send(t.Context(), t, http.MethodPost, relay.URL+"/writes", "svc/2")
	require.NoError(t, err)
	require.Equal(t, "done", body)
	status, body, err := send(t.Context(), t, http.MethodPost, relay.URL+"/writes", "svc/1")
	require.NoError(t, err)
	require.Equal(t, http.StatusConflict, status)
	require.JSONEq(t, refusal, body, "what was read is still there")

	calls := log.Calls()
	require.Len(t, calls, 2, "what only reads is not noted")
	require.True(t, calls[0].Accepted())
	require.False(t, calls[0].Stale())
	require.True(t, calls[1].Stale())
	require.False(t, calls[1].Accepted())
	require.Equal(t, []string{"one", "/writes", "svc/1"}, []string{calls[1].Caller, calls[1].Path, calls[1].Term})
	require.False(t, calls[1].Done.Before(calls[1].Begun))
}

func TestAnAnswerIsWithheldAfterTheWork(t *testing.T) {
	var done atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done.Add(1) }))
	t.Cleanup(server.Close)
	var log wire.Log
	relay, err := log.Open("one", server.URL)
	require.NoError(t, err)
	relay.Faults.Add(kit.Rule{ID: "held", Method: http.MethodPost, Hold: kit.After})

	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	sent := make(chan error, 1)
	go func() {
		_, _, err := send(ctx, t, http.MethodPost, relay.URL, "")
		sent <- err
	}()
	wait, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	require.NoError(t, log.Await(wait, func(all []wire.Call) bool { return len(all) == 1 && all[0].Accepted() }))
	require.EqualValues(t, 1, done.Load())
	cancel()
	require.ErrorIs(t, <-sent, context.Canceled, "the caller never hears of it")
	require.NoError(t, relay.Close())
}

func TestNoAnswerIsNotedAsNone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { kit.Cut() }))
	t.Cleanup(server.Close)
	var log wire.Log
	relay, err := log.Open("one", server.URL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, relay.Close()) })
	_, _, err = send(t.Context(), t, http.MethodPost, relay.URL, "")
	require.Error(t, err)
	require.Equal(t, 1, log.Len())
	require.Zero(t, log.Calls()[0].Status)

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("over"))
	require.Error(t, log.Await(ctx, func(all []wire.Call) bool { return len(all) > 1 }))
}
