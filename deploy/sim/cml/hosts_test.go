package cml_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml"
)

// fleet is the machines by address.
type fleet struct {
	mu       sync.Mutex
	machines map[string]host
}

type host struct {
	id    string
	up    bool
	since time.Time
}

func (f *fleet) Host(address string) (string, bool, time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.machines[address]
	return h.id, h.up, h.since
}

func (f *fleet) set(address string, h host) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.machines = map[string]host{address: h}
}

func booting() (cml.Config, *fleet) {
	f := &fleet{}
	cfg := config()
	cfg.Hosts = f
	cfg.Timings.Backend, cfg.Timings.Boot = cml.Of(2*time.Minute), cml.Of(3*time.Minute)
	return cfg, f
}

func TestAMachineBoots(t *testing.T) {
	cfg, f := booting()
	w := start(t, "", cfg)
	c := w.at(address)

	_, err := w.http.Do(c.request(http.MethodGet, "/api/v0/system_information", nil))
	require.Error(t, err, "an unknown machine does not answer")
	f.set(address, host{"i-1", false, w.kit.Clock.Now()})
	_, err = w.http.Do(c.request(http.MethodGet, "/api/v0/system_information", nil))
	require.Error(t, err, "nor does one that is down")

	f.set(address, host{"i-1", true, w.kit.Clock.Now()})
	require.NotContains(t, string(c.raw(http.MethodGet, "/api/v0/system_information", nil, 502)), "code", "the proxy answers, not CML")
	w.advance(2 * time.Minute)
	var info struct{ Ready bool }
	c.get("/system_information", &info)
	require.False(t, info.Ready)
	c.signIn()
	path := c.imported(lab)
	c.refused(http.MethodPut, path+"/start", nil, 400) // no compute host yet
	w.advance(time.Minute)
	c.get("/system_information", &info)
	require.True(t, info.Ready)
	c.put(path + "/start")
}

func TestLabsFollowTheMachine(t *testing.T) {
	cfg, f := booting()
	w := start(t, "", cfg)
	booted := w.kit.Clock.Now().Add(-time.Hour)
	f.set(address, host{"i-1", true, booted})
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")

	f.set("10.9.9.9", host{"i-1", true, booted})
	c.host = "10.9.9.9"
	require.Equal(t, "STARTED", c.state(path), "the same machine at a new address")

	f.set("10.9.9.9", host{"i-2", true, booted})
	c.refused(http.MethodGet, path, nil, 401)
	c.signIn()
	c.refused(http.MethodGet, path, nil, 404) // another machine
}

func TestARestartedMachineHasStoppedNodes(t *testing.T) {
	cfg, f := booting()
	w := start(t, "", cfg)
	f.set(address, host{"i-1", true, w.kit.Clock.Now().Add(-time.Hour)})
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	w.advance(time.Hour)
	f.set(address, host{"i-1", true, w.kit.Clock.Now()})
	w.advance(3 * time.Minute)
	require.Equal(t, "STOPPED", c.state(path))
	require.True(t, c.converged(path))
}

func TestControlReboots(t *testing.T) {
	cfg, f := booting()
	w := start(t, "", cfg)
	f.set(address, host{"i-1", true, w.kit.Clock.Now().Add(-time.Hour)})
	c := w.signedIn(address)
	path := c.imported(lab)
	c.put(path + "/start")
	w.advance(time.Minute)
	c.control(http.MethodPost, "/machines/i-1/reboot", nil, 204)
	c.raw(http.MethodGet, "/api/v0"+path, nil, 502)
	w.advance(3 * time.Minute)
	require.Equal(t, "STOPPED", c.state(path))
	c.control(http.MethodPost, "/machines/i-7/reboot", nil, 404)
}

func TestMachinesAreApart(t *testing.T) {
	w := start(t, "", config())
	first, second := w.signedIn("10.0.0.1:443"), w.signedIn("[fd00::7]:8443")
	path := first.imported(lab)
	second.refused(http.MethodGet, path, nil, 404)
	var ids []string
	second.get("/labs?show_all=true", &ids)
	require.Empty(t, ids)
	dump := string(first.control(http.MethodGet, "/state", nil, 200))
	require.Contains(t, dump, `"id":"10.0.0.1"`)
	require.Contains(t, dump, `"id":"fd00::7"`)
}
