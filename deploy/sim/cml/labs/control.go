package labs

import "github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"

// State is what the state dump shows of a lab.
type State struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	State string      `json:"state"`
	Nodes []NodeState `json:"nodes"`
	Ports []HeldPort  `json:"ports"`
}

// NodeState is what the state dump shows of a node.
type NodeState struct {
	ID    string   `json:"id"`
	Label string   `json:"label"`
	State string   `json:"state"`
	Tags  []string `json:"tags"`
	Stuck bool     `json:"stuck,omitempty"`
}

// States returns all labs in the order of their creation.
func (s *Set) States() []State {
	out := []State{}
	for _, lab := range s.labs {
		state := State{ID: lab.ID, Title: lab.Head.Title, State: s.labState(lab), Nodes: []NodeState{}, Ports: heldPorts(lab)}
		for _, n := range lab.Nodes {
			state.Nodes = append(state.Nodes, NodeState{
				ID: n.ID, Label: n.Spec.Label, State: s.phase(n).State, Tags: n.Spec.Tags, Stuck: n.Run != nil && n.Run.Stuck,
			})
		}
		out = append(out, state)
	}
	return out
}

// Occupied returns the ports that processes other than labs use, unordered.
func (s *Set) Occupied() []int {
	out := []int{}
	for port := range s.occupied {
		out = append(out, port)
	}
	return out
}

// DeleteByHand removes a lab whatever its state is, as a person at the machine does.
func (s *Set) DeleteByHand(id string) error {
	lab, err := s.find(id)
	if err != nil {
		return err
	}
	s.remove(lab)
	return nil
}

// Stick keeps a started node, named by id or label, from booting, or lets it go.
func (s *Set) Stick(labID, node string, on bool) error {
	lab, err := s.find(labID)
	if err != nil {
		return err
	}
	for _, n := range lab.Nodes {
		if n.ID != node && n.Spec.Label != node {
			continue
		}
		if n.Run == nil {
			return wire.BadRequest("Node %s was not started.", node)
		}
		n.Run.Stuck = on
		s.save(lab)
		return nil
	}
	return wire.NotFound("Node", node)
}
