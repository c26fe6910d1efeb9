package labs

import (
	"net/http"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// maxEvents is how many events of a lab are kept.
const maxEvents = 2000

// labEvent is LabEventResponse of the interface.
type labEvent struct {
	LabID       string         `json:"lab_id"`
	Event       string         `json:"event"`
	ElementType string         `json:"element_type"`
	ElementID   string         `json:"element_id"`
	Data        map[string]any `json:"data"`
	Previous    map[string]any `json:"previous"`
	Timestamp   time.Time      `json:"timestamp"`
}

func (s *Set) keepEvents(lab *Lab, events ...labEvent) {
	lab.Events = append(lab.Events, events...)
	if over := len(lab.Events) - maxEvents; over > 0 {
		lab.Events = slices.Delete(lab.Events, 0, over)
	}
}

// note keeps that an element was added, changed or removed.
func (s *Set) note(lab *Lab, event, kind, id, label string) {
	s.keepEvents(lab, labEvent{
		LabID: lab.ID, Event: event, ElementType: kind, ElementID: id,
		Data: map[string]any{"label": label}, Previous: map[string]any{}, Timestamp: s.env.Clock.Now(),
	})
}

func stateEvent(lab *Lab, n *Node, from, to string, at time.Time) labEvent {
	return labEvent{
		LabID: lab.ID, Event: "STATE_CHANGED", ElementType: "NODE", ElementID: n.ID,
		Data: map[string]any{"state": to}, Previous: map[string]any{"state": from}, Timestamp: at,
	}
}

// noteState keeps that the state of the whole lab was changed by request.
func (s *Set) noteState(lab *Lab, from string) {
	s.keepEvents(lab, labEvent{
		LabID: lab.ID, Event: "STATE_CHANGED", ElementType: "LAB", ElementID: lab.ID,
		Data:     map[string]any{"state": s.labState(lab)},
		Previous: map[string]any{"state": from}, Timestamp: s.env.Clock.Now(),
	})
}

// runEvents are the state changes of a node's present run.
func (s *Set) runEvents(lab *Lab, n *Node) []labEvent {
	var events []labEvent
	from := stateDefined
	for _, step := range s.steps(n) {
		events = append(events, stateEvent(lab, n, from, step.state, step.at))
		from = step.state
	}
	return events
}

func getEvents(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	events := append([]labEvent{}, lab.Events...)
	for _, n := range lab.Nodes {
		if active(n) {
			events = append(events, s.runEvents(lab, n)...)
		}
	}
	slices.SortStableFunc(events, func(a, b labEvent) int { return a.Timestamp.Compare(b.Timestamp) })
	return wire.OK(events), nil
}
