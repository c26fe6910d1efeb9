package cml_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type importAnswer struct {
	ID       string   `json:"id"`
	Warnings []string `json:"warnings"`
}

func TestImportTakesAnyContentType(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	asJSON := `{"lab": {"version": "0.3.0", "title": "j"}, "nodes": [], "links": []}`
	for _, kind := range []string{"application/json", "application/x-yaml", "text/plain", ""} {
		for _, body := range []string{lab, asJSON} {
			r := c.request(http.MethodPost, "/api/v0/import", body)
			r.Header.Set("Content-Type", kind)
			answer, err := c.http.Do(r)
			require.NoError(t, err)
			var in map[string]any
			require.NoError(t, json.NewDecoder(answer.Body).Decode(&in))
			require.NoError(t, answer.Body.Close())
			require.Equal(t, 200, answer.StatusCode)
			require.Contains(t, in, "warnings")
			if body == asJSON {
				require.Nil(t, in["warnings"], "null when there is nothing to warn of")
			}
		}
	}
}

func TestImportSetsTheTitle(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	var in importAnswer
	c.call(http.MethodPost, "/import?title=other", lab, 200, &in)
	var view struct {
		Title string `json:"lab_title"`
		State string `json:"state"`
	}
	c.get("/labs/"+in.ID, &view)
	require.Equal(t, "other", view.Title)
	require.Equal(t, "DEFINED_ON_CORE", view.State, "import never starts a lab")
	c.refused(http.MethodPost, "/import?title="+strings.Repeat("x", 65), lab, 400)
	c.refused(http.MethodPost, "/import?title=", lab, 400)
	var ids []string
	c.get("/labs?show_all=true", &ids)
	require.Equal(t, []string{in.ID}, ids, "a refused import leaves nothing behind")
}

func TestImportRefusesABadTopology(t *testing.T) {
	edit := func(old, replacement string) string {
		require.Contains(t, lab, old)
		return strings.Replace(lab, old, replacement, 1)
	}
	cases := map[string]struct{ body, where string }{
		"no YAML":               {"{a: [", `["body"]`},
		"unknown key":           {lab + "\nextra: 1\n", `["body","extra"]`},
		"no lab":                {edit("lab: {version: 0.3.0, title: demo, description: d, notes: n}", ""), `["body","lab"]`},
		"no links":              {"lab: {version: 0.3.0}\nnodes: []\n", `["body","links"]`},
		"unknown version":       {edit("version: 0.3.0", "version: 9.9.9"), `["body","lab","version"]`},
		"long title":            {edit("title: demo", "title: "+strings.Repeat("x", 65)), `["body","lab","title"]`},
		"node without label":    {edit("label: r1, ", ""), `["body","nodes",0,"label"]`},
		"unknown node key":      {edit("label: r1", "label: r1, colour: red"), `["body","nodes",0,"colour"]`},
		"node id twice":         {edit("id: n1", "id: n0"), `["body","nodes",1,"id"]`},
		"interface id twice":    {edit("id: i1, type: loopback", "id: i0, type: loopback"), `["body","nodes",0,"interfaces",1,"id"]`},
		"loopback with slot":    {edit("type: loopback", "type: loopback, slot: 1"), `["body","nodes",0,"interfaces",1,"slot"]`},
		"slot twice":            {edit("type: loopback", "type: physical, slot: 0"), `["body","nodes",0,"interfaces",1,"slot"]`},
		"link to nowhere":       {edit("i2: i0", "i2: i9"), `["body","links",0,"i2"]`},
		"link to no node":       {edit("n1: n0", "n1: n7"), `["body","links",0,"i1"]`},
		"link to a loopback":    {edit("i1: i0", "i1: i1"), `["body","links",0,"i1"]`},
		"long tag":              {edit("serial:5041", strings.Repeat("t", 65)), `["body","nodes",0,"tags",0]`},
		"annotation of no kind": {edit("type: text", "type: circle"), `["body","annotations",0,"type"]`},
		"annotation key":        {edit("text_content: hello", "x2: 3"), `["body","annotations",0,"x2"]`},
		"ram not a number":      {edit("label: r1", "label: r1, ram: much"), `["body","nodes",0,"ram"]`},
		"configuration number":  {edit(`configuration: "hostname r1\n"`, "configuration: 3"), `["body","nodes",0,"configuration"]`},
	}
	c := start(t, "", config()).signedIn(address)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			text := c.refused(http.MethodPost, "/import", tc.body, 400)
			var detail map[string][]map[string]json.RawMessage
			require.NoError(t, json.Unmarshal([]byte(text), &detail), "the description is JSON in a string")
			problems := detail["Input validation failed"]
			require.NotEmpty(t, problems)
			require.JSONEq(t, tc.where, string(problems[0]["location"]))
			require.NotEmpty(t, problems[0]["type"])
			require.NotEmpty(t, problems[0]["message"])
		})
	}
}

func TestImportWarnsOfTakenPorts(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	c.imported(lab)
	var in importAnswer
	c.call(http.MethodPost, "/import", lab, 200, &in)
	require.Len(t, in.Warnings, 2)
	require.Contains(t, in.Warnings[0], "5041")
	require.Contains(t, in.Warnings[1], "5042")

	moved := strings.NewReplacer("5041", "6001", "5042", "6002").Replace(lab)
	c.control(http.MethodPut, "/machines/"+address+"/ports/6001", nil, 204)
	c.call(http.MethodPost, "/import", moved, 200, &in)
	require.Len(t, in.Warnings, 1)
	require.Contains(t, in.Warnings[0], "another process")

	c.control(http.MethodDelete, "/machines/"+address+"/ports/6001", nil, 204)
	twice := strings.NewReplacer("5041", "7001", "5042", "7001").Replace(lab)
	c.call(http.MethodPost, "/import", twice, 200, &in)
	require.Len(t, in.Warnings, 1, "a port twice in one lab")
}

func TestTakenPortsCanBeRefused(t *testing.T) {
	cfg := config()
	w := start(t, "", cfg)
	c := w.signedIn(address)
	path := c.imported(lab)
	c.control(http.MethodPut, "/settings", map[string]any{"ports": "refuse"}, 200)
	require.Contains(t, c.refused(http.MethodPost, "/import", lab, 400), "5041")
	c.control(http.MethodPut, "/machines/"+address+"/ports/5042", nil, 204)
	require.Contains(t, c.refused(http.MethodPut, path+"/start", nil, 400), "5042")
	c.control(http.MethodPut, "/settings", map[string]any{"ports": "sometimes"}, 400)
}
