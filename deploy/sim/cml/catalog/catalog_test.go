package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/catalog"
)

func TestPortNames(t *testing.T) {
	cases := []struct {
		definition string
		slot       int
		name       string
	}{
		{"iosv", 1, "GigabitEthernet0/1"},
		{"iosvl2", 5, "GigabitEthernet1/1"},
		{"iol-xe", 3, "Ethernet0/3"},
		{"csr1000v", 0, "GigabitEthernet1"},
		{"nxosv9000", 0, "mgmt0"},
		{"nxosv9000", 1, "Ethernet1/1"},
		{"asav", 2, "GigabitEthernet0/1"},
		{"desktop", 0, "eth0"},
		{"ubuntu", 0, "ens2"},
		{"external_connector", 0, "port"},
		{"not-known", 2, "eth2"},
	}
	c := catalog.New()
	for _, tc := range cases {
		require.Equal(t, tc.name, c.Find(tc.definition).PortName(tc.slot), tc.definition)
	}
}

func TestDefinitionsAreWhole(t *testing.T) {
	c := catalog.New()
	seen := map[string]bool{}
	for _, d := range c.All() {
		require.False(t, seen[d.ID], "%s occurs twice", d.ID)
		seen[d.ID] = true
		require.True(t, c.Known(d.ID))
		require.Positive(t, d.Ports, d.ID)
		require.LessOrEqual(t, d.DefaultPorts, d.Ports, d.ID)
		require.Equal(t, d.Infrastructure(), d.RAM == 0, d.ID)
		require.Equal(t, d.Infrastructure(), d.Consoles() == 0, d.ID)
	}
	require.False(t, c.Known("not-known"))
}
