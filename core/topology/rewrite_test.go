package topology

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// numbersFor gives each port of a lab a number.
func numbersFor(t testing.TB, text []byte) map[string]int {
	t.Helper()
	lab, err := Parse(text)
	require.NoError(t, err)
	numbers := map[string]int{}
	for i, name := range lab.PortTemplate().Names() {
		numbers[name] = 30000 + i
	}
	return numbers
}

// requireNumbers reads the numbers back from the tags.
func requireNumbers(t testing.TB, text []byte, numbers map[string]int) {
	t.Helper()
	lab, err := Parse(text)
	require.NoError(t, err)
	found := map[string]int{}
	for _, tag := range lab.namedTags() {
		require.False(t, tag.repeat, "one forward per service")
		found[tag.name] = tag.port.Number
	}
	require.Equal(t, numbers, found)
}

func TestRewriteChangesTheTagsAndNothingElse(t *testing.T) {
	numbers := map[string]int{"R_1_serial": 2000, "pc_vnc": 2001, "pc_ssh": 2002, "pc_tcp": 2003}
	result, err := RewritePorts([]byte(small), numbers)
	require.NoError(t, err)
	want := strings.NewReplacer(`"serial:5041"`, `"serial:2000"`, "vnc:5042", "vnc:2001", "'ssh:'", "'ssh:2002'", `"port:tcp:77"`, `"tcp:2003"`).Replace(small)
	require.Equal(t, want, string(result))
	requireNumbers(t, result, numbers)
	again, err := RewritePorts(result, numbers)
	require.NoError(t, err)
	require.Equal(t, want, string(again), "rewriting again changes nothing")
}

func TestRewriteHandlesEveryWayToWriteATag(t *testing.T) {
	const head = "lab: {version: 0.3.0, title: ü}\nlinks: []\nnodes:\n  - id: n0\n    label: a\n    node_definition: iosv\n"
	cases := []struct{ reason, before, after string }{
		{"block", "    tags:\n    - serial:1\n", "    tags:\n    - serial:9000\n"},
		{"block, deeper, with comment", "    tags: # x\n        -   serial:1   # y\n", "    tags: # x\n        -   serial:9000   # y\n"},
		{"flow", "    tags: [ serial:1 , b]\n", "    tags: [ serial:9000 , b]\n"},
		{"flow over several lines", "    tags: [\n      a,\n      serial:1\n    ]\n", "    tags: [\n      a,\n      serial:9000\n    ]\n"},
		{"after a multi-line plain tag", "    tags: [one\n      two, serial:1]\n", "    tags: [one\n      two, serial:9000]\n"},
		{"double quotes with an escape", `    tags: ["\x73erial:1", "a\"b"]` + "\n", `    tags: ["serial:9000", "a\"b"]` + "\n"},
		{"single quotes", "    tags: ['it''s', 'serial:1']\n", "    tags: ['it''s', 'serial:9000']\n"},
		{"characters of several bytes before it", "    tags: ['ü→𝄞', serial:1]\n", "    tags: ['ü→𝄞', serial:9000]\n"},
		{"a block scalar", "    tags:\n    - |-\n      serial:1\n    - b\n", "    tags:\n    - serial:9000\n    - b\n"},
		{"an explicit type", "    tags: [!!str serial:1]\n", "    tags: [!!str serial:9000]\n"},
		{"an anchor that nobody uses", "    tags: [&a serial:1]\n", "    tags: [&a serial:9000]\n"},
		{"a second tag for the service", "    tags:\n    - serial:1\n    - serial:2\n    - b\n", "    tags:\n    - serial:9000\n    - b\n"},
		{"the same in a flow", "    tags: [serial:1, 'serial:', serial:7, b]\n", "    tags: [serial:9000, b]\n"},
		{"a tag that only looks like one", "    tags: [serial:1, serial:1:1, pat:1:1]\n", "    tags: [serial:9000, serial:1:1, pat:1:1]\n"},
	}
	for _, c := range cases {
		for end, name := range map[string]string{"\n": "LF", "\r\n": "CRLF"} {
			for _, prefix := range []string{"", "\uFEFF", "# \u2028# a line end that few know\n"} {
				t.Run(c.reason+" "+name, func(t *testing.T) {
					write := func(tags string) string { return strings.ReplaceAll(prefix+head+tags+"    x: 1\n", "\n", end) }
					result, err := RewritePorts([]byte(write(c.before)), map[string]int{"a_serial": 9000})
					require.NoError(t, err)
					require.Equal(t, write(c.after), string(result))
				})
			}
		}
	}
}

func TestRewriteRefuses(t *testing.T) {
	all := map[string]int{"R_1_serial": 2000, "pc_vnc": 2001, "pc_ssh": 2002, "pc_tcp": 2003}
	change := func(name string, number int) map[string]int {
		changed := maps.Clone(all)
		if number == 0 {
			delete(changed, name)
		} else {
			changed[name] = number
		}
		return changed
	}
	shared := "lab: {version: 0.3.0}\nlinks: []\nnodes:\n- {id: n0, label: a, node_definition: x, tags: &t ['serial:']}\n" +
		"- {id: n1, label: b, node_definition: x, tags: *t}\n"
	cases := []struct {
		reason string
		text   string
		ports  map[string]int
		code   string
	}{
		{"a placeholder would stay", small, change("pc_vnc", 0), "port_not_allocated"},
		{"two forwards on one port", small, change("pc_vnc", 2000), "port_invalid"},
		{"no such port number", small, change("pc_vnc", 65536), "port_invalid"},
		{"two nodes share their tags", shared, map[string]int{"a_serial": 1, "b_serial": 2}, CodeInvalid},
		{"the result would not read as meant", strings.Replace(small, `"serial:5041"`, "!odd serial:5041", 1), all, CodeInvalid},
		{"no lab", "x", all, CodeInvalid},
	}
	for _, c := range cases {
		_, err := RewritePorts([]byte(c.text), c.ports)
		require.Equal(t, c.code, failure.CodeOf(err), c.reason)
	}
	_, err := RewritePorts([]byte(small), change("manual", 7))
	require.NoError(t, err, "a port that has no tag is none of the file's business")
}

func TestAddPortTags(t *testing.T) {
	const head = "lab: {version: 0.3.0, title: ü}\nlinks: []\nnodes:\n"
	cases := []struct{ reason, before, after string }{
		{"empty list", "- id: n0\n  label: a\n  node_definition: iosv\n  tags: []\n", "- id: n0\n  label: a\n  node_definition: iosv\n  tags: [\"serial:2000\"]\n"},
		{"flow list", "- {tags: [ x], id: n0, label: a, node_definition: iosv}\n", "- {tags: [\"serial:2000\",  x], id: n0, label: a, node_definition: iosv}\n"},
		{"block list", "- id: n0\n  label: a\n  node_definition: desktop\n  tags:\n   - x\n", "- id: n0\n  label: a\n  node_definition: desktop\n  tags:\n   - vnc:2000\n   - x\n"},
		{"no key in a block", "- id: n0\n  label: a\n  node_definition: iosv\n", "- tags: [\"serial:2000\"]\n  id: n0\n  label: a\n  node_definition: iosv\n"},
		{"no key in a flow", "- {id: n0, label: ü, node_definition: iosv}\n", "- {tags: [\"serial:2000\"], id: n0, label: ü, node_definition: iosv}\n"},
		{"null", "- {id: n0, label: a, node_definition: iosv, tags: null}\n", "- {id: n0, label: a, node_definition: iosv, tags: [\"serial:2000\"]}\n"},
		{"left out", "- id: n0\n  tags:\n  label: a\n  node_definition: iosv\n", "- id: n0\n  tags: [\"serial:2000\"]\n  label: a\n  node_definition: iosv\n"},
		{"left out, quoted key", "- id: n0\n  'tags' :   # none\n  label: a\n  node_definition: iosv\n", "- id: n0\n  'tags' : [\"serial:2000\"]   # none\n  label: a\n  node_definition: iosv\n"},
		{
			"only nodes with a console",
			"- {id: n0, label: a, node_definition: unmanaged_switch}\n- {id: n1, label: b, node_definition: ubuntu, tags: []}\n- {id: n2, label: c, node_definition: what, tags: []}\n",
			"- {id: n0, label: a, node_definition: unmanaged_switch}\n- {id: n1, label: b, node_definition: ubuntu, tags: [\"vnc:2000\"]}\n- {id: n2, label: c, node_definition: what, tags: [\"serial:2001\"]}\n",
		},
	}
	for _, c := range cases {
		for _, end := range []string{"\n", "\r\n"} {
			t.Run(c.reason, func(t *testing.T) {
				result, err := AddPortTags([]byte(strings.ReplaceAll(head+c.before, "\n", end)), DefaultTable())
				require.NoError(t, err)
				require.Equal(t, strings.ReplaceAll(head+c.after, "\n", end), string(result))
			})
		}
	}
	same, err := AddPortTags([]byte(small), DefaultTable())
	require.NoError(t, err)
	require.Equal(t, small, string(same), "whoever wrote port tags knows best")
	_, err = AddPortTags([]byte(head+"- {id: n0, label: a, node_definition: iosv, tags: &t []}\n- {id: n1, label: b, node_definition: unmanaged_switch, tags: *t}\n"), DefaultTable())
	require.ErrorContains(t, err, "line 4: this stands in several places")
}

func TestSetTitle(t *testing.T) {
	const tail = "\nlinks: []\nnodes: [{id: n0, label: a, node_definition: iosv}]\n"
	cases := []struct{ reason, before, after string }{
		{"plain", "lab:\n  title: old  # c\n  version: 0.3.0", "lab:\n  title: \"a: ü\"  # c\n  version: 0.3.0"},
		{"plain over two lines", "lab:\n  title: old and\n    older\n  version: 0.3.0", "lab:\n  title: \"a: ü\"\n  version: 0.3.0"},
		{"quoted over two lines", "lab:\n  title: 'old and\n    older'\n  version: 0.3.0", "lab:\n  title: \"a: ü\"\n  version: 0.3.0"},
		{"block scalar", "lab:\n  title: >-\n    old and\n    older\n  version: 0.3.0", "lab:\n  title: \"a: ü\"\n  version: 0.3.0"},
		{"missing", "lab:\n  version: 0.3.0", "lab:\n  title: \"a: ü\"\n  version: 0.3.0"},
		{"null", "lab: {title: ~, version: 0.3.0}", "lab: {title: \"a: ü\", version: 0.3.0}"},
		{"left out", "lab:\n  title:\n  version: 0.3.0", "lab:\n  title: \"a: ü\"\n  version: 0.3.0"},
		{"empty", "lab: {title: '', version: 0.3.0}", "lab: {title: \"a: ü\", version: 0.3.0}"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			result, err := SetTitle([]byte(c.before+tail), "a: ü")
			require.NoError(t, err)
			require.Equal(t, c.after+tail, string(result))
		})
	}
	for _, title := range []string{"", strings.Repeat("x", 65), "\xff"} {
		_, err := SetTitle([]byte(small), title)
		require.Equal(t, "title_invalid", failure.CodeOf(err))
	}
	result, err := SetTitle([]byte(small), "tab\t\"quote\" \\ \u2028 \x01")
	require.NoError(t, err)
	lab, err := Parse(result)
	require.NoError(t, err)
	require.Equal(t, "tab\t\"quote\" \\ \u2028 \x01", lab.Title)
}

func TestRealLabsSurviveTheRoundTrip(t *testing.T) {
	for name, text := range sharedTopologies(t) {
		t.Run(name, func(t *testing.T) {
			tagged, err := AddPortTags(text, DefaultTable())
			require.NoError(t, err)
			numbers := numbersFor(t, tagged)
			require.NotEmpty(t, numbers)
			result, err := RewritePorts(tagged, numbers)
			require.NoError(t, err)
			requireNumbers(t, result, numbers)
			requireOnlyTagsDiffer(t, text, result, numbers)
		})
	}
}

// requireOnlyTagsDiffer takes the tags out again, as text, and finds the file that it began with.
func requireOnlyTagsDiffer(t *testing.T, before, after []byte, numbers map[string]int) {
	t.Helper()
	text := string(after)
	for _, number := range slices.Sorted(maps.Values(numbers)) {
		for _, service := range []string{"serial", "vnc"} {
			tag := fmt.Sprintf("%s:%d", service, number)
			text = strings.Replace(text, `["`+tag+`"]`, "[]", 1)
			text = strings.Replace(text, "- "+tag+"\n      ", "", 1)
		}
	}
	require.Equal(t, string(before), text)
}
