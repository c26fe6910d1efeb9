package cml_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/require"
)

// departures are the answers in which a real controller differs from its own
// interface description.
func departures() []string {
	return []string{"GET /labs/{lab_id}/simulation_stats", "GET /populate_lab_tiles", "GET /labs/{lab_id}/download"}
}

// checker compares every answer that passes with the interface description.
type checker struct {
	t       *testing.T
	spec    validator.Validator
	paths   map[string]*regexp.Regexp
	covered map[string]bool
	next    http.RoundTripper
}

func (k *checker) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := k.next.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, "/api/v0/") {
		return answer, err
	}
	raw, err := io.ReadAll(answer.Body)
	require.NoError(k.t, err)
	require.NoError(k.t, answer.Body.Close())
	operation := k.operation(r)
	k.covered[operation] = true
	if answer.StatusCode != 200 || !slices.Contains(departures(), operation) {
		answer.Body = io.NopCloser(bytes.NewReader(raw))
		valid, problems := k.spec.ValidateHttpResponse(r, answer)
		for _, p := range problems {
			for _, detail := range p.SchemaValidationErrors {
				k.t.Logf("%s: %s", detail.FieldPath, detail.Reason)
			}
			k.t.Logf("%s %s: %d %s: %s", r.Method, r.URL, answer.StatusCode, p.Message, p.Reason)
		}
		require.True(k.t, valid, "%s %s: %s", r.Method, r.URL, raw)
	}
	answer.Body = io.NopCloser(bytes.NewReader(raw))
	return answer, nil
}

// operation returns the method and path template of a request; a template with
// fewer parameters is the better match.
func (k *checker) operation(r *http.Request) string {
	best := ""
	for path, pattern := range k.paths {
		if pattern.MatchString(strings.TrimPrefix(r.URL.Path, "/api/v0")) &&
			(best == "" || strings.Count(path, "{") < strings.Count(best, "{")) {
			best = path
		}
	}
	return r.Method + " " + best
}

// description loads the interface description. Go's regular expressions have no
// lookahead, so those of its patterns are left out.
func description(t *testing.T, next http.RoundTripper) (*checker, []string) {
	t.Helper()
	raw, err := os.ReadFile(shared(t, "contracts/cml_openapi_subset.json"))
	require.NoError(t, err)
	text := regexp.MustCompile(`\(\?!(\[[^\]]*\]|\\\\n)\)`).ReplaceAllString(string(raw), "")
	document, err := libopenapi.NewDocument([]byte(text))
	require.NoError(t, err)
	spec, errs := validator.NewValidator(document)
	require.Empty(t, errs)

	var plain struct {
		Paths map[string]map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal(raw, &plain))
	k := &checker{t: t, spec: spec, paths: map[string]*regexp.Regexp{}, covered: map[string]bool{}, next: next}
	var operations []string
	for path, methods := range plain.Paths {
		k.paths[path] = regexp.MustCompile("^" + regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "[^/]+") + "$")
		for method := range methods {
			operations = append(operations, strings.ToUpper(method)+" "+path)
		}
	}
	return k, operations
}

func TestAnswersFollowTheInterfaceDescription(t *testing.T) {
	w := start(t, "", config())
	k, operations := description(t, w.http.Transport)
	w.http.Transport = k

	c := w.at(address)
	signInEveryWay(c)
	askTheSystem(c)
	license(c)
	path := c.imported(lab)
	askEverything(c, path) // new
	c.put(path + "/start")
	askEverything(c, path) // queued
	w.advance(queueTime)
	askEverything(c, path) // booting
	w.advance(bootTime)
	askEverything(c, path)
	askTheSystem(c)
	askConsoles(c, path)
	c.put(path + "/stop")
	w.advance(stopTime)
	askEverything(c, path) // stopped
	c.put(path + "/wipe")
	change(c, path)
	c.call(http.MethodDelete, path, nil, 204, nil)
	end(c)

	slices.Sort(operations)
	for _, operation := range operations {
		require.True(t, k.covered[operation], "%s was not tried", operation)
	}
}

func signInEveryWay(c *client) {
	credentials := object{"username": "admin", "password": "secret"}
	c.refused(http.MethodPost, "/authenticate", object{"username": "admin", "password": "no"}, 403)
	c.call(http.MethodPost, "/auth_extended", credentials, 200, nil)
	c.refused(http.MethodGet, "/authok", nil, 401)
	c.signIn()
}

func askTheSystem(c *client) {
	for _, path := range []string{
		"/authok", "/system_information", "/system_health", "/system_stats", "/telemetry/events",
		"/system/maintenance_mode", "/licensing", "/licensing/features", "/labs", "/labs?show_all=true",
		"/populate_lab_tiles", "/keys/console", "/keys/vnc",
	} {
		c.get(path, nil)
	}
	c.call(http.MethodPatch, "/system/maintenance_mode", object{"maintenance_mode": false}, 200, nil)
}

func license(c *client) {
	c.refused(http.MethodDelete, "/licensing/deregistration", nil, 400)
	c.register("token")
	c.get("/licensing", nil)
	c.advance(registerTime)
	c.get("/licensing", nil)
	c.put("/licensing/registration/renew")
	c.put("/licensing/authorization/renew")
	c.get("/licensing", nil)
	c.call(http.MethodPut, "/licensing/product_license", `"CML_Personal"`, 204, nil)
	c.get("/licensing", nil)
	c.call(http.MethodPut, "/licensing/product_license", `"CML_Enterprise"`, 204, nil)
	c.call(http.MethodPatch, "/licensing/features", []object{{"id": c.licensing().Features[1].ID, "count": 30}}, 204, nil)
	c.call(http.MethodPut, "/licensing/transport", object{"proxy": object{"server": nil, "port": nil}}, 204, nil)
}

// askEverything reads all of a lab in all forms.
func askEverything(c *client, path string) {
	for _, suffix := range []string{
		"", "/state", "/check_if_converged", "/topology", "/topology?exclude_configurations=true",
		"/topology?exclude_configurations=false", "/lab_element_state", "/events", "/simulation_stats", "/tile",
		"/layer3_addresses", "/nodes", "/nodes?data=true", "/nodes?data=true&operational=true&exclude_configurations=false",
		"/links", "/links?data=true", "/annotations", "/smart_annotations", "/find/node/label/r1", "/find_all/node/tag/core",
	} {
		c.get(path+suffix, nil)
	}
	c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)
	for _, id := range c.nodes(path) {
		node := path + "/nodes/" + id
		for _, suffix := range []string{
			"", "?operational=false&exclude_configurations=true", "/state", "/check_if_converged", "/layer3_addresses", "/interfaces",
			"/interfaces?data=true", "/interfaces?data=true&operational=false",
		} {
			c.get(node+suffix, nil)
		}
		for _, i := range c.ids(node + "/interfaces") {
			c.get(path+"/interfaces/"+i, nil)
			c.get(path+"/interfaces/"+i+"/state", nil)
		}
	}
	for _, id := range c.ids(path + "/links") {
		c.get(path+"/links/"+id, nil)
		c.get(path+"/links/"+id+"/check_if_converged", nil)
	}
	for _, kind := range []string{"/annotations", "/smart_annotations"} {
		var all []struct{ ID string }
		c.get(path+kind, &all)
		for _, one := range all {
			c.get(path+kind+"/"+one.ID, nil)
		}
	}
	c.refused(http.MethodGet, path+"/nodes/8f9f1c5e-4a1b-4e0e-9e57-3c1b2a4d5e6f", nil, 404)
}

func (c *client) ids(path string) (ids []string) {
	c.t.Helper()
	c.get(path, &ids)
	return ids
}

func askConsoles(c *client, path string) {
	node := path + "/nodes/" + c.nodes(path)["pc1"]
	c.get(node+"/keys/console?line=0", nil)
	c.get(node+"/keys/vnc", nil)
	c.get(node+"/consoles/0/log?lines=2", nil)
	c.call(http.MethodPut, node+"/extract_configuration", nil, 200, nil)
	link := path + "/links/" + c.ids(path + "/links")[0]
	c.put(link + "/state/stop")
	c.put(link + "/state/start")
	c.put(node + "/state/stop")
	c.advance(stopTime)
	c.put(node + "/wipe_disks")
	c.put(node + "/state/start")
	c.refused(http.MethodPut, path+"/wipe", nil, 400)
}

// change builds and takes down elements of a wiped lab.
func change(c *client, path string) {
	c.refused(http.MethodPost, "/import", "lab: {}", 400)
	c.call(http.MethodPost, "/labs", object{"title": "t"}, 200, nil)
	c.call(http.MethodPatch, path, object{"title": "t"}, 200, nil)
	var made object
	c.call(http.MethodPost, path+"/nodes?populate_interfaces=true",
		object{"x": 0, "y": 0, "label": "sw", "node_definition": "iosvl2", "tags": []string{"new"}}, 200, &made)
	node := made["id"].(string)
	c.call(http.MethodPatch, path+"/nodes/"+node, object{"label": "switch"}, 200, nil)
	c.call(http.MethodPost, path+"/interfaces", object{"node": node, "slot": 6}, 200, nil)
	c.call(http.MethodPost, path+"/interfaces", object{"node": node}, 200, &made)
	from := made["id"].(string)
	c.call(http.MethodPatch, path+"/interfaces/"+from, object{"mac_address": "52:54:00:11:22:33"}, 200, nil)
	to := c.ids(path + "/nodes/" + node + "/interfaces")[0]
	c.call(http.MethodPost, path+"/links", object{"src_int": from, "dst_int": to}, 200, &made)
	askEverything(c, path)
	c.call(http.MethodDelete, path+"/links/"+made["id"].(string), nil, 204, nil)
	c.call(http.MethodDelete, path+"/interfaces/"+from, nil, 204, nil)
	c.call(http.MethodDelete, path+"/nodes/"+node, nil, 204, nil)
	c.call(http.MethodPost, path+"/annotations", object{
		"type": "ellipse", "x1": 1, "y1": 2, "x2": 3, "y2": 4, "border_color": "#000", "border_style": "",
		"color": "#fff", "thickness": 2, "z_index": 1, "rotation": 9,
	}, 200, &made)
	annotation := path + "/annotations/" + made["id"].(string)
	c.call(http.MethodPatch, annotation, object{"type": "ellipse", "rotation": 10}, 200, nil)
	c.call(http.MethodDelete, annotation, nil, 204, nil)
	var smart []struct{ ID string }
	c.get(path+"/smart_annotations", &smart)
	c.call(http.MethodPatch, path+"/smart_annotations/"+smart[0].ID, object{"label": "x"}, 200, nil)
}

func end(c *client) {
	c.call(http.MethodDelete, "/licensing/deregistration", nil, 204, nil)
	c.call(http.MethodDelete, "/logout", nil, 200, nil)
}

func TestTheDescriptionFindsDepartures(t *testing.T) {
	k, _ := description(t, nil)
	cases := map[string]struct {
		body   string
		reason string
	}{
		"unknown key": {`{"version":"2.9","ready":true,"allow_ssh_pubkey_auth":false,"oui":null,"more":1}`, "the schema is closed"},
		"missing key": {`{"version":"2.9","ready":true}`, "all are required"},
		"wrong type":  {`{"version":2.9,"ready":true,"allow_ssh_pubkey_auth":false,"oui":null}`, "a version is text"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://cml/api/v0/system_information", nil)
			require.NoError(t, err)
			valid, _ := k.spec.ValidateHttpResponse(r, &http.Response{
				StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}},
				Body: io.NopCloser(strings.NewReader(tc.body)),
			})
			require.False(t, valid, tc.reason)
		})
	}
}
