package cml_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

type object = map[string]any

func TestPatchReplacesTagsAsAWhole(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	path := c.imported(lab)
	id := c.nodes(path)["pc1"]
	var answer string
	c.call(http.MethodPatch, path+"/nodes/"+id, object{"tags": []string{"core", "new"}}, 200, &answer)
	require.Equal(t, id, answer, "the answer is the id alone")

	var node object
	c.get(path+"/nodes/"+id, &node)
	require.Equal(t, []any{"core", "new"}, node["tags"])
	require.Equal(t, "pc1", node["label"], "the rest stays")

	var smart []struct {
		ID, Tag string
		Padding int
	}
	c.get(path+"/smart_annotations", &smart)
	tags := []string{}
	for _, s := range smart {
		tags = append(tags, s.Tag)
		if s.Tag == "core" {
			require.Equal(t, 50, s.Padding, "an annotation whose tag stays is kept")
		}
	}
	require.ElementsMatch(t, []string{"serial:5041", "core", "new"}, tags, "annotations follow the tags")

	one := path + "/smart_annotations/" + smart[0].ID
	var changed object
	c.call(http.MethodPatch, one, object{"padding": 70}, 200, &changed)
	require.EqualValues(t, 70, changed["padding"])
	c.get(one, &changed)
	require.EqualValues(t, 70, changed["padding"])
	c.refused(http.MethodPatch, one, object{"tag": "other"}, 400)
	c.refused(http.MethodPatch, one, object{"padding": 0}, 400)
	c.refused(http.MethodPost, path+"/smart_annotations", object{}, 405)
}

func TestNodeUpdateIsClosed(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	node := path + "/nodes/" + c.nodes(path)["r1"]
	cases := map[string]object{
		"unknown key":  {"colour": "red"},
		"definition":   {"node_definition": "iosv"},
		"long tag":     {"tags": []string{strings.Repeat("t", 65)}},
		"tags missing": {"tags": nil},
		"ram":          {"ram": 0},
	}
	for name, body := range cases {
		t.Run(name, func(*testing.T) { c.refused(http.MethodPatch, node, body, 400) })
	}
	c.refused(http.MethodPatch, path+"/nodes/none", object{}, 404)

	c.call(http.MethodPatch, node, object{"ram": 2048, "parameters": object{"a": "b"}}, 200, nil)
	c.call(http.MethodPatch, node, object{"parameters": object{"c": "d"}}, 200, nil)
	var view object
	c.get(node, &view)
	require.Equal(t, object{"c": "d"}, view["parameters"])
	require.EqualValues(t, 2048, view["ram"])

	c.put(path + "/start")
	c.refused(http.MethodPatch, node, object{"ram": 1024}, 400)
	c.call(http.MethodPatch, node, object{"tags": []string{"serial:5050"}}, 200, nil)
}

func TestNodeViewsFollowTheQuery(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	node := path + "/nodes/" + c.nodes(path)["pc1"]
	c.put(path + "/start")
	w.advance(queueTime + bootTime)
	view := func(query string) (n object) {
		t.Helper()
		c.get(node+query, &n)
		return n
	}
	both := view("")
	require.Equal(t, "hostname pc1\n", both["configuration"])
	require.NotNil(t, both["compute_id"])
	require.Equal(t, both["compute_id"], both["operational"].(object)["compute_id"])
	require.EqualValues(t, 512, both["operational"].(object)["ram"], "the definition's default")
	require.Nil(t, both["ram"], "nothing was asked for")

	require.NotContains(t, view("?operational=true"), "compute_id")
	require.Contains(t, view("?operational=true"), "operational")
	require.NotContains(t, view("?operational=false"), "operational")
	require.NotContains(t, view("?operational=false"), "compute_id")
	require.NotContains(t, view("?exclude_configurations=true"), "configuration")
	require.Equal(t, []any{object{"name": "node.cfg", "content": "hostname pc1\n"}, object{"name": "other.cfg", "content": nil}},
		view("?exclude_configurations=false")["configuration"])
	c.refused(http.MethodGet, node+"?operational=maybe", nil, 400)

	var ids []string
	c.get(path+"/nodes", &ids)
	require.Len(t, ids, 2)
}

func TestConfigurationIsExtracted(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	for label, id := range c.nodes(path) {
		node := path + "/nodes/" + id
		c.refused(http.MethodPut, node+"/extract_configuration", nil, 400) // not running
		c.put(node + "/state/start")
		w.advance(queueTime + bootTime)
		var first, second object
		c.call(http.MethodPut, node+"/extract_configuration", nil, 200, &first)
		c.call(http.MethodPut, node+"/extract_configuration", nil, 200, &second)
		require.Equal(t, first, second)
		var view object
		c.get(node, &view)
		require.Equal(t, first["configuration"], view["configuration"])
		require.Contains(t, view["configuration"], "running configuration of "+label)
		require.Contains(t, view["configuration"], "hostname "+label, "the day-0 configuration is part of it")
	}
	var files struct {
		Nodes []struct{ Configuration any }
	}
	require.NoError(t, yaml.Unmarshal(c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200), &files))
	require.IsType(t, "", files.Nodes[0].Configuration, "the form stays")
	require.Len(t, files.Nodes[1].Configuration, 2)
}

func TestALabIsBuiltByHand(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	var made object
	c.call(http.MethodPost, "/labs", object{"title": "built", "description": "d"}, 200, &made)
	path := "/labs/" + made["id"].(string)
	require.Equal(t, "built", made["lab_title"])
	c.call(http.MethodPatch, path, object{"notes": "n", "title": "renamed"}, 200, &made)
	require.Equal(t, []any{"renamed", "d", "n"}, []any{made["lab_title"], made["lab_description"], made["lab_notes"]})
	c.refused(http.MethodPatch, path, object{"lab_title": "x"}, 400) // that is an answer's key
	c.refused(http.MethodPatch, path, object{"owner": "8f9f1c5e-4a1b-4e0e-9e57-3c1b2a4d5e6f"}, 400)

	node := func(label, definition string) string {
		var id object
		c.call(http.MethodPost, path+"/nodes", object{"x": 1, "y": 2, "label": label, "node_definition": definition}, 200, &id)
		return id["id"].(string)
	}
	a, b := node("a", "iosv"), node("b", "alpine")
	var one object
	c.call(http.MethodPost, path+"/interfaces", object{"node": a}, 200, &one)
	require.Equal(t, "GigabitEthernet0/0", one["label"])
	var several []object
	c.call(http.MethodPost, path+"/interfaces", object{"node": a, "slot": 2}, 200, &several)
	require.Len(t, several, 2, "every slot up to the one that was asked for")
	c.refused(http.MethodPost, path+"/interfaces", object{"node": a, "slot": 2}, 400)
	c.refused(http.MethodPost, path+"/interfaces", object{"node": a, "slot": 99}, 400)
	c.call(http.MethodPost, path+"/interfaces", object{"node": b, "slot": 0, "mac_address": "52:54:00:00:00:01"}, 200, &several)

	ends := object{"src_int": one["id"], "dst_int": several[0]["id"]}
	var link object
	c.call(http.MethodPost, path+"/links", ends, 200, &link)
	c.refused(http.MethodPost, path+"/links", ends, 400) // both have a link now
	c.get(path+"/links/"+link["id"].(string), &link)
	require.Equal(t, "a-GigabitEthernet0/0<->b-eth0", link["label"])
	c.get(path+"/interfaces/"+one["id"].(string), &one)
	require.Equal(t, true, one["is_connected"])

	back := c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)
	c.imported(string(back))
	c.call(http.MethodDelete, path+"/nodes/"+b, nil, 204, nil)
	var links []string
	c.get(path+"/links", &links)
	require.Empty(t, links, "a link goes with its node")
}

func TestLinksAreSwitched(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	var ids []string
	c.get(path+"/links", &ids)
	link := path + "/links/" + ids[0]
	state := func() any {
		var view object
		c.get(link, &view)
		return view["state"]
	}
	c.put(path + "/start")
	require.Equal(t, "DEFINED_ON_CORE", state())
	require.False(t, c.converged(link))
	w.advance(queueTime)
	require.Equal(t, "STARTED", state())
	require.True(t, c.converged(link))
	c.put(link + "/state/stop")
	require.Equal(t, "STOPPED", state())
	c.put(link + "/state/start")
	require.Equal(t, "STARTED", state())

	c.call(http.MethodPatch, link+"/condition", object{"latency": 20}, 200, nil)
	var condition object
	c.get(link+"/condition", &condition)
	require.EqualValues(t, 20, condition["latency"])
	c.refused(http.MethodPatch, link+"/condition", object{"latency": -1}, 400)
	c.call(http.MethodDelete, link+"/condition", nil, 204, nil)
	c.call(http.MethodDelete, link, nil, 204, nil)
	c.refused(http.MethodGet, link, nil, 404)
}

func TestConsolesBelongToARun(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	node := path + "/nodes/" + c.nodes(path)["pc1"]
	c.refused(http.MethodGet, node+"/keys/console", nil, 404)
	c.refused(http.MethodGet, node+"/consoles/0/log", nil, 404)
	c.put(path + "/start")
	w.advance(queueTime + bootTime)
	var key, vnc, log, tail string
	c.get(node+"/keys/console?line=0", &key)
	c.get(node+"/keys/vnc", &vnc)
	require.NotEqual(t, key, vnc)
	var keys map[string]object
	c.get("/keys/console", &keys)
	require.Len(t, keys, 2)
	require.Equal(t, "pc1", keys[key]["label"])
	var screens map[string]object
	c.get("/keys/vnc?show_all=true", &screens)
	require.Len(t, screens, 1, "an IOL node has no graphical console")
	c.get(node+"/consoles/0/log", &log)
	c.get(node+"/consoles/0/log?lines=1", &tail)
	require.True(t, strings.HasSuffix(log, tail))
	require.Equal(t, "pc1>\r\n", tail)
	c.refused(http.MethodGet, node+"/consoles/7/log", nil, 404)
	c.refused(http.MethodGet, node+"/keys/console?line=5", nil, 404)

	c.put(path + "/stop")
	w.advance(stopTime)
	c.put(path + "/start")
	w.advance(queueTime + time.Second)
	var next string
	c.get(node+"/keys/console", &next)
	require.NotEqual(t, key, next)
}

func TestAddressesAreKnownOnceBooted(t *testing.T) {
	w := start(t, "", config())
	c := w.signedIn(address)
	path := c.imported(lab)
	var all map[string]struct {
		Name       string
		Interfaces map[string]struct{ IP4 []string }
	}
	c.get(path+"/layer3_addresses", &all)
	require.Empty(t, all)
	c.put(path + "/start")
	w.advance(queueTime + bootTime)
	c.get(path+"/layer3_addresses", &all)
	require.Len(t, all, 2)
	for _, node := range all {
		require.Len(t, node.Interfaces, 1, "the linked interface alone")
	}
	var stats struct{ Nodes, Links map[string]object }
	c.get(path+"/simulation_stats", &stats)
	require.Len(t, stats.Nodes, 2)
	require.Len(t, stats.Links, 1)
}

func TestNodesAreFound(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	path := c.imported(lab)
	var id string
	c.get(path+"/find/node/label/r1", &id)
	require.Equal(t, c.nodes(path)["r1"], id)
	c.refused(http.MethodGet, path+"/find/node/label/r9", nil, 404)
	var ids []string
	c.get(path+"/find_all/node/tag/serial:5041", &ids)
	require.Equal(t, []string{id}, ids)
	c.get(path+"/find_all/node/tag/none", &ids)
	require.Empty(t, ids)
}

func TestAnnotationsAreDrawn(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	path := c.imported(lab)
	line := object{
		"type": "line", "x1": 1, "y1": 2, "x2": 3.5, "y2": 4, "border_color": "#000", "border_style": "2,2",
		"color": "#fff", "thickness": 2, "z_index": 1, "line_start": nil, "line_end": "arrow",
	}
	var made object
	c.call(http.MethodPost, path+"/annotations", line, 200, &made)
	one := path + "/annotations/" + made["id"].(string)
	c.call(http.MethodPatch, one, object{"type": "line", "thickness": 5}, 200, &made)
	require.EqualValues(t, 5, made["thickness"])
	require.Equal(t, "arrow", made["line_end"])
	c.refused(http.MethodPatch, one, object{"type": "text"}, 400)
	c.refused(http.MethodPatch, one, object{"thickness": 5}, 400)
	delete(line, "x2")
	c.refused(http.MethodPost, path+"/annotations", line, 400)
	c.call(http.MethodDelete, one, nil, 204, nil)
	c.refused(http.MethodGet, one, nil, 404)
	var rest []object
	c.get(path+"/annotations", &rest)
	require.Len(t, rest, 1)
	require.Equal(t, "hello", rest[0]["text_content"])
}
