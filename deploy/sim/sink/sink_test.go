package sink_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/sink"
)

const structured = "application/cloudevents+json"

func open(t *testing.T, dir string, cfg sink.Config) (simtest.Client, *sink.Server) {
	t.Helper()
	k, err := kit.New(dir, nil)
	require.NoError(t, err)
	s, err := sink.New(k, cfg)
	require.NoError(t, err)
	return simtest.Client{T: t, Handler: s.Handler()}, s
}

func event(id, subject string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"s","type":"t.one","subject":%q,"data":{"n":1}}`, id, subject)
}

func TestBothModesAreTakenAndListed(t *testing.T) {
	c, _ := open(t, "", sink.Config{})
	require.Equal(t, 202, c.Do("POST", "/", structured, event("1", "a")).Status)
	require.Equal(t, 202, c.Do("POST", "/api/events", "application/json", `{"n":2}`, "Ce-Id", "2", "Ce-Source", "s",
		"Ce-Type", "t.two", "Ce-Subject", "b", "Ce-Specversion", "1.0", "Webhook-Id", "w2", "Authorization", "Bearer x").Status)
	got := c.Must(200, "GET", "/_sim/events", nil)
	require.Equal(t, float64(2), got["total"])
	second := got["events"].([]any)[1].(map[string]any)
	require.Equal(t, "binary", second["mode"])
	require.Equal(t, "/api/events", second["path"])
	require.Equal(t, map[string]any{"content-type": "application/json", "webhook-id": "w2"}, second["headers"], "no credentials")
	require.Equal(t, float64(1), c.Must(200, "GET", "/_sim/events?subject=a", nil)["total"])
	require.Equal(t, float64(1), c.Must(200, "GET", "/_sim/events?type=t.two", nil)["total"])
	require.Equal(t, float64(0), c.Must(200, "GET", "/_sim/events?subject=a&type=t.two", nil)["total"])
}

func TestWhatIsNotOneEventIsRefused(t *testing.T) {
	c, s := open(t, "", sink.Config{})
	for _, r := range []struct {
		reason, kind, body string
		want               int
	}{
		{"a batch", "application/cloudevents-batch+json", "[" + event("1", "a") + "]", 415},
		{"no event at all", "application/json", `{"n":1}`, 422},
		{"no type", structured, `{"specversion":"1.0","id":"1","source":"s"}`, 422},
		{"no JSON", structured, `{`, 422},
		{"too large", structured, event("1", strings.Repeat("x", 2<<20)), 413},
	} {
		require.Equal(t, r.want, c.Do("POST", "/", r.kind, r.body).Status, r.reason)
	}
	require.Empty(t, s.Deliveries("", ""))
}

func TestTokenAndHandshake(t *testing.T) {
	c, _ := open(t, "", sink.Config{Token: "secret", AllowedRate: "120"})
	require.Equal(t, 401, c.Do("POST", "/", structured, event("1", "a")).Status)
	require.Equal(t, 202, c.Do("POST", "/", structured, event("1", "a"), "Authorization", "Bearer secret").Status)
	answer := c.Do("OPTIONS", "/hook", "", "", "WebHook-Request-Origin", "lcm.example")
	require.Equal(t, 200, answer.Status)
	require.Equal(t, "lcm.example", answer.Header.Get("WebHook-Allowed-Origin"))
	require.Equal(t, "120", answer.Header.Get("WebHook-Allowed-Rate"))
	require.Equal(t, 400, c.Do("OPTIONS", "/hook", "", "").Status)
}

func TestRepeatsAreCountedBySourceAndID(t *testing.T) {
	c, s := open(t, "", sink.Config{})
	other := strings.Replace(event("1", "a"), `"source":"s"`, `"source":"z"`, 1)
	for _, body := range []string{event("1", "a"), event("2", "a"), event("1", "a"), other} {
		require.Equal(t, 202, c.Do("POST", "/", structured, body).Status)
	}
	require.Equal(t, 1, s.Duplicates())
	require.Equal(t, 1, s.Deliveries("", "")[2].Repeat)
}

func TestDeliveriesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	c, _ := open(t, dir, sink.Config{})
	for i := range 250 {
		require.Equal(t, 202, c.Do("POST", "/", structured, event(fmt.Sprint(i), "a")).Status)
	}
	c, s := open(t, dir, sink.Config{})
	require.Len(t, s.Deliveries("", ""), 250)
	for i, d := range s.Deliveries("", "") {
		require.Equal(t, i+1, d.Serial, "order of arrival")
		require.Equal(t, fmt.Sprint(i), d.Event.ID())
	}
	require.Equal(t, 202, c.Do("POST", "/", structured, event("7", "a")).Status)
	require.Equal(t, 1, s.Duplicates())

	c.Must(204, "DELETE", "/_sim/events", nil)
	require.Equal(t, 202, c.Do("POST", "/", structured, event("new", "b")).Status)
	_, s = open(t, dir, sink.Config{})
	require.Len(t, s.Deliveries("", ""), 1)
	require.Equal(t, 252, s.Deliveries("", "")[0].Serial)
}

func TestFaults(t *testing.T) {
	c, s := open(t, "", sink.Config{})
	for _, status := range []int{429, 410, 302, 503} {
		c.Must(201, "POST", "/_sim/faults", map[string]any{
			"status": status, "times": 1, "header": map[string]string{"Retry-After": "7"},
		})
		answer := c.Do("POST", "/", structured, event("1", "a"))
		require.Equal(t, status, answer.Status)
		require.Equal(t, "7", answer.Header.Get("Retry-After"))
	}
	require.Empty(t, s.Deliveries("", ""))
	require.Equal(t, 202, c.Do("POST", "/", structured, event("1", "a")).Status)
}
