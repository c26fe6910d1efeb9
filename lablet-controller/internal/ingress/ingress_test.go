package ingress_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/ingress"
)

// control is an API that notes what it is handed.
type control struct {
	answer api.Forwarded
	err    error
	got    []api.ForwardEventBody
}

func (c *control) ForwardEvent(_ context.Context, req api.ForwardEvent) (api.Forwarded, error) {
	c.got = append(c.got, req.Body)
	return c.answer, c.err
}

func send(t *testing.T, c *control, method, body string, headers ...string) *http.Response {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "/api/events", strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	out := httptest.NewRecorder()
	ingress.New(c, slog.New(slog.DiscardHandler)).ServeHTTP(out, request)
	return out.Result()
}

func TestAnEventIsHandedOnAsItCame(t *testing.T) {
	c := &control{answer: api.Forwarded{Stored: true}}
	out := send(t, c, http.MethodPost, `{"a": 1}`, "Content-Type", "application/json", "ce-id", "1", "Authorization", "Bearer x", "Webhook-Signature", "v1,x", "Cookie", "secret")
	require.Equal(t, http.StatusAccepted, out.StatusCode)
	require.Len(t, c.got, 1)
	require.Equal(t, `{"a": 1}`, string(c.got[0].Content), "byte for byte: it may be signed")
	names := map[string]string{}
	for _, h := range c.got[0].Headers {
		names[h.Name] = h.Value
	}
	require.Equal(t, map[string]string{"Content-Type": "application/json", "Ce-Id": "1", "Authorization": "Bearer x", "Webhook-Signature": "v1,x"}, names)
}

func TestWhatTheAPISaysIsPassedOn(t *testing.T) {
	cases := []struct {
		reason string
		err    error
		status int
		code   string
	}{
		{"forged", failure.New(failure.Unauthenticated, "event_unauthenticated", "no"), 401, "event_unauthenticated"},
		{"too large", failure.New(failure.TooLarge, "event_too_large", "no"), 413, "event_too_large"},
		{"a batch", failure.New(failure.Malformed, "media_type", "no"), 415, "media_type"},
		{"malformed", failure.New(failure.Malformed, "bad_event", "no"), 422, "bad_event"},
		{"too old", failure.New(failure.Malformed, "event_too_old", "no"), 422, "event_too_old"},
		{"the API is away", failure.New(failure.Unavailable, "api_unavailable", "no"), 503, "event_not_stored"},
		{"our key is wrong", failure.New(failure.Unauthenticated, "bad_api_key", "no"), 503, "event_not_stored"},
		{"a defect", failure.New(failure.Internal, "internal", "no"), 503, "event_not_stored"},
		{"answered, but not stored", nil, 503, "event_not_stored"},
	}
	for _, c := range cases {
		out := send(t, &control{err: c.err}, http.MethodPost, "{}")
		require.Equal(t, c.status, out.StatusCode, c.reason)
		require.Equal(t, api.ProblemType, out.Header.Get("Content-Type"))
		require.Equal(t, c.status == 503, out.Header.Get("Retry-After") != "", c.reason)
		var p api.Problem
		require.NoError(t, json.NewDecoder(out.Body).Decode(&p))
		require.Equal(t, c.code, p.Code, c.reason)
	}
}

func TestAnEventThatIsTooLargeGoesNowhere(t *testing.T) {
	c := &control{}
	out := send(t, c, http.MethodPost, strings.Repeat("x", 1<<20+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, out.StatusCode)
	require.Empty(t, c.got)
}

func TestASenderAsksWhetherHeMay(t *testing.T) {
	out := send(t, &control{}, http.MethodOptions, "", "WebHook-Request-Origin", "labs.example")
	require.Equal(t, http.StatusNoContent, out.StatusCode)
	require.Equal(t, "labs.example", out.Header.Get("WebHook-Allowed-Origin"))
	require.NotEmpty(t, out.Header.Get("WebHook-Allowed-Rate"))
	require.Contains(t, out.Header.Get("Allow"), "POST")
	body, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	require.Empty(t, body)
}
