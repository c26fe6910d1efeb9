package topology

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func TestParseReadsWhatMatters(t *testing.T) {
	lab, err := Parse([]byte(small))
	require.NoError(t, err)
	require.Equal(t, "0.3.0", lab.Version)
	require.Equal(t, "demo", lab.Title)
	require.Equal(t, 1, lab.Links)
	require.Equal(t, Hash([]byte(small)), lab.Hash)
	require.Len(t, lab.Hash, 64)
	require.Equal(t, Node{
		ID: "n1", Label: "pc", NodeDefinition: "ubuntu", ImageDefinition: "ubuntu-24", RAM: 3000, CPUs: 2, DataVolume: 30,
		Tags: []string{"vnc:5042", "ssh:", "port:tcp:77", "pat:tcp:80:80", "serial:4001:1"}, Interfaces: []string{"i0"},
	}, lab.Nodes[1])
	require.Equal(t, resource.AMIRequirement{
		NodeDefinitionsRequired: []string{"iol-xe", "ubuntu"}, ImageDefinitionsRequired: []string{"ubuntu-24"},
	}, lab.AMIRequirement())
}

func TestParseRefuses(t *testing.T) {
	replace := func(old, new string) string {
		require.Contains(t, small, old)
		return strings.Replace(small, old, new, 1)
	}
	cases := []struct{ reason, text, message string }{
		{"nothing", "", "the lab file is empty"},
		{"comments only", "# lab\n", "the lab file is empty"},
		{"not YAML", "lab: [", "not YAML: line 1"},
		{"not UTF-8", "lab: \xff", "not UTF-8"},
		{"a list", "- lab", "line 1: the lab file must be a mapping"},
		{"no links", replace("links:", "lynx:"), `no section "links"`},
		{"no nodes", "lab: {version: 0.3.0}\nnodes: []\nlinks: []\n", "line 2: a lab needs at least one node"},
		{"no version", replace("version: 0.3.0", "verse: 0.3.0"), "line 1: the section lab has no version"},
		{"a newer schema", replace("0.3.0", "0.3.1"), "line 1: schema version"},
		{"no schema at all", replace("0.3.0", "0.0.0"), "line 1: schema version"},
		{"one node id twice", replace("id: n1", "id: n0"), `line 5: node id "n0" stands twice`},
		{"no label", replace("    label: pc\n", ""), "line 5: a node has no label"},
		{"no definition", replace("    node_definition: ubuntu\n", ""), "line 5: a node has no node_definition"},
		{"a key twice", replace("    ram: 3000\n", "    ram: 3000\n    ram: 1\n"), `line 10: a node has the key "ram" twice`},
		{"memory in words", replace("3000", "plenty"), "line 9: ram must be a whole number"},
		{"negative memory", replace("3000", "-1"), "line 9: ram must be a whole number"},
		{"a colon without quotes makes a mapping", replace("'ssh:'", "ssh:"), "line 14: a tag must be a text"},
		{"tags as a text", replace(`["serial:5041", core]`, "core"), "line 3: tags must be a list"},
		{"a link to nowhere", replace("n2: n1", "n2: n7"), `line 21: link "l0" refers to node "n7"`},
		{"a link to no interface", replace("i2: i0", "i2: i9"), `line 21: link "l0" refers to interface "i9"`},
		{"one link id twice", small + "  - {id: l0, n1: n0, i1: i0, n2: n1, i2: i0}\n", `line 22: link id "l0" stands twice`},
		{"one interface id twice", replace("      - id: i0\n", "      - id: i0\n      - id: i0\n"), "line 20: interface id"},
		{"two documents", small + "---\n" + small, "a second document"},
		{"a merge key", replace("  - id: n1\n", "  - <<: {}\n    id: n1\n"), "merge keys are not supported"},
		{"too deep", replace("title: demo", "title: demo, x: "+strings.Repeat("[", 100)+strings.Repeat("]", 100)), "nested more than"},
		{"far too deep", "a: " + strings.Repeat("[", 100_000), "not YAML"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			require.ErrorContains(t, err, c.message)
			require.Equal(t, failure.Invalid, failure.KindOf(err))
			require.Equal(t, CodeInvalid, failure.CodeOf(err))
		})
	}
}

func TestParseRefusesWhatIsTooLarge(t *testing.T) {
	_, err := Parse([]byte(small + strings.Repeat("#", MaxBytes)))
	require.Equal(t, failure.TooLarge, failure.KindOf(err))
}

func TestParseTakesAllSchemaVersions(t *testing.T) {
	for _, version := range []string{"0.0.1", "0.0.2", "0.0.3", "0.0.4", "0.0.5", "0.1.0", "0.2.0", "0.2.1", "0.2.2", "'0.3.0'"} {
		_, err := Parse([]byte(strings.Replace(small, "0.3.0", version, 1)))
		require.NoError(t, err, version)
	}
}

func TestAliasBombIsRefusedSoon(t *testing.T) {
	var b strings.Builder
	b.WriteString("x: &i [")
	for n := range 1_000 {
		fmt.Fprintf(&b, "{id: i%d},", n)
	}
	b.WriteString("]\nlab: {version: 0.3.0}\nlinks: []\nnodes:\n")
	for n := range 1_000 {
		fmt.Fprintf(&b, "- {id: n%d, label: a, node_definition: iosv, interfaces: *i}\n", n)
	}
	_, err := Parse([]byte(b.String()))
	require.ErrorContains(t, err, "repeats too much through aliases")
}

func TestAliasThatContainsItself(t *testing.T) {
	_, err := Parse([]byte("lab: {version: 0.3.0}\nlinks: []\nnodes: &a [*a]\n"))
	require.ErrorContains(t, err, "a node must be a mapping")
}

func TestRealLabsParse(t *testing.T) {
	nodes := map[string]int{
		"vlan-tasks.yaml": 5, "layer2-security.yaml": 7, "remote-access.yaml": 2, "multi-platform.yaml": 14,
		"basic-forwarding.yaml": 11, "300-nodes.yaml": 302,
	}
	for name, text := range sharedTopologies(t) {
		lab, err := Parse(text)
		require.NoError(t, err, name)
		if want, known := nodes[name]; known {
			require.Len(t, lab.Nodes, want, name)
		}
		require.NotEmpty(t, lab.Title, name)
		require.NotZero(t, lab.Links, name)
		require.NoError(t, lab.Requirements(DefaultTable(), 0).Validate(), name)
	}
}

func TestRequirements(t *testing.T) {
	lab, err := Parse([]byte(small))
	require.NoError(t, err)
	require.Equal(t, resource.Requirements{CPUCores: 1, MemoryGB: 4, StorageGB: 30, NestedVirt: true},
		lab.Requirements(DefaultTable(), 0), "1024 + 3000 MiB are a little under 4 GiB")
	require.Equal(t, 3, lab.Requirements(DefaultTable(), 1).CPUCores)
	require.Equal(t, 2, lab.Requirements(DefaultTable(), 2).CPUCores, "rounded up")

	host, err := Parse([]byte("lab: {version: 0.3.0}\nlinks: []\nnodes: [{id: n0, label: a, node_definition: external_connector}]"))
	require.NoError(t, err)
	require.Equal(t, resource.Requirements{CPUCores: 1, MemoryGB: 1, StorageGB: 20, NestedVirt: true}, host.Requirements(DefaultTable(), 8))
}

func TestTableIsOverridden(t *testing.T) {
	table, err := ParseTable([]byte("iosv: {ram: 900}\n'*': {cpus: 3}\nnewthing: {ram: 5, console: none}\n"))
	require.NoError(t, err)
	require.Equal(t, Definition{RAM: 900, CPUs: 1, Console: ConsoleSerial}, table.Lookup("iosv"))
	require.Equal(t, Definition{RAM: 1024, CPUs: 3, Console: ConsoleSerial}, table.Lookup("unheard-of"))
	require.Equal(t, Definition{RAM: 5, CPUs: 3, Console: ConsoleNone}, table.Lookup("newthing"))
	reported := table.With(map[string]Definition{"iosv": {RAM: 1, CPUs: 1, Console: ConsoleSerial}})
	require.Equal(t, 1, reported.Lookup("iosv").RAM)
	require.Equal(t, 900, table.Lookup("iosv").RAM, "the table itself stays")
	for _, broken := range []string{"- iosv", "iosv: {ram: -1}", "iosv: {console: smoke}", "iosv: {cpus: 99999}"} {
		_, err := ParseTable([]byte(broken))
		require.Error(t, err, broken)
	}
}
