package labs

import (
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func (s *Set) link(r *http.Request) (*Lab, *Link, error) {
	lab, err := s.lab(r)
	if err != nil {
		return nil, nil, err
	}
	link, err := lab.link(wire.Param(r, "link"))
	return lab, link, err
}

func (s *Set) linkView(lab *Lab, l *Link, phases map[string]phase) map[string]any {
	view := map[string]any{
		"lab_id": lab.ID, "label": l.Label, "state": s.linkState(l, phases), "id": l.ID, "interface_a": l.InterfaceA,
		"interface_b": l.InterfaceB, "node_a": l.NodeA, "node_b": l.NodeB, "link_capture_key": "",
	}
	if view["state"] == stateStarted {
		view["link_capture_key"] = wire.DerivedID("capture", l.ID)
	}
	return view
}

func createLink(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	rule := schema.Object{
		Fields:   map[string]schema.Rule{"src_int": schema.Match(wire.UUID4), "dst_int": schema.Match(wire.UUID4)},
		Required: []string{"src_int", "dst_int"},
	}
	var in struct {
		From string `json:"src_int"`
		To   string `json:"dst_int"`
	}
	if _, err := wire.Decode(r, rule, &in); err != nil {
		return wire.Reply{}, err
	}
	link, err := lab.connect(in.From, in.To)
	if err != nil {
		return wire.Reply{}, err
	}
	s.note(lab, "ADD", "LINK", link.ID, link.Label)
	s.touch(lab)
	return wire.OK(map[string]any{"id": link.ID}), nil
}

func (l *Lab) connect(from, to string) (*Link, error) {
	a, ia, err := l.port(from)
	if err != nil {
		return nil, err
	}
	b, ib, err := l.port(to)
	if err != nil {
		return nil, err
	}
	links := l.connected()
	switch {
	case ia == ib:
		return nil, wire.BadRequest("An interface cannot be linked with itself.")
	case links[ia.ID] != nil || links[ib.ID] != nil:
		return nil, wire.BadRequest("An interface can have one link only.")
	case ia.Type == "loopback" || ib.Type == "loopback":
		return nil, wire.BadRequest("A loopback interface cannot be linked.")
	}
	link := &Link{
		ID: wire.NewID(), Label: linkLabel(a, ia, b, ib), NodeA: a.ID, NodeB: b.ID, InterfaceA: ia.ID, InterfaceB: ib.ID,
	}
	link.FileID = freeID("l", func(id string) bool {
		return slices.ContainsFunc(l.Links, func(other *Link) bool { return other.FileID == id })
	})
	l.Links = append(l.Links, link)
	return link, nil
}

func listLinks(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	data, err := wire.Bool(r, "data")
	if err != nil {
		return wire.Reply{}, err
	}
	phases := s.phases(lab)
	out := []any{}
	for _, link := range lab.Links {
		if data {
			out = append(out, s.linkView(lab, link, phases))
		} else {
			out = append(out, link.ID)
		}
	}
	return wire.OK(out), nil
}

func getLink(s *Set, r *http.Request) (wire.Reply, error) {
	lab, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.linkView(lab, link, s.phases(lab))), nil
}

func deleteLink(s *Set, r *http.Request) (wire.Reply, error) {
	lab, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	lab.Links = slices.DeleteFunc(lab.Links, func(other *Link) bool { return other == link })
	s.note(lab, "REMOVE", "LINK", link.ID, link.Label)
	s.touch(lab)
	return wire.NoContent(), nil
}

func startLink(s *Set, r *http.Request) (wire.Reply, error) { return s.switchLink(r, false) }

func stopLink(s *Set, r *http.Request) (wire.Reply, error) { return s.switchLink(r, true) }

func (s *Set) switchLink(r *http.Request, down bool) (wire.Reply, error) {
	lab, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	link.Down = down
	s.save(lab)
	return wire.NoContent(), nil
}

func getLinkConverged(s *Set, r *http.Request) (wire.Reply, error) {
	lab, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	phases := s.phases(lab)
	a, b := phases[link.NodeA], phases[link.NodeB]
	return wire.OK(a.State != stateQueued && b.State != stateQueued), nil
}
