package cml_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
)

type licensing struct {
	Registration struct {
		Status       string
		RegisterTime struct{ Failure *string } `json:"register_time"`
	}
	Authorization struct{ Status string }
	Features      []struct {
		ID  string
		Max int
	}
	ProductLicense struct {
		Active       string
		IsEnterprise bool `json:"is_enterprise"`
	} `json:"product_license"`
}

func (c *client) licensing() (l licensing) {
	c.t.Helper()
	c.get("/licensing", &l)
	return l
}

func (c *client) register(token string) {
	c.t.Helper()
	c.call(http.MethodPost, "/licensing/registration", map[string]any{"token": token}, 204, nil)
}

func TestRegistrationGoesOnInTheBackground(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	require.Equal(t, "NOT_REGISTERED", c.licensing().Registration.Status)
	require.Equal(t, "OUT_OF_COMPLIANCE", c.licensing().Authorization.Status)
	c.register("abc")
	require.Equal(t, "IN_PROGRESS", c.licensing().Registration.Status)
	c.refused(http.MethodPost, "/licensing/registration", map[string]any{"token": "abc"}, 409)
	c.refused(http.MethodDelete, "/licensing/deregistration", nil, 409)
	w.advance(registerTime)
	l := c.licensing()
	require.Equal(t, "COMPLETED", l.Registration.Status)
	require.Equal(t, "IN_COMPLIANCE", l.Authorization.Status)
	require.Equal(t, "CML_Enterprise", l.ProductLicense.Active)
	require.True(t, l.ProductLicense.IsEnterprise)
	require.Contains(t, l.Features[0].ID, "CML_ENT_BASE")
	require.Equal(t, 1, l.Features[0].Max)
	require.Contains(t, l.Features[1].ID, "CML_NODE_COUNT")
	require.Equal(t, 480, l.Features[1].Max, "20 of the 500 nodes come with the base")

	c.refused(http.MethodPost, "/licensing/registration", map[string]any{"token": "abc"}, 400)
	c.call(http.MethodPost, "/licensing/registration", map[string]any{"token": "abc", "reregister": true}, 204, nil)
	w.advance(registerTime)
	c.put("/licensing/registration/renew")
	c.put("/licensing/authorization/renew")
	c.call(http.MethodDelete, "/licensing/deregistration", nil, 204, nil)
	c.refused(http.MethodDelete, "/licensing/deregistration", nil, 400)
	c.refused(http.MethodPut, "/licensing/registration/renew", nil, 400)
	require.Equal(t, "NOT_REGISTERED", c.licensing().Registration.Status)
}

func TestRegistrationFails(t *testing.T) {
	cfg := config()
	cfg.Pools = []system.Pool{
		{Name: "one", Token: "one-seat", Type: "personal", Seats: 1},
		{Name: "bad", Token: "broken", Type: "enterprise", Seats: 9, Failure: "The server is not reachable."},
	}
	w := start(t, "", cfg)
	first, second := w.signedIn("10.0.0.1"), w.signedIn("10.0.0.2")
	first.register("one-seat")
	w.advance(registerTime)
	require.Equal(t, "COMPLETED", first.licensing().Registration.Status)
	require.Equal(t, "CML_Personal", first.licensing().ProductLicense.Active)

	for token, text := range map[string]string{"one-seat": "Not enough licenses", "broken": "not reachable", "unknown": "not valid"} {
		second.register(token)
		require.Equal(t, "IN_PROGRESS", second.licensing().Registration.Status)
		w.advance(registerTime)
		l := second.licensing()
		require.Equal(t, "FAILED", l.Registration.Status)
		require.NotNil(t, l.Registration.RegisterTime.Failure)
		require.Contains(t, *l.Registration.RegisterTime.Failure, text)
	}
	first.call(http.MethodDelete, "/licensing/deregistration", nil, 204, nil)
	second.register("one-seat")
	w.advance(registerTime)
	require.Equal(t, "COMPLETED", second.licensing().Registration.Status, "the seat is free again")

	dump := string(second.control(http.MethodGet, "/state", nil, 200))
	require.NotContains(t, dump, "one-seat", "tokens are not shown")
	require.Contains(t, dump, `"holders":["10.0.0.2"]`)
	second.refused(http.MethodPost, "/licensing/registration", map[string]any{"token": "no spaces"}, 400)
}

func TestDeregistrationWaitsForNodes(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	c.register("abc")
	w.advance(registerTime)
	path := c.imported(lab)
	c.put(path + "/start")
	c.refused(http.MethodDelete, "/licensing/deregistration", nil, 409)
	c.put(path + "/stop")
	w.advance(stopTime)
	c.call(http.MethodDelete, "/licensing/deregistration", nil, 204, nil)
}

func TestDeregistrationMayStayLocal(t *testing.T) {
	cfg := config()
	cfg.Pools = []system.Pool{{Name: "p", Token: "tok", Type: "enterprise", Seats: 1}}
	w := start(t, "", cfg)
	c := w.signedIn(address)
	c.register("tok")
	w.advance(registerTime)
	c.control(http.MethodPut, "/machines/"+address+"/license", map[string]string{"deregistration": "local"}, 204)
	c.call(http.MethodDelete, "/licensing/deregistration", nil, 202, nil)
	require.Equal(t, "NOT_REGISTERED", c.licensing().Registration.Status)

	other := w.signedIn("10.0.0.2")
	other.register("tok")
	w.advance(registerTime)
	require.Equal(t, "FAILED", other.licensing().Registration.Status, "the licence server still counts the seat")
}

func TestTheLicenceLimitsRunningNodes(t *testing.T) {
	cfg := config()
	cfg.Pools = []system.Pool{
		{Name: "p", Token: "personal", Type: "personal", Seats: -1}, {Name: "e", Token: "enterprise", Type: "enterprise", Seats: -1},
	}
	cases := []struct {
		token  string
		limit  int
		reason string
	}{
		{"", 5, "unlicensed machines start a few nodes"},
		{"personal", 20, "a personal licence is worth 20 nodes"},
		{"enterprise", 500, "base and expansion nodes"},
	}
	for _, tc := range cases {
		t.Run(tc.token, func(t *testing.T) {
			w := start(t, "", cfg)
			c := w.signedIn(address)
			if tc.token != "" {
				c.register(tc.token)
				w.advance(registerTime)
			}
			full, over := c.imported(many(tc.limit)), c.imported(many(1))
			c.put(full + "/start")
			c.refused(http.MethodPut, over+"/start", nil, 400)
			require.Equal(t, "DEFINED_ON_CORE", c.state(over), tc.reason)
			c.put(full + "/stop")
			c.refused(http.MethodPut, over+"/start", nil, 400) // still stopping
			w.advance(stopTime)
			c.put(over + "/start")
		})
	}
}

func TestALostAuthorizationCounts(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	c.register("abc")
	w.advance(registerTime)
	c.control(http.MethodPut, "/machines/"+address+"/license", map[string]string{"authorization": "OUT_OF_COMPLIANCE"}, 204)
	require.Equal(t, "OUT_OF_COMPLIANCE", c.licensing().Authorization.Status)
	c.refused(http.MethodPut, c.imported(many(6))+"/start", nil, 400)
}

func TestProductAndFeaturesAreChosen(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	c.register("abc")
	w.advance(registerTime)
	feature := c.licensing().Features[1].ID
	c.call(http.MethodPatch, "/licensing/features", []map[string]any{{"id": feature, "count": 10}}, 204, nil)
	c.refused(http.MethodPut, c.imported(many(31))+"/start", nil, 400)
	c.put(c.imported(many(30)) + "/start")
	c.refused(http.MethodPatch, "/licensing/features", []map[string]any{{"id": feature, "count": 481}}, 400)
	c.refused(http.MethodPatch, "/licensing/features", []map[string]any{{"id": "other", "count": 1}}, 400)
	c.refused(http.MethodPut, "/licensing/product_license", `"CML_Personal"`, 400) // nodes run

	other := w.signedIn("10.0.0.2")
	other.call(http.MethodPut, "/licensing/product_license", `"CML_Personal"`, 204, nil)
	require.False(t, other.licensing().ProductLicense.IsEnterprise)
	other.refused(http.MethodPut, "/licensing/product_license", `"CML_Moon"`, 400)
	other.call(http.MethodPut, "/licensing/transport", `{"proxy":{"server":"p","port":3128},"ssms":null}`, 204, nil)
}

func TestSeatsCanBeReplaced(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	pools := map[string]any{"pools": []map[string]any{{"name": "n", "token": "t", "type": "enterprise", "seats": 0}}}
	var answer struct{ Pools []system.PoolView }
	require.NoError(t, json.Unmarshal(c.control(http.MethodPut, "/licenses", pools, 200), &answer))
	require.Len(t, answer.Pools, 1)
	c.register("t")
	w.advance(registerTime)
	require.Equal(t, "FAILED", c.licensing().Registration.Status)
	c.control(http.MethodPut, "/licenses", `{"pools":[{"name":"n"}]}`, 400)
}

// many is a lab of that many nodes that count, and one that does not.
func many(nodes int) string {
	var b strings.Builder
	b.WriteString("lab: {version: 0.3.0, title: many}\nlinks: []\nnodes:\n")
	for i := range nodes {
		fmt.Fprintf(&b, "  - {id: n%d, label: r%d, x: 0, y: 0, node_definition: alpine}\n", i, i)
	}
	b.WriteString("  - {id: nx, label: ext, x: 0, y: 0, node_definition: external_connector}\n")
	return b.String()
}
