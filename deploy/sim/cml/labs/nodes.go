package labs

import (
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// lab returns the lab that the path names.
func (s *Set) lab(r *http.Request) (*Lab, error) { return s.find(wire.Param(r, "lab")) }

// node returns the node that the path names, and its lab.
func (s *Set) node(r *http.Request) (*Lab, *Node, error) {
	lab, err := s.lab(r)
	if err != nil {
		return nil, nil, err
	}
	n, err := lab.node(wire.Param(r, "node"))
	return lab, n, err
}

func listNodes(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
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
	out := []any{}
	for _, n := range lab.Nodes {
		if data {
			out = append(out, s.nodeView(lab, n, want))
		} else {
			out = append(out, n.ID)
		}
	}
	return wire.OK(out), nil
}

func getNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	want, err := queryShape(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.nodeView(lab, n, want)), nil
}

func createNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	populate, err := wire.Bool(r, "populate_interfaces")
	if err != nil {
		return wire.Reply{}, err
	}
	var spec nodeSpec
	if _, err := wire.Decode(r, nodeCreateSchema(), &spec); err != nil {
		return wire.Reply{}, err
	}
	n := &Node{ID: wire.NewID(), Spec: spec.filled()}
	n.FileID = freeID("n", func(id string) bool {
		return slices.ContainsFunc(lab.Nodes, func(other *Node) bool { return other.FileID == id })
	})
	if populate {
		s.addPorts(n, s.env.Catalog.Find(spec.Definition).DefaultPorts-1)
	}
	lab.Nodes = append(lab.Nodes, n)
	lab.syncSmart()
	s.note(lab, "ADD", "NODE", n.ID, n.Spec.Label)
	s.touch(lab)
	return wire.OK(map[string]any{"id": n.ID}), nil
}

// fixedAfterStart are the properties that only a wiped node lets change.
func fixedAfterStart() []string {
	return []string{
		"parameters", "image_definition", "ram", "cpus", "cpu_limit", "data_volume", "boot_disk_size", "configuration",
	}
}

func patchNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	var change struct {
		Pinned *string `json:"pinned_compute_id"`
	}
	generic, err := wire.Decode(r, nodeUpdateSchema(), &change)
	if err != nil {
		return wire.Reply{}, err
	}
	sent, _ := generic.(map[string]any)
	for _, key := range fixedAfterStart() {
		if _, ok := sent[key]; ok {
			if err := s.wiped(n); err != nil {
				return wire.Reply{}, err
			}
		}
	}
	if _, ok := sent["parameters"]; ok {
		n.Spec.Parameters = nil // replaced as a whole, not merged
	}
	if err := wire.Convert(sent, &n.Spec); err != nil {
		return wire.Reply{}, err
	}
	if _, ok := sent["pinned_compute_id"]; ok {
		n.Pinned = change.Pinned
	}
	n.Spec = n.Spec.filled()
	lab.syncSmart()
	s.note(lab, "CHANGE", "NODE", n.ID, n.Spec.Label)
	s.touch(lab)
	return wire.OK(n.ID), nil
}

func deleteNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.wiped(n); err != nil {
		return wire.Reply{}, err
	}
	lab.Nodes = slices.DeleteFunc(lab.Nodes, func(other *Node) bool { return other == n })
	lab.Links = slices.DeleteFunc(lab.Links, func(l *Link) bool { return l.NodeA == n.ID || l.NodeB == n.ID })
	lab.syncSmart()
	s.note(lab, "REMOVE", "NODE", n.ID, n.Spec.Label)
	s.touch(lab)
	return wire.NoContent(), nil
}

func getNodeState(s *Set, r *http.Request) (wire.Reply, error) {
	_, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	p := s.phase(n)
	return wire.OK(map[string]any{"state": p.State, "progress": p.progress()}), nil
}

func getNodeConverged(s *Set, r *http.Request) (wire.Reply, error) {
	_, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(!s.phase(n).Busy), nil
}
