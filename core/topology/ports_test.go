package topology

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func TestPortTags(t *testing.T) {
	cases := []struct {
		tag  string
		want PortTag
		ok   bool
	}{
		{"serial:5041", PortTag{"serial", 5041}, true},
		{"https:", PortTag{"https", 0}, true},
		{"port:vnc:77", PortTag{"vnc", 77}, true},
		{"pat:8080:80", PortTag{}, false},
		{"pat:tcp:8080:80", PortTag{}, false},
		{"serial:4001:1", PortTag{}, false},
		{"serial", PortTag{}, false},
		{"serial:x", PortTag{}, false},
		{"serial:-1", PortTag{}, false},
		{"serial:70000", PortTag{}, false},
		{"rdp:3389", PortTag{}, false},
		{"port:", PortTag{}, false},
		{"", PortTag{}, false},
	}
	for _, c := range cases {
		port, ok := ParseTag(c.tag)
		require.Equal(t, c.ok, ok, c.tag)
		require.Equal(t, c.want, port, c.tag)
	}
}

func TestPortTemplate(t *testing.T) {
	lab, err := Parse([]byte(small))
	require.NoError(t, err)
	template := lab.PortTemplate()
	require.NoError(t, template.Validate())
	require.Equal(t, []string{"R_1_serial", "pc_vnc", "pc_ssh", "pc_tcp"}, template.Names())
	require.Equal(t, resource.PortDefinition{
		Name: "R_1_serial", Protocol: "tcp", Description: "serial on R 1", NodeID: "n0", NodeLabel: "R 1", Service: "serial",
	}, template.Ports[0])
}

// labOf writes a lab with one node per label and the given tags on each.
func labOf(labels []string, tags ...string) string {
	var b strings.Builder
	b.WriteString("lab: {version: 0.3.0, title: t}\nlinks: []\nnodes:\n")
	for n, label := range labels {
		fmt.Fprintf(&b, "  - id: n%d\n    label: %q\n    node_definition: iosv\n    tags:\n", n, label)
		for _, tag := range tags {
			fmt.Fprintf(&b, "      - %q\n", tag)
		}
	}
	return b.String()
}

func TestLabelsThatLookTheSameGetNamesOfTheirOwn(t *testing.T) {
	lab, err := Parse([]byte(labOf([]string{"r 1", "r_1", "r_1_2", "r/1"}, "serial:1", "serial:2")))
	require.NoError(t, err)
	require.Equal(t, []string{"r_1_serial", "r_1_3_serial", "r_1_2_serial", "r_1_4_serial"}, lab.PortTemplate().Names(),
		"r_1_2 is the third node's own label; the second tag for a service is no port of its own")
}

func TestPortNamesAreAlwaysUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.SliceOfN(rapid.StringMatching(`[ab_/ ]{1,2}(_[234])?`), 1, 20).Draw(t, "labels")
		lab, err := Parse([]byte(labOf(labels, "serial:1", "vnc:2")))
		require.NoError(t, err)
		template := lab.PortTemplate()
		require.NoError(t, template.Validate())
		require.Len(t, template.Ports, 2*len(labels))
	})
}
