package labs

import (
	"fmt"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func (s *Set) interfaceView(lab *Lab, n *Node, i *Interface, w shape, links map[string]*Link) map[string]any {
	view := map[string]any{
		"lab_id": lab.ID, "label": i.Label, "type": i.Type, "slot": i.Slot, "mac_address": i.MAC,
		"is_connected": links[i.ID] != nil, "state": s.phase(n).element(), "id": i.ID, "node": n.ID,
	}
	running := s.wiring(n, i)
	if w.root() && running != nil {
		for _, key := range []string{"src_udp_port", "dst_udp_port", "device_name"} {
			view[key] = running[key]
		}
	}
	if w.nested() {
		if running == nil {
			running = map[string]any{"mac_address": nil, "src_udp_port": nil, "dst_udp_port": nil, "device_name": nil}
		}
		view["operational"] = running
	}
	return view
}

// wiring are the run-time values of a physical interface of a running node, nil
// for any other.
func (s *Set) wiring(n *Node, i *Interface) map[string]any {
	if !s.phase(n).up() || i.Slot == nil {
		return nil
	}
	id := wire.DerivedID("wiring", i.ID)
	var base int
	_, _ = fmt.Sscanf(id[:4], "%x", &base) // four hex digits always scan
	port := 20000 + base%20000
	return map[string]any{
		"mac_address": i.mac(), "src_udp_port": port, "dst_udp_port": port + 1,
		"device_name": "tap" + id[:8] + "-0",
	}
}

// mac returns the address that the interface has at run time.
func (i *Interface) mac() string {
	if i.MAC != nil {
		return *i.MAC
	}
	id := wire.DerivedID("mac", i.ID)
	return fmt.Sprintf("52:54:00:%s:%s:%s", id[0:2], id[2:4], id[4:6])
}
