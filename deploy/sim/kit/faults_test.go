package kit

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// disturbed serves a handler that counts its calls behind the faults.
func disturbed(t *testing.T, f *Faults) (url string, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	op := func(r *http.Request) string { return r.Header.Get("Op") }
	work := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.Header().Set("X-Work", "done")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "ok")
	})
	server := httptest.NewServer(f.Middleware(op)(work))
	t.Cleanup(server.Close)
	t.Cleanup(f.Clear) // runs first: a held call would keep Close waiting
	return server.URL, calls
}

func call(t *testing.T, url, op string) (status int, body string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	req.Header.Set("Op", op)
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(raw), nil
}

func TestFaultStatusSkipsAndCounts(t *testing.T) {
	f := NewFaults()
	url, calls := disturbed(t, f)
	f.Add(Rule{Op: "Run*", Path: "/a/*", Method: "get", Skip: 1, Times: 2, Status: 503, Code: "Busy"})
	want := []int{202, 503, 503, 202}
	for _, status := range want {
		got, body, err := call(t, url+"/a/b", "RunInstances")
		require.NoError(t, err)
		require.Equal(t, status, got)
		if status == 503 {
			require.Contains(t, body, `"Busy"`)
		}
	}
	require.EqualValues(t, 2, calls.Load(), "no work is done for an injected status")
	for _, miss := range [][2]string{{"/b", "RunInstances"}, {"/a/b", "Stop"}, {"/_sim/clock", "RunInstances"}} {
		f.Add(Rule{ID: "x", Op: "Run*", Path: "/a/*", Status: 503})
		got, _, err := call(t, url+miss[0], miss[1])
		require.NoError(t, err)
		require.Equal(t, 202, got, "not matched: %v", miss)
	}
}

func TestFaultDropBeforeAndAfter(t *testing.T) {
	for when, work := range map[string]int32{Before: 0, After: 1} {
		f := NewFaults()
		url, calls := disturbed(t, f)
		f.Add(Rule{Method: http.MethodGet, Times: 2, Drop: when})
		// The client repeats a GET once by itself only on a reused connection;
		// this one is fresh.
		_, _, err := call(t, url, "")
		require.Error(t, err)
		require.Equal(t, work, calls.Load(), "drop %s", when)
	}
}

func TestFaultHoldUntilRelease(t *testing.T) {
	for when, work := range map[string]int32{Before: 0, After: 1} {
		f := NewFaults()
		url, calls := disturbed(t, f)
		id := f.Add(Rule{Hold: when, Times: 1})
		require.False(t, f.Release(id), "nothing held yet")
		answered := make(chan int, 1)
		go func() {
			status, _, _ := call(t, url, "")
			answered <- status
		}()
		require.Eventually(t, func() bool { return f.States()[0].Held == 1 }, 10*time.Second, time.Millisecond)
		require.Equal(t, work, calls.Load(), "hold %s", when)
		require.Empty(t, answered)
		require.True(t, f.Release(id))
		require.Equal(t, http.StatusAccepted, <-answered)
		require.EqualValues(t, 1, calls.Load())
	}
}

func TestHeldCallEndsWithItsClient(t *testing.T) {
	f := NewFaults()
	url, calls := disturbed(t, f)
	f.Add(Rule{Hold: Before})
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("body"))
	require.NoError(t, err)
	left := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			err = resp.Body.Close()
		}
		left <- err
	}()
	held := func(n int) func() bool { return func() bool { return f.States()[0].Held == n } }
	require.Eventually(t, held(1), 10*time.Second, time.Millisecond)
	leave()
	require.Error(t, <-left)
	require.Eventually(t, held(0), 10*time.Second, time.Millisecond)
	require.Zero(t, calls.Load())
}

func TestFaultDelayAndRender(t *testing.T) {
	f := NewFaults()
	f.SetRender(func(w http.ResponseWriter, _ *http.Request, rule Rule) {
		w.WriteHeader(rule.Status)
		_, _ = io.WriteString(w, "<Code>"+rule.Code+"</Code>")
	})
	url, _ := disturbed(t, f)
	f.Add(Rule{DelayMS: 30, Status: 400, Code: "X", Header: map[string]string{"Retry-After": "1"}})
	begun := time.Now()
	status, body, err := call(t, url, "")
	require.NoError(t, err)
	require.Equal(t, 400, status)
	require.Equal(t, "<Code>X</Code>", body)
	require.GreaterOrEqual(t, time.Since(begun), 30*time.Millisecond)
}

func TestRuleValidate(t *testing.T) {
	good := []Rule{{Status: 503}, {Drop: After}, {Hold: Before}, {DelayMS: 1}}
	for _, r := range good {
		require.NoError(t, r.Validate())
	}
	bad := []Rule{{}, {Status: 99}, {Drop: "now"}, {Hold: "now"}, {Status: 500, Skip: -1}}
	for _, r := range bad {
		require.Error(t, r.Validate(), "%+v", r)
	}
}

func TestDecodeJSONLimits(t *testing.T) {
	var into map[string]int
	decode := func(body string) error {
		return DecodeJSON(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)), 16, &into)
	}
	require.NoError(t, decode(`{"a":1}`))
	require.ErrorIs(t, decode(`{"a":1, "bbbbbbb":2}`), ErrTooLarge)
	require.Error(t, decode(`{"a":1}{}`))
}
