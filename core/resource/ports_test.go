package resource

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPortTemplate(t *testing.T) {
	good := PortTemplate{Ports: []PortDefinition{{Name: "a", Protocol: "tcp"}, {Name: "b", Protocol: "udp"}}}
	require.NoError(t, good.Validate())
	require.Equal(t, []string{"a", "b"}, good.Names())
	require.NoError(t, PortTemplate{}.Validate())
	cases := map[string]PortTemplate{
		"needs a name":        {Ports: []PortDefinition{{Protocol: "tcp"}}},
		"stands twice":        {Ports: []PortDefinition{{Name: "a", Protocol: "tcp"}, {Name: "a", Protocol: "udp"}}},
		"neither tcp nor udp": {Ports: []PortDefinition{{Name: "a", Protocol: "icmp"}}},
	}
	for says, template := range cases {
		require.ErrorContains(t, template.Validate(), says)
	}
}

func TestPortRange(t *testing.T) {
	require.Equal(t, 8000, DefaultPortRange().Size())
	require.Equal(t, 1, PortRange{Min: 5, Max: 5}.Size())
	require.Equal(t, PortRange{Min: 2500, Max: 7999}, PortRange{Min: 2000, Max: 7999}.Intersect(PortRange{Min: 2500, Max: 9000}))
	require.Equal(t, DefaultPortRange(), PortRange{}.Intersect(DefaultPortRange()))
	require.Equal(t, DefaultPortRange(), DefaultPortRange().Intersect(PortRange{}))
	apart := PortRange{Min: 2000, Max: 2999}.Intersect(PortRange{Min: 4000, Max: 4999})
	require.Zero(t, apart.Size(), "ranges that do not meet leave no port")
}
