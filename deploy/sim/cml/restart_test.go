package cml_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
)

func TestEverythingSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	cfg := config()
	cfg.Pools = []system.Pool{{Name: "p", Token: "tok", Type: "enterprise", Seats: 1}}
	before := start(t, dir, cfg)
	c := before.signedIn(address)
	c.register("tok")
	before.advance(registerTime)
	gone, path := c.imported(lab), c.imported(lab)
	c.call(http.MethodDelete, gone, nil, 204, nil)
	c.put(path + "/start")
	before.advance(queueTime)
	c.control(http.MethodPut, "/settings", map[string]string{"version": "2.9.0"}, 200)
	c.control(http.MethodPut, "/machines/"+address+"/ports/4444", nil, 204)
	file := c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)
	smart := c.raw(http.MethodGet, "/api/v0"+path+"/smart_annotations", nil, 200)
	state := c.control(http.MethodGet, "/machines/"+address, nil, 200)

	after := start(t, dir, cfg)
	again := after.at(address)
	again.token = c.token
	require.JSONEq(t, string(state), string(again.control(http.MethodGet, "/machines/"+address, nil, 200)))
	require.Equal(t, string(file), string(again.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)))
	require.JSONEq(t, string(smart), string(again.raw(http.MethodGet, "/api/v0"+path+"/smart_annotations", nil, 200)))
	require.Equal(t, "COMPLETED", again.licensing().Registration.Status)
	require.False(t, again.converged(path))
	after.advance(bootTime)
	require.True(t, again.converged(path), "the nodes went on booting")
	again.refused(http.MethodGet, gone, nil, 404)
	require.Equal(t, before.sim.Certificate().Certificate, after.sim.Certificate().Certificate)

	other := after.signedIn("10.0.0.2")
	other.register("tok")
	after.advance(registerTime)
	require.Equal(t, "FAILED", other.licensing().Registration.Status, "the seat is still taken")
}

func TestALabDeletedByHandIsGone(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	c.control(http.MethodDelete, "/machines/"+address+path, nil, 204)
	c.refused(http.MethodGet, path, nil, 404)
	c.control(http.MethodDelete, "/machines/"+address+path, nil, 404)
}

func TestFaultsAreInjectedByMachine(t *testing.T) {
	w := start(t, "", config())
	first, second := w.signedIn("10.0.0.1"), w.signedIn("10.0.0.2")
	first.control(http.MethodPost, "/faults", map[string]any{
		"op": "10.0.0.1", "path": "/api/v0/import", "status": 500, "code": "boom", "times": 1,
	}, 201)
	second.imported(lab)
	require.Equal(t, "boom", first.refused(http.MethodPost, "/import", lab, 500))
	first.imported(lab)

	first.control(http.MethodPost, "/faults", map[string]any{"op": "10.0.0.1", "path": "/api/v0/import", "drop": "after", "times": 1}, 201)
	_, err := first.http.Do(first.request(http.MethodPost, "/api/v0/import", lab))
	require.Error(t, err, "the connection is cut")
	var ids []string
	first.get("/labs", &ids)
	require.Len(t, ids, 2, "and yet the lab was imported")
}
