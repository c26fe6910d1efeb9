package grading_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
)

func TestBearerIsNeededAndARefusalHasNoBody(t *testing.T) {
	b := open(t, "", grading.Config{})
	for _, header := range []http.Header{{}, {"Authorization": {"Bearer wrong"}}, {"Authorization": {"Basic static"}}} {
		answer := simtest.Client{T: t, Handler: b.Handler, Header: header}.JSON("GET", base+"/x", nil)
		require.Equal(t, 401, answer.Status)
		require.Empty(t, answer.Body)
	}
}

func TestTokensOfClientCredentialsExpireAndAreRevoked(t *testing.T) {
	b := open(t, "", grading.Config{})
	nobody := simtest.Client{T: t, Handler: b.Handler}
	const form = "application/x-www-form-urlencoded"
	require.Equal(t, 401, nobody.Do("POST", "/token", form, "grant_type=client_credentials&client_id=lcm&client_secret=no").Status)
	require.Equal(t, 400, nobody.Do("POST", "/token", form, "grant_type=password&client_id=lcm&client_secret=s3cret").Status)
	fresh := func() simtest.Client {
		answer := nobody.Do("POST", "/token", form, "grant_type=client_credentials&client_id=lcm&client_secret=s3cret&scope=api")
		require.Equal(t, 200, answer.Status)
		var token struct {
			AccessToken string `json:"access_token"`
			ExpiresIn   int    `json:"expires_in"`
		}
		require.NoError(t, json.Unmarshal([]byte(answer.Body), &token))
		require.Equal(t, 300, token.ExpiresIn)
		return simtest.Client{T: t, Handler: b.Handler, Header: http.Header{"Authorization": {"Bearer " + token.AccessToken}}}
	}
	c := fresh()
	require.Equal(t, 404, c.JSON("GET", base+"/x", nil).Status, "the token is accepted")
	b.kit.Clock.Advance(301 * time.Second)
	require.Equal(t, 401, c.JSON("GET", base+"/x", nil).Status)
	c = fresh()
	b.Must(204, "DELETE", "/_sim/tokens", nil)
	require.Equal(t, 401, c.JSON("GET", base+"/x", nil).Status)
}

func TestBodiesAreStrict(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.Must(200, "POST", base, command("sess-1"))
	device := func(edit func(d map[string]any)) map[string]any {
		p := pod()
		edit(p["devices"].([]any)[0].(map[string]any))
		return p
	}
	link := func(edit func(l map[string]any)) map[string]any {
		return device(func(d map[string]any) { edit(d["interfaces"].([]any)[0].(map[string]any)) })
	}
	for _, c := range []struct {
		reason, path string
		body         map[string]any
		field        string
	}{
		{"unknown field", base, map[string]any{"candidateId": "cand", "extra": 1}, "$"},
		{"candidate too short", base, map[string]any{"candidateId": "ab"}, "candidateId"},
		{"candidate missing", base, map[string]any{}, "candidateId"},
		{"part id too short", base, map[string]any{"candidateId": "cand", "parts": []any{map[string]any{"id": "x"}}}, "parts[0].id"},
		{"lds without environment", base, map[string]any{"candidateId": "cand", "lds": map[string]any{"id": "x"}}, "lds"},
		{"add without part", base + "/parts", map[string]any{"sessionId": "sess-1"}, "part"},
		{"a wrapped pod", part("sess-1") + "/pod", map[string]any{"pod": pod()}, "$"},
		{"pod without id", part("sess-1") + "/pod", map[string]any{"devices": []any{}}, "id"},
		{"no interface", part("sess-1") + "/pod", device(func(d map[string]any) { d["interfaces"] = []any{} }), "devices[0].interfaces"},
		{"no collector", part("sess-1") + "/pod", device(func(d map[string]any) { delete(d, "collector") }), "devices[0].collector"},
		{"no host", part("sess-1") + "/pod", link(func(l map[string]any) { delete(l, "host") }), "devices[0].interfaces[0].host"},
		{"no scheme", part("sess-1") + "/pod", link(func(l map[string]any) { l["authentication"] = map[string]any{} }), "devices[0].interfaces[0].authentication.scheme"},
		{"type in place of scheme", part("sess-1") + "/pod", link(func(l map[string]any) { l["authentication"] = map[string]any{"type": "none"} }), "$"},
		{"scoring without cut score", base + "/parts/ruleset/scoring", map[string]any{"partId": fqn, "scoringRequirements": map[string]any{"version": 1}}, "scoringRequirements"},
	} {
		method := "POST"
		if c.field == "scoringRequirements" {
			method = "PUT"
		}
		answer := b.JSON(method, c.path, c.body)
		require.Equal(t, 400, answer.Status, "%s: %s", c.reason, answer.Body)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
		var problem struct {
			Status int                 `json:"status"`
			Errors map[string][]string `json:"errors"`
		}
		require.NoError(t, json.Unmarshal([]byte(answer.Body), &problem))
		require.Contains(t, problem.Errors, c.field, c.reason)
	}
	require.Equal(t, 415, b.Do("POST", base, "text/plain", "{}").Status)
}

func TestCreateReadAddRemove(t *testing.T) {
	b := open(t, "", grading.Config{})
	got := b.Must(200, "POST", base, command("sess-1"))
	require.Equal(t, "sess-1", got["id"])
	require.Equal(t, "PENDING", got["status"])
	require.Equal(t, map[string]any{"id": "l-1", "environment": "TEST"}, got["lds"])
	require.Equal(t, 422, b.JSON("POST", base, command("sess-1")).Status, "the id is taken")
	require.NotEmpty(t, b.Must(200, "POST", base, map[string]any{"candidateId": "cand"})["id"], "an id is made")

	b.Must(200, "POST", base+"/parts", map[string]any{"sessionId": "sess-1", "part": map[string]any{"id": "second", "pod": pod()}})
	require.Equal(t, 422, b.JSON("POST", base+"/parts", map[string]any{"sessionId": "sess-1", "part": map[string]any{"id": "second"}}).Status)
	require.Equal(t, 404, b.JSON("POST", base+"/parts", map[string]any{"sessionId": "no", "part": map[string]any{"id": "second"}}).Status)
	require.Len(t, b.Must(200, "DELETE", base+"/sess-1/parts/second", nil)["parts"], 1, "200, not 204")
	require.Equal(t, 404, b.JSON("DELETE", base+"/sess-1/parts/second", nil).Status)
	require.Equal(t, 404, b.JSON("GET", base+"/nobody", nil).Status)
}

func TestYAMLInAndOut(t *testing.T) {
	b := open(t, "", grading.Config{})
	answer := b.Do("POST", base, "application/yaml", "id: y-1\ncandidateId: cand\n", "Accept", "application/yaml")
	require.Equal(t, 200, answer.Status, answer.Body)
	require.Contains(t, answer.Body, "candidateId: cand\n")
	require.Equal(t, 400, b.Do("POST", base, "application/yaml", "candidateId: cand\nextra: 1\n").Status)
}

func TestPods(t *testing.T) {
	b := open(t, "", grading.Config{})
	b.Must(200, "POST", base, command("sess-1"))
	require.Equal(t, 404, b.JSON("PUT", part("sess-1")+"/pod", pod()).Status, "nothing to update")
	require.Equal(t, 422, b.JSON("POST", part("sess-1")+"/grade", nil).Status, "nothing to collect from")
	b.Must(200, "POST", part("sess-1")+"/pod", pod())
	b.Must(200, "PUT", part("sess-1")+"/pod", pod())
	require.NotNil(t, b.part("sess-1")["pod"])
	b.Must(200, "DELETE", part("sess-1")+"/pod", nil)
	require.Nil(t, b.part("sess-1")["pod"])
}
