package labs

import "time"

// States of elements. Labs, links and interfaces have the first three only.
const (
	stateDefined = "DEFINED_ON_CORE"
	stateStopped = "STOPPED"
	stateStarted = "STARTED"
	stateQueued  = "QUEUED"
	stateBooted  = "BOOTED"
)

// phase is where a node is in its life.
type phase struct {
	State string
	// Busy tells that the state changes without further request.
	Busy bool
}

// up tells whether the node's virtual machine exists.
func (p phase) up() bool { return p.State == stateStarted || p.State == stateBooted }

func (p phase) progress() string {
	switch p.State {
	case stateStarted:
		return "Booting"
	case stateBooted:
		return "Booted"
	}
	return "Not running"
}

// element is the state of the node's interfaces.
func (p phase) element() string {
	switch {
	case p.up():
		return stateStarted
	case p.State == stateStopped:
		return stateStopped
	}
	return stateDefined
}

func (s *Set) phase(n *Node) phase {
	run := n.Run
	if run == nil {
		return phase{State: stateDefined}
	}
	ran := s.env.Clock.Elapsed(run.Started)
	if run.Stopped == nil {
		return s.reached(n, ran)
	}
	stopping := s.env.Clock.Elapsed(*run.Stopped)
	if run.Killed || stopping >= s.env.Settings().Stop {
		return phase{State: stateStopped}
	}
	return phase{State: s.reached(n, ran-stopping).State, Busy: true}
}

// reached is the phase of a node that ran so long.
func (s *Set) reached(n *Node, ran time.Duration) phase {
	queued, booted := s.milestones(n)
	switch {
	case ran < queued:
		return phase{State: stateQueued, Busy: true}
	case n.Run.Stuck || ran < booted:
		return phase{State: stateStarted, Busy: true}
	}
	return phase{State: stateBooted}
}

// milestones are the times after the start at which a node leaves QUEUED and
// STARTED. What runs inside the host has nothing to boot.
func (s *Set) milestones(n *Node) (queued, booted time.Duration) {
	settings := s.env.Settings()
	if s.env.Catalog.Find(n.Spec.Definition).Infrastructure() {
		return settings.Queue, settings.Queue
	}
	return settings.Queue, settings.Queue + settings.Boot
}

// labState is STARTED as soon as one node is, else STOPPED when one was.
func (s *Set) labState(lab *Lab) string {
	state := stateDefined
	for _, n := range lab.Nodes {
		switch s.phase(n).State {
		case stateDefined:
		case stateStopped:
			state = stateStopped
		default:
			return stateStarted
		}
	}
	return state
}

func (s *Set) converged(lab *Lab) bool {
	for _, n := range lab.Nodes {
		if s.phase(n).Busy {
			return false
		}
	}
	return true
}

// linkState follows from the phases of both ends.
func (s *Set) linkState(link *Link, phases map[string]phase) string {
	a, b := phases[link.NodeA].element(), phases[link.NodeB].element()
	switch {
	case a == stateDefined || b == stateDefined:
		return stateDefined
	case a == stateStopped || b == stateStopped || link.Down:
		return stateStopped
	}
	return stateStarted
}

// phases maps the ids of all nodes of a lab to their phases.
func (s *Set) phases(lab *Lab) map[string]phase {
	out := make(map[string]phase, len(lab.Nodes))
	for _, n := range lab.Nodes {
		out[n.ID] = s.phase(n)
	}
	return out
}
