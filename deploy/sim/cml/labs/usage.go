package labs

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
)

// Usage sums up all labs.
func (s *Set) Usage() system.Usage {
	var u system.Usage
	for _, lab := range s.labs {
		for _, n := range lab.Nodes {
			u.Nodes++
			if p := s.phase(n); p.State == stateDefined || p.State == stateStopped {
				continue
			}
			u.Running++
			cpus, memory := s.size(n)
			u.CPUs += cpus
			u.MemoryMiB += memory
			if !s.env.Catalog.Find(n.Spec.Definition).Infrastructure() {
				u.Licensed++
			}
		}
	}
	return u
}

// size is what a running node takes: its own figures, else its definition's.
func (s *Set) size(n *Node) (cpus, memoryMiB int) {
	d := s.env.Catalog.Find(n.Spec.Definition)
	cpus, memoryMiB = d.CPUs, d.RAM
	if n.Spec.CPUs != nil {
		cpus = *n.Spec.CPUs
	}
	if n.Spec.RAM != nil {
		memoryMiB = *n.Spec.RAM
	}
	return cpus, memoryMiB
}

// Activity returns the telemetry of the runs that are not over.
func (s *Set) Activity() []system.Event {
	var events []system.Event
	for _, lab := range s.labs {
		for _, n := range lab.Nodes {
			if active(n) {
				events = append(events, s.runTelemetry(lab, n)...)
			}
		}
	}
	return events
}

func (s *Set) runTelemetry(lab *Lab, n *Node) []system.Event {
	names := map[string]string{stateQueued: "queue_node", stateStarted: "start_node", stateBooted: "boot_node"}
	var events []system.Event
	for _, step := range s.steps(n) {
		events = append(events, s.telemetry(names[step.state], lab, n, step.at))
	}
	return events
}

// telemetry makes an event; n is nil for one of the whole lab.
func (s *Set) telemetry(category string, lab *Lab, n *Node, at time.Time) system.Event {
	data := map[string]any{"lab_id": lab.ID, "user_id": system.AdminID}
	if n != nil {
		data["node_id"], data["node_definition"] = n.ID, n.Spec.Definition
	}
	return system.Event{Category: category, Timestamp: at, Data: data}
}

func (s *Set) recordLab(category string, lab *Lab) {
	s.env.Record(s.telemetry(category, lab, nil, s.env.Clock.Now()))
}

// step is a state that a run has reached.
type step struct {
	state string
	at    time.Time
}

// steps lists the states that the present run has reached, with the times at the
// present rate of the clock.
func (s *Set) steps(n *Node) []step {
	run := n.Run
	if run == nil {
		return nil
	}
	ran := s.env.Clock.Elapsed(run.Started)
	queued, booted := s.milestones(n)
	steps := []step{{stateQueued, run.Started}}
	if ran >= queued {
		steps = append(steps, step{stateStarted, s.after(run, queued)})
	}
	if ran >= booted && !run.Stuck {
		steps = append(steps, step{stateBooted, s.after(run, booted)})
	}
	return steps
}

// after is the time at which a run had lasted d of simulated work.
func (s *Set) after(run *Run, d time.Duration) time.Time {
	rate := s.env.Clock.Rate()
	if rate <= 0 {
		return run.Started
	}
	return run.Started.Add(time.Duration(float64(d) / rate))
}
