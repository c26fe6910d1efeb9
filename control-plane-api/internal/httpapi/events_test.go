package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

const goodEvent = `{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"a":1}}`

func inboundPaths() []string {
	return []string{"/api/cloudevents", "/api/events", "/api/events/pub", "/"}
}

func structured(more ...string) []string {
	return append([]string{"Content-Type", api.CloudEventType, "Authorization", "Bearer " + inboundToken}, more...)
}

func TestEventsAreTakenAtEveryAddressOnce(t *testing.T) {
	e := newEdge(t)
	for _, path := range inboundPaths() {
		out := e.do(request{http.MethodPost, path, goodEvent, structured()})
		require.Equal(t, http.StatusAccepted, out.status, "%s: %s", path, out.body)
		require.Empty(t, out.body)
		binary := []string{"Content-Type", "application/json", "Authorization", "Bearer " + inboundToken, "ce-specversion", "1.0", "ce-id", "2", "ce-source", "/s", "ce-type", "t"}
		require.Equal(t, http.StatusAccepted, e.do(request{http.MethodPost, path, `{}`, binary}).status, path)
	}
	require.Len(t, e.content()[inbox.Name], 2, "a repeat is answered alike and stored once")
}

// Fault row 27.
func TestRow27WhatIsNoGoodEventChangesNothing(t *testing.T) {
	e := newEdge(t)
	wrong := []string{"Content-Type", api.CloudEventType, "Authorization", "Bearer wrong"}
	for _, path := range inboundPaths() {
		post := func(body string, headers []string) request { return request{http.MethodPost, path, body, headers} }
		e.refuses([]refusal{
			{"nobody's at " + path, post(goodEvent, []string{"Content-Type", api.CloudEventType}), 401, "event_unauthenticated"},
			{"forged at " + path, post(goodEvent, wrong), 401, "event_unauthenticated"},
			{"forged and too large at " + path, post(strings.Repeat("x", 2<<20), wrong), 401, "event_unauthenticated"},
			{"a person's token at " + path, post(goodEvent, as("ada", "admin", "Content-Type", api.CloudEventType)), 401, "event_unauthenticated"},
			{"too large at " + path, post(strings.Repeat("x", 1<<20+1), structured()), 413, "event_too_large"},
			{"a batch at " + path, post("["+goodEvent+"]", structured("Content-Type", "application/cloudevents-batch+json")), 415, "media_type"},
			{"half of it at " + path, post(goodEvent[:20], structured()), 422, "bad_event"},
			{"too old at " + path, post(strings.Replace(goodEvent, `"type"`, `"time":"2020-01-01T00:00:00Z","type"`, 1), structured()), 422, "event_too_old"},
		})
	}
	out := e.do(request{http.MethodPost, "/api/cloudevents", goodEvent, wrong})
	require.Contains(t, out.header.Get("WWW-Authenticate"), "Bearer")
	require.NotContains(t, e.log.String(), inboundToken)
	e.refuses([]refusal{
		{"no event at the root", request{http.MethodPost, "/", `{}`, []string{"Authorization", "Bearer " + inboundToken}}, 404, "route_not_found"},
	})
}

func TestAnEventThatCannotBeStoredIsToBeSentAgain(t *testing.T) {
	e := newEdge(t)
	e.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}))
	out := e.do(request{http.MethodPost, "/api/cloudevents", goodEvent, structured()})
	require.Equal(t, http.StatusServiceUnavailable, out.status)
	require.NotEmpty(t, out.header.Get("Retry-After"))
}

// S10: the handshake of the HTTP webhooks of CloudEvents.
func TestS10ASenderIsToldThatHeMaySend(t *testing.T) {
	e := newEdgeWith(t, func(d *httpapi.Deps) { d.Limits = httpapi.Limits{PerSecond: 50, Burst: 100} })
	for _, path := range inboundPaths() {
		out := e.do(request{http.MethodOptions, path, "", []string{"WebHook-Request-Origin", "labs.example"}})
		require.Equal(t, http.StatusNoContent, out.status, path)
		require.Equal(t, "labs.example", out.header.Get("WebHook-Allowed-Origin"))
		require.Equal(t, "3000", out.header.Get("WebHook-Allowed-Rate"), "a minute")
		require.Contains(t, out.header.Get("Allow"), http.MethodPost)
	}
	require.Empty(t, e.do(request{http.MethodOptions, "/api/events", "", nil}).header.Get("WebHook-Allowed-Origin"))
	free := newEdge(t)
	require.Equal(t, "*", free.do(request{http.MethodOptions, "/api/events", "", []string{"WebHook-Request-Origin", "labs.example"}}).header.Get("WebHook-Allowed-Rate"))
}

func TestAServiceHandsEventsOnWithoutATerm(t *testing.T) {
	e := newEdge(t)
	forward := func(token string, content string) request {
		body, err := json.Marshal(api.ForwardEventBody{Headers: []api.EventHeader{{Name: "content-type", Value: api.CloudEventType}, {Name: "authorization", Value: "Bearer " + token}}, Content: []byte(content)})
		require.NoError(t, err)
		return request{http.MethodPost, api.RouteForwardEvent.Path, string(body), by(lablets)}
	}
	out := e.do(forward(inboundToken, goodEvent))
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.True(t, decode[api.Forwarded](t, out).Stored)
	require.Len(t, e.content()[inbox.Name], 1)
	e.refuses([]refusal{
		{"its own key does not vouch for the sender", forward("x", goodEvent), 401, "event_unauthenticated"},
		{"malformed", forward(inboundToken, "{"), 422, "bad_event"},
		{"too large", forward(inboundToken, strings.Repeat("x", 1<<20+1)), 413, "event_too_large"},
	})
}

func TestAStreamIsServedAsOne(t *testing.T) {
	e := newEdge(t)
	out := e.do(request{http.MethodGet, "/api/events/stream?worker_ids=w1", "", as("ann", "user", "Last-Event-ID", "1.2")})
	require.Equal(t, http.StatusOK, out.status)
	require.Equal(t, "text/event-stream", out.header.Get("Content-Type"))
	require.Equal(t, "no-cache", out.header.Get("Cache-Control"))
	require.Equal(t, "no", out.header.Get("X-Accel-Buffering"))
	require.Contains(t, string(out.body), "ann w11.2")
	e.refuses([]refusal{
		{"without a token", request{http.MethodGet, "/api/events/stream", "", nil}, 401, "token_missing"},
		{"an unknown parameter", request{http.MethodGet, "/api/events/stream?worker=1", "", as("ann", "user")}, 422, "malformed"},
		{"an id without end", request{http.MethodGet, "/api/events/stream", "", as("ann", "user", "Last-Event-ID", strings.Repeat("9", 65))}, 422, "malformed"},
	})
}

func TestDeadLettersAreListedAndSentAgain(t *testing.T) {
	e := newEdge(t)
	list := e.do(request{http.MethodGet, "/api/events/dead-letters", "", as("ada", "admin")})
	require.Equal(t, http.StatusOK, list.status, string(list.body))
	require.Equal(t, "workers/w/1/0", decode[[]api.DeadLetter](t, list)[0].ID)
	out := e.do(request{http.MethodPost, "/api/events/dead-letters/resend", `{"ids":["workers/w/1/0"]}`, as("ada", "admin")})
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, "sent", decode[api.ResendResult](t, out).Outcomes[0].Outcome)
	e.refuses([]refusal{{"none", request{http.MethodPost, "/api/events/dead-letters/resend", `{"ids":[]}`, as("ada", "admin")}, 422, "malformed"}})
}
