package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// seen is a fake API that records requests and answers by a function.
type seen struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func serve(t *testing.T, answer func(n int, w http.ResponseWriter)) (*Client, *seen) {
	t.Helper()
	log := &seen{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		_, _ = copyBody(body, r)
		log.mu.Lock()
		log.requests, log.bodies = append(log.requests, r), append(log.bodies, body.String())
		n := len(log.requests)
		log.mu.Unlock()
		answer(n, w)
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{
		BaseURL: server.URL, Service: "resource-scheduler", APIKey: secret.New("key"),
		Retry: Retry{First: time.Millisecond, Most: time.Millisecond},
	})
	require.NoError(t, err)
	return c, log
}

func copyBody(into *strings.Builder, r *http.Request) (int64, error) {
	decoder := json.NewDecoder(r.Body)
	var raw json.RawMessage
	if err := decoder.Decode(&raw); err != nil {
		return 0, err
	}
	n, err := into.Write(raw)
	return int64(n), err
}

func problemAnswer(status int, code string) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(api.Problem{Status: status, Code: code, Detail: "why"})
	}
}

// fillIDs sets every path field, so that any request can be encoded.
func fillIDs(v reflect.Value) {
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous && v.Field(i).Kind() == reflect.Struct {
			fillIDs(v.Field(i))
		}
		if v.Type().Field(i).Tag.Get("path") != "" && v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString("x")
		}
	}
}

func TestEveryRouteHasAMethod(t *testing.T) {
	c, log := serve(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) })
	methods := reflect.TypeOf(c)
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		if m.Type.NumIn() != 3 || m.Type.NumOut() != 2 {
			continue
		}
		req := reflect.New(m.Type.In(2)).Elem()
		fillIDs(req)
		out := m.Func.Call([]reflect.Value{reflect.ValueOf(c), reflect.ValueOf(t.Context()), req})
		require.True(t, out[1].IsNil(), "%s: %v", m.Name, out[1])
	}
	for _, route := range api.Table() {
		info := route.Describe()
		path := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(regexp.QuoteMeta(info.Path), "[^/]+") + "$")
		found := false
		for _, r := range log.requests {
			found = found || (r.Method == info.Method && path.MatchString(r.URL.Path))
		}
		require.True(t, found, "no client method calls %s %s", info.Method, info.Path)
	}
}

func TestInternalCallsCarryIdentityTermAndKey(t *testing.T) {
	c, log := serve(t, func(_ int, w http.ResponseWriter) { _, _ = w.Write([]byte(`{}`)) })
	ctx := WithTerm(t.Context(), api.Term{Service: "resource-scheduler", Term: 7})
	_, err := c.ScaleUp(ctx, api.ScaleUp{Body: api.ScaleUpBody{TemplateName: "small", Reason: "r", Demand: "d"}})
	require.NoError(t, err)
	header := log.requests[0].Header
	require.Equal(t, "key", header.Get(api.HeaderAPIKey))
	require.Equal(t, "resource-scheduler/7", header.Get(api.HeaderTerm))
	require.NotEmpty(t, header.Get(api.HeaderIdempotencyKey))
	require.JSONEq(t, `{"template_name":"small","reason":"r","demand":"d"}`, log.bodies[0])
}

func TestRepeatsKeepTheIdempotencyKey(t *testing.T) {
	c, log := serve(t, func(n int, w http.ResponseWriter) {
		if n < 3 {
			problemAnswer(http.StatusServiceUnavailable, "store_unavailable")(n, w)
			return
		}
		_, _ = w.Write([]byte(`{"id":"w1"}`))
	})
	ack, err := c.ScaleUp(t.Context(), api.ScaleUp{})
	require.NoError(t, err)
	require.Equal(t, "w1", ack.ID)
	require.Len(t, log.requests, 3)
	require.Equal(t, log.requests[0].Header.Get(api.HeaderIdempotencyKey), log.requests[2].Header.Get(api.HeaderIdempotencyKey))
}

func TestProblemsBecomeFailures(t *testing.T) {
	for _, tc := range []struct {
		status int
		code   string
		kind   failure.Kind
		calls  int
		reason string
	}{
		{409, "stale_term", failure.StaleTerm, 1, "a newer leader: stop, do not repeat"},
		{409, "worker_in_use", failure.Conflict, 1, "a conflict does not go away by repeating"},
		{412, "generation_changed", failure.Precondition, 1, "look again first"},
		{422, "idempotency_key_reused", failure.Reused, 1, "a defect of the caller"},
		{422, "malformed", failure.Malformed, 1, "a defect of the caller"},
		{503, "etcd_unavailable", failure.Unavailable, 4, "may pass: repeat"},
		{429, "rate_limited", failure.Throttled, 4, "may pass: repeat"},
		{500, "internal", failure.Internal, 1, "unknown: the reconciler's back-off decides"},
	} {
		c, log := serve(t, problemAnswer(tc.status, tc.code))
		_, err := c.GetInstance(t.Context(), api.ID{ID: "i1"})
		require.Equal(t, tc.kind, failure.KindOf(err), tc.reason)
		require.Equal(t, tc.code, failure.CodeOf(err), tc.reason)
		require.Len(t, log.requests, tc.calls, tc.reason)
	}
}

func TestWrittenIsNoted(t *testing.T) {
	c, _ := serve(t, func(_ int, w http.ResponseWriter) {
		w.Header().Add(api.HeaderWritten, "workers/w1/4/2")
		w.Header().Add(api.HeaderWritten, "instances/i1/9/5")
		_, _ = w.Write([]byte(`{}`))
	})
	var noted []api.Written
	c.config.Written = func(w api.Written) { noted = append(noted, w) }
	_, err := c.Requeue(t.Context(), api.Requeue{ID: "i1"})
	require.NoError(t, err)
	require.Equal(t, []api.Written{{Kind: "workers", ID: "w1", Version: 4, Generation: 2}, {Kind: "instances", ID: "i1", Version: 9, Generation: 5}}, noted)
}

func TestPathsAreEscapedAndZeroQueriesLeftOut(t *testing.T) {
	c, log := serve(t, func(_ int, w http.ResponseWriter) { _, _ = w.Write([]byte(`[]`)) })
	_, err := c.InstanceByReservation(t.Context(), api.ByReservation{ReservationID: "a/b c"})
	require.Error(t, err, "an array is not an instance")
	require.Equal(t, "/api/lablet-instances/by-reservation/a%2Fb%20c", log.requests[0].URL.EscapedPath())
	_, err = c.ListInstances(t.Context(), api.ListInstances{Status: "ready"})
	require.NoError(t, err)
	require.Equal(t, "status=ready", log.requests[1].URL.RawQuery)
	_, err = c.GetInstance(t.Context(), api.ID{})
	require.Error(t, err, "an empty id would call another route")
}

func TestACancelledContextIsNotAnOutage(t *testing.T) {
	c, _ := serve(t, func(_ int, w http.ResponseWriter) { _, _ = w.Write([]byte(`{}`)) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.GetInstance(ctx, api.ID{ID: "x"})
	require.ErrorIs(t, err, context.Canceled)
}
