package cml_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const (
	queueTime    = 2 * time.Second
	bootTime     = 60 * time.Second
	stopTime     = 3 * time.Second
	registerTime = 10 * time.Second
	address      = "10.0.0.1"
)

// lab is a small lab with port tags, annotations and two kinds of configuration.
const lab = `
lab: {version: 0.3.0, title: demo, description: d, notes: n}
nodes:
  - {id: n0, label: r1, x: 0, y: 0, node_definition: iol-xe, tags: ["serial:5041"], configuration: "hostname r1\n",
     interfaces: [{id: i0, type: physical, slot: 0, label: Ethernet0/0}, {id: i1, type: loopback, label: Loopback0}]}
  - {id: n1, label: pc1, x: 200, y: 0, node_definition: alpine, tags: ["vnc:5042", "core"],
     configuration: [{name: node.cfg, content: "hostname pc1\n"}, {name: other.cfg, content: null}],
     interfaces: [{id: i0, type: physical, slot: 0}]}
links:
  - {id: l0, n1: n0, i1: i0, n2: n1, i2: i0}
annotations:
  - {type: text, text_content: hello, x1: -20.5, y1: 4}
smart_annotations:
  - {tag: core, padding: 50, label: Core}
`

// world is a running simulator whose time the test moves.
type world struct {
	t    *testing.T
	kit  *kit.Kit
	sim  *cml.Server
	base string
	http *http.Client
}

func timings() cml.Timings {
	return cml.Timings{
		NodeQueue: cml.Of(queueTime), NodeBoot: cml.Of(bootTime), NodeStop: cml.Of(stopTime), Register: cml.Of(registerTime),
	}
}

func config() cml.Config {
	return cml.Config{Username: "admin", Password: "secret", Timings: timings()}
}

func start(t *testing.T, dir string, cfg cml.Config) *world {
	t.Helper()
	k, err := kit.New(dir, nil)
	require.NoError(t, err)
	sim, err := cml.New(k, cfg)
	require.NoError(t, err)
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	return &world{t: t, kit: k, sim: sim, base: server.URL, http: server.Client()}
}

func (w *world) advance(d time.Duration) { w.kit.Clock.Advance(d) }

// client speaks to one machine.
type client struct {
	*world
	host  string
	token string
}

func (w *world) at(host string) *client { return &client{world: w, host: host} }

// signedIn returns a client with a token.
func (w *world) signedIn(host string) *client {
	w.t.Helper()
	c := w.at(host)
	c.signIn()
	return c
}

func (c *client) signIn() {
	c.t.Helper()
	c.call(http.MethodPost, "/authenticate", map[string]string{"username": "admin", "password": "secret"}, 200, &c.token)
}

func (c *client) request(method, path string, body any) *http.Request {
	c.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	default:
		var err error
		raw, err = json.Marshal(b)
		require.NoError(c.t, err)
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	c.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	require.NoError(c.t, err)
	if raw != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	r.Host = c.host
	return r
}

// call wants a status and decodes the answer unless into is nil.
func (c *client) call(method, path string, body any, status int, into any) {
	c.t.Helper()
	raw := c.raw(method, "/api/v0"+path, body, status)
	if into != nil {
		require.NoError(c.t, json.Unmarshal(raw, into), "%s", raw)
	}
}

// refused wants an error body and returns its description.
func (c *client) refused(method, path string, body any, status int) string {
	c.t.Helper()
	var e struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	}
	c.call(method, path, body, status, &e)
	require.Equal(c.t, status, e.Code)
	require.NotEmpty(c.t, e.Description)
	return e.Description
}

// control calls a control route.
func (c *client) control(method, path string, body any, status int) []byte {
	c.t.Helper()
	return c.raw(method, "/_sim"+path, body, status)
}

func (c *client) raw(method, path string, body any, status int) []byte {
	c.t.Helper()
	answer, err := c.http.Do(c.request(method, path, body))
	require.NoError(c.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	require.Equal(c.t, status, answer.StatusCode, "%s %s: %s", method, path, raw)
	return raw
}

func (c *client) get(path string, into any) {
	c.t.Helper()
	c.call(http.MethodGet, path, nil, 200, into)
}

func (c *client) put(path string) {
	c.t.Helper()
	c.call(http.MethodPut, path, nil, 204, nil)
}

func (c *client) imported(topology string) (path string) {
	c.t.Helper()
	var in struct {
		ID       string   `json:"id"`
		Warnings []string `json:"warnings"`
	}
	c.call(http.MethodPost, "/import", topology, 200, &in)
	return "/labs/" + in.ID
}

func (c *client) state(path string) string {
	c.t.Helper()
	var state string
	c.get(path+"/state", &state)
	return state
}

func (c *client) converged(path string) bool {
	c.t.Helper()
	var converged bool
	c.get(path+"/check_if_converged", &converged)
	return converged
}

// nodes returns the ids of a lab's nodes by label.
func (c *client) nodes(path string) map[string]string {
	c.t.Helper()
	var nodes []struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}
	c.get(path+"/nodes?data=true", &nodes)
	ids := map[string]string{}
	for _, n := range nodes {
		ids[n.Label] = n.ID
	}
	return ids
}

// shared returns a file of the folder beside the checkout; the test is skipped
// when it is not there.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			path := filepath.Join(filepath.Dir(dir), "shared", name)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("no %s beside the checkout", name)
			}
			return path
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("not in a checkout")
	return ""
}
