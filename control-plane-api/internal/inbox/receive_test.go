package inbox_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// S10: who sent it is known, it is one event of the right form and age, and it is stored once.
func TestS10WhatIsTakenAndWhatIsNot(t *testing.T) {
	b := newBench(t)
	good := b.structured(event{ID: "1", Type: "t"})
	now := b.world.Clock.Now()
	binary := func(change ...string) http.Header {
		h := bearer("application/json")
		h.Set("ce-specversion", "1.0")
		h.Set("ce-id", "binary-1")
		h.Set("ce-source", "/s")
		h.Set("ce-type", "t")
		for i := 0; i+1 < len(change); i += 2 {
			h.Set(change[i], change[i+1])
		}
		return h
	}
	with := func(h http.Header, name, value string) http.Header {
		h.Set(name, value)
		return h
	}
	signed := func(age time.Duration) http.Header { return signedHeader([]byte(signing), "m.1", now.Add(-age), good) }
	old := now.Add(-73 * time.Hour).Format(time.RFC3339)
	cases := []struct {
		reason string
		header http.Header
		body   []byte
		code   string
	}{
		{"structured, by token", bearer(api.CloudEventType), good, ""},
		{"the same again", bearer(api.CloudEventType), good, ""},
		{"with a charset", bearer(api.CloudEventType + "; charset=utf-8"), good, ""},
		{"binary", binary(), []byte(`{"a":1}`), ""},
		{"binary without data", binary("ce-id", "binary-2"), nil, ""},
		{"by signature", signed(0), good, ""},
		{"by one good signature of two", with(signed(0), "Webhook-Signature", "v1,AAAA "+signed(0).Get("Webhook-Signature")), good, ""},
		{"signed four minutes ago", signed(4 * time.Minute), good, ""},

		{"nobody", http.Header{"Content-Type": {api.CloudEventType}}, good, "event_unauthenticated"},
		{"a wrong token", with(bearer(api.CloudEventType), "Authorization", "Bearer "+token+"x"), good, "event_unauthenticated"},
		{"an empty token", with(bearer(api.CloudEventType), "Authorization", "Bearer "), good, "event_unauthenticated"},
		{"another scheme", with(bearer(api.CloudEventType), "Authorization", "Basic "+token), good, "event_unauthenticated"},
		{"signed six minutes ago", signed(6 * time.Minute), good, "event_unauthenticated"},
		{"signed in the future", signed(-6 * time.Minute), good, "event_unauthenticated"},
		{"another body than was signed", signed(0), b.structured(event{ID: "2", Type: "t"}), "event_unauthenticated"},
		{"another id than was signed", with(signed(0), "Webhook-Id", "m.2"), good, "event_unauthenticated"},
		{"another time than was signed", with(signed(0), "Webhook-Timestamp", "1"), good, "event_unauthenticated"},
		{"a signature of another version", with(signed(0), "Webhook-Signature", "v0"+signed(0).Get("Webhook-Signature")[2:]), good, "event_unauthenticated"},
		{"signed with another key", signedHeader([]byte("other"), "m", now, good), good, "event_unauthenticated"},

		{"a batch", bearer("application/cloudevents-batch+json"), []byte("[" + string(good) + "]"), "media_type"},
		{"another format", bearer("application/cloudevents+xml"), good, "media_type"},
		{"too large", bearer(api.CloudEventType), make([]byte, inbox.MaxEvent+1), "event_too_large"},
		{"no event at all", bearer("application/json"), []byte(`{}`), "bad_event"},
		{"half an event", bearer(api.CloudEventType), good[:len(good)/2], "bad_event"},
		{"no type", bearer(api.CloudEventType), b.structured(event{ID: "3"}), "bad_event"},
		{"no id", binary("ce-id", ""), nil, "bad_event"},
		{"an older version", binary("ce-specversion", "0.3"), nil, "bad_event"},
		{"a version to come", binary("ce-specversion", "9"), nil, "bad_event"},
		{"a time that is none", binary("ce-time", "yesterday"), nil, "bad_event"},
		{"an id without end", binary("ce-id", strings.Repeat("x", 513)), nil, "bad_event"},
		{"data that is no JSON", binary("ce-id", "4", "Content-Type", "text/plain"), []byte("hello"), "bad_event"},
		{"from long ago", binary("ce-id", "5", "ce-time", old), nil, "event_too_old"},
	}
	for _, c := range cases {
		err := b.inbox.Receive(t.Context(), c.header, c.body)
		if c.code == "" {
			require.NoError(t, err, c.reason)
			continue
		}
		require.Error(t, err, c.reason)
		require.Equal(t, c.code, failure.CodeOf(err), c.reason)
		require.NotContains(t, err.Error(), signing, c.reason)
	}
	require.Len(t, b.kept(), 3, "each event once, and nothing of the others")
	require.EqualValues(t, 3, b.inbox.Stored.Load())
	require.EqualValues(t, 5, b.inbox.Repeated.Load())
}

func TestWithoutTokenAndSecretNobodyIsLetIn(t *testing.T) {
	b := newBench(t)
	b.config.Tokens, b.config.Secrets = nil, nil
	b.restart()
	good := b.structured(event{ID: "1", Type: "t"})
	for _, h := range []http.Header{bearer(api.CloudEventType), {"Authorization": {"Bearer "}}, {}, signedHeader(nil, "m", b.world.Clock.Now(), good)} {
		require.Equal(t, failure.Unauthenticated, failure.KindOf(b.inbox.Receive(t.Context(), h, good)))
		require.Error(t, b.inbox.Admits(h))
	}
	b.config.Tokens = []secret.String{secret.New("")}
	b.restart()
	require.Error(t, b.inbox.Receive(t.Context(), http.Header{"Authorization": {"Bearer "}}, good), "an empty token is none")
}

func TestAKeyInTheFormOfStandardWebhooks(t *testing.T) {
	b := newBench(t)
	key := []byte("0123456789abcdef0123456789abcdef")
	b.config.Secrets = []secret.String{secret.New("whsec_" + base64.StdEncoding.EncodeToString(key))}
	b.restart()
	good := b.structured(event{ID: "1", Type: "t"})
	h := signedHeader(key, "m", b.world.Clock.Now(), good)
	require.NoError(t, b.inbox.Admits(h))
	require.NoError(t, b.inbox.Receive(t.Context(), h, good))
}

func TestTwoSendersMayUseTheSameID(t *testing.T) {
	b := newBench(t)
	b.send(event{ID: "1", Type: "t", Source: "/a"})
	b.send(event{ID: "1", Type: "t", Source: "/b"})
	require.Len(t, b.kept(), 2)
}

func TestWhatCannotBeStoredIsNotAnswered(t *testing.T) {
	b := newBench(t)
	good := b.structured(event{ID: "1", Type: "t"})
	b.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}))
	err := b.inbox.Receive(t.Context(), bearer(api.CloudEventType), good)
	require.Equal(t, failure.Unavailable, failure.KindOf(err))
	b.engine.SetHook(storetest.OnCall(storetest.Insert, 1, storetest.Fault{Lose: store.ErrUnknown}))
	require.NoError(t, b.inbox.Receive(t.Context(), bearer(api.CloudEventType), good), "the answer of the store was lost")
	require.Len(t, b.kept(), 1)
}
