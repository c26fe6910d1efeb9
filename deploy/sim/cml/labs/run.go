package labs

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// active tells whether a node was started and not told to stop since.
func active(n *Node) bool { return n.Run != nil && n.Run.Stopped == nil }

// startNodes starts those nodes that are not active, all or, when the machine
// cannot run them, none.
func (s *Set) startNodes(lab *Lab, nodes []*Node) error {
	nodes = slices.DeleteFunc(slices.Clone(nodes), active)
	if err := s.canStart(lab, nodes); err != nil {
		return err
	}
	now, stuck := s.env.Clock.Now(), s.env.Settings().Stuck
	for _, n := range nodes {
		n.Run = &Run{Started: now, Stuck: slices.Contains(stuck, n.Spec.Label)}
	}
	s.save(lab)
	return nil
}

func (s *Set) canStart(lab *Lab, nodes []*Node) error {
	if !s.env.Ready() {
		return wire.BadRequest("Cannot start: no compute host is ready.")
	}
	wanted := 0
	for _, n := range nodes {
		if !s.env.Catalog.Find(n.Spec.Definition).Infrastructure() {
			wanted++
		}
	}
	running, limit := s.Usage().Licensed, s.env.NodeLimit()
	if running+wanted > limit {
		return wire.BadRequest("Cannot start: %d nodes would run, the license allows %d.", running+wanted, limit)
	}
	if s.env.Settings().Ports == PortsRefuse {
		if taken := s.portConflicts(lab); len(taken) > 0 {
			return wire.BadRequest("Cannot start: %s", taken[0])
		}
	}
	return nil
}

func (s *Set) stopNodes(lab *Lab, nodes []*Node) {
	now := s.env.Clock.Now()
	for _, n := range nodes {
		if active(n) {
			s.endRun(lab, n, now)
		}
	}
	s.save(lab)
}

// endRun keeps what happened in the run before it is over.
func (s *Set) endRun(lab *Lab, n *Node, now time.Time) {
	s.env.Record(s.runTelemetry(lab, n)...)
	s.env.Record(s.telemetry("stop_node", lab, n, now))
	s.keepEvents(lab, s.runEvents(lab, n)...)
	s.keepEvents(lab, stateEvent(lab, n, s.phase(n).State, stateStopped, now))
	n.Run.Stopped = &now
}

// wipeNodes takes stopped nodes back to their beginning.
func (s *Set) wipeNodes(lab *Lab, nodes []*Node) error {
	for _, n := range nodes {
		if p := s.phase(n); p.State != stateDefined && p.State != stateStopped {
			return wire.BadRequest("Node %s is not stopped: its state is %s.", n.ID, p.State)
		}
	}
	now := s.env.Clock.Now()
	for _, n := range nodes {
		if n.Run != nil {
			n.Run = nil
			s.env.Record(s.telemetry("wipe_node", lab, n, now))
			s.keepEvents(lab, stateEvent(lab, n, stateStopped, stateDefined, now))
		}
	}
	s.save(lab)
	return nil
}

// wiped reports why an element cannot be deleted or rebuilt.
func (s *Set) wiped(nodes ...*Node) error {
	for _, n := range nodes {
		if p := s.phase(n); p.State != stateDefined {
			return wire.BadRequest("Node %s must be stopped and wiped first: its state is %s.", n.ID, p.State)
		}
	}
	return nil
}

// PowerLoss stops at once every node that was started before, as when the machine
// went down and came up again at that time.
func (s *Set) PowerLoss(at time.Time) {
	for _, lab := range s.labs {
		for _, n := range lab.Nodes {
			if active(n) && n.Run.Started.Before(at) {
				n.Run.Stopped, n.Run.Killed = &at, true
				s.keepEvents(lab, stateEvent(lab, n, stateStarted, stateStopped, at))
				s.save(lab)
			}
		}
	}
}
