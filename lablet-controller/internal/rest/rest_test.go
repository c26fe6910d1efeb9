package rest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &Client{Base: server.URL, Name: "It", Code: "it", HTTP: Transport(http.DefaultTransport), MaxAnswer: 1 << 10}
}

func TestStatusesBecomeFailures(t *testing.T) {
	cases := []struct {
		status int
		kind   failure.Kind
		reason string
	}{
		{404, failure.NotFound, "what is not there"},
		{401, failure.Forbidden, "our credentials are wrong"},
		{403, failure.Forbidden, "or not enough"},
		{409, failure.Conflict, "its state does not allow it"},
		{415, failure.Invalid, "we asked wrongly"},
		{429, failure.Throttled, "too fast"},
		{500, failure.Unavailable, "it may pass"},
		{503, failure.Unavailable, "it may pass"},
		{302, failure.Internal, "credentials do not follow redirects"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "http://elsewhere.invalid/")
				w.Header().Set("Retry-After", "7")
				http.Error(w, `{"detail":"password hunter2"}`, c.status)
			})
			err := client.Do(t.Context(), Call{Method: http.MethodGet, Path: "/x"}, nil)
			require.Equal(t, c.kind, failure.KindOf(err))
			require.NotContains(t, err.Error(), "hunter2", "an answer may repeat what was sent")
		})
	}
}

func TestAnAnswerBeyondItsLimitIsNotRead(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat("x", 2<<10))) })
	var answer any
	err := client.Do(t.Context(), Call{Method: http.MethodGet, Path: "/x"}, &answer)
	require.True(t, failure.Is(err, failure.TooLarge))
}

func TestAnAnswerThatIsNoJSONIsADefect(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	var answer map[string]any
	err := client.Do(t.Context(), Call{Method: http.MethodGet, Path: "/x"}, &answer)
	require.Equal(t, "it_bad_answer", failure.CodeOf(err))
}

func TestACallHasADeadline(t *testing.T) {
	release := make(chan struct{})
	client := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	client.Timeout = 20 * time.Millisecond
	err := client.Do(t.Context(), Call{Method: http.MethodGet, Path: "/x"}, nil)
	require.True(t, failure.Is(err, failure.Unavailable))
}

func TestACancelledCallBlamesNobody(t *testing.T) {
	client := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, client.Do(ctx, Call{Method: http.MethodGet, Path: "/x"}, nil), context.Canceled)
}
