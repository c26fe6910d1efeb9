package labs

import (
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func (s *Set) port(r *http.Request) (*Lab, *Node, *Interface, error) {
	lab, err := s.lab(r)
	if err != nil {
		return nil, nil, nil, err
	}
	n, i, err := lab.port(wire.Param(r, "interface"))
	return lab, n, i, err
}

// addPorts adds the physical interfaces up to a slot that the node lacks and
// returns them.
func (s *Set) addPorts(n *Node, upTo int) []*Interface {
	d := s.env.Catalog.Find(n.Spec.Definition)
	added := []*Interface{}
	for slot := 0; slot <= upTo; slot++ {
		if slices.ContainsFunc(n.Interfaces, func(i *Interface) bool { return i.Slot != nil && *i.Slot == slot }) {
			continue
		}
		i := &Interface{ID: wire.NewID(), Label: d.PortName(slot), Type: "physical", Slot: &slot}
		i.FileID = freeID("i", func(id string) bool {
			return slices.ContainsFunc(n.Interfaces, func(other *Interface) bool { return other.FileID == id })
		})
		n.Interfaces = append(n.Interfaces, i)
		added = append(added, i)
	}
	return added
}

// createInterface answers an object for the next free slot, or with a slot given
// a list of all interfaces that were made to get there.
func createInterface(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	rule := schema.Object{
		Fields:   map[string]schema.Rule{"node": schema.Match(wire.UUID4), "slot": schema.Whole(0, 128), "mac_address": macRule()},
		Required: []string{"node"},
	}
	var in struct {
		Node string  `json:"node"`
		Slot *int    `json:"slot"`
		MAC  *string `json:"mac_address"`
	}
	if _, err := wire.Decode(r, rule, &in); err != nil {
		return wire.Reply{}, err
	}
	n, err := lab.node(in.Node)
	if err != nil {
		return wire.Reply{}, err
	}
	added, err := s.plug(n, in.Slot)
	if err != nil {
		return wire.Reply{}, err
	}
	added[len(added)-1].MAC = in.MAC
	views := []map[string]any{}
	for _, i := range added {
		s.note(lab, "ADD", "INTERFACE", i.ID, i.Label)
		views = append(views, s.interfaceView(lab, n, i, shape{}, nil))
	}
	s.touch(lab)
	if in.Slot == nil {
		return wire.OK(views[0]), nil
	}
	return wire.OK(views), nil
}

// plug adds the interface of a slot, nil for the first free one.
func (s *Set) plug(n *Node, slot *int) ([]*Interface, error) {
	if err := s.wiped(n); err != nil {
		return nil, err
	}
	upTo := 0
	if slot != nil {
		upTo = *slot
	} else {
		for slices.ContainsFunc(n.Interfaces, func(i *Interface) bool { return i.Slot != nil && *i.Slot == upTo }) {
			upTo++
		}
	}
	if limit := s.env.Catalog.Find(n.Spec.Definition).Ports; upTo >= limit {
		return nil, wire.BadRequest("Node %s has at most %d interfaces.", n.ID, limit)
	}
	added := s.addPorts(n, upTo)
	if len(added) == 0 {
		return nil, wire.BadRequest("Node %s has an interface in slot %d.", n.ID, upTo)
	}
	return added, nil
}

func getInterface(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, i, err := s.port(r)
	if err != nil {
		return wire.Reply{}, err
	}
	want, err := queryShape(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.interfaceView(lab, n, i, want, lab.connected())), nil
}

func patchInterface(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, i, err := s.port(r)
	if err != nil {
		return wire.Reply{}, err
	}
	change := struct {
		MAC *string `json:"mac_address"`
	}{i.MAC}
	rule := schema.Object{Fields: map[string]schema.Rule{"mac_address": macRule()}}
	if _, err := wire.Decode(r, rule, &change); err != nil {
		return wire.Reply{}, err
	}
	i.MAC = change.MAC
	s.note(lab, "CHANGE", "INTERFACE", i.ID, i.Label)
	s.touch(lab)
	return wire.OK(s.interfaceView(lab, n, i, shape{}, lab.connected())), nil
}

func deleteInterface(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, i, err := s.port(r)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.wiped(n); err != nil {
		return wire.Reply{}, err
	}
	n.Interfaces = slices.DeleteFunc(n.Interfaces, func(other *Interface) bool { return other == i })
	lab.Links = slices.DeleteFunc(lab.Links, func(l *Link) bool { return l.InterfaceA == i.ID || l.InterfaceB == i.ID })
	s.note(lab, "REMOVE", "INTERFACE", i.ID, i.Label)
	s.touch(lab)
	return wire.NoContent(), nil
}

func getInterfaceState(s *Set, r *http.Request) (wire.Reply, error) {
	_, n, i, err := s.port(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(map[string]any{"label": i.Label, "state": s.phase(n).element()}), nil
}

func listInterfaces(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	data, err := wire.Bool(r, "data")
	if err != nil {
		return wire.Reply{}, err
	}
	want, err := queryShape(r)
	if err != nil {
		return wire.Reply{}, err
	}
	links := lab.connected()
	out := []any{}
	for _, i := range n.Interfaces {
		if data {
			out = append(out, s.interfaceView(lab, n, i, want, links))
		} else {
			out = append(out, i.ID)
		}
	}
	return wire.OK(out), nil
}
