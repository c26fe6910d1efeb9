package instance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func TestWhichDevicesTheCandidateSees(t *testing.T) {
	cases := []struct {
		reason string
		change func(d *readmodel.Definition)
		want   map[string]string
	}{
		{"a package without content.xml hides nothing", func(*readmodel.Definition) {}, map[string]string{"r1": "vnc", "pc 1": "vnc"}},
		{"one with it shows what it names", func(d *readmodel.Definition) {
			d.FilterDevices, d.UserVisibleDevices = true, []readmodel.VisibleDevice{{DeviceLabel: "pc 1"}, {DeviceLabel: "not there"}}
		}, map[string]string{"pc 1": "vnc"}},
		{"one that names none shows none", func(d *readmodel.Definition) { d.FilterDevices = true }, map[string]string{}},
		{"a preference wins over the ranking", func(d *readmodel.Definition) {
			d.LDSPortPreferences = map[string]string{"r1": "serial"}
		}, map[string]string{"r1": "serial", "pc 1": "vnc"}},
		{"and may name the port", func(d *readmodel.Definition) {
			d.LDSPortPreferences = map[string]string{"r1": "r1_serial"}
		}, map[string]string{"r1": "serial", "pc 1": "vnc"}},
		{"a preference that the node does not have is passed over", func(d *readmodel.Definition) {
			d.LDSPortPreferences = map[string]string{"r1": "ssh"}
		}, map[string]string{"r1": "vnc", "pc 1": "vnc"}},
		{"ports written by hand are read by their names", func(d *readmodel.Definition) {
			d.PortTemplate.Ports = []resource.PortDefinition{{Name: "r1_serial", Protocol: "tcp"}, {Name: "management", Protocol: "tcp"}}
		}, map[string]string{"r1": "serial"}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := newWorld(t)
			c.change(&w.definition)
			run := &work{Reconciler: w.reconciler(), instance: w.instance, worker: w.worker, definition: w.definition}
			got := map[string]string{}
			for _, device := range run.devices() {
				require.NotContains(t, got, device.Label, "LDS takes a label once")
				got[device.Label] = device.Protocol
			}
			require.Equal(t, c.want, got)
		})
	}
}
