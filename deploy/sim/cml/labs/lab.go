package labs

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// Lab is one lab. The lists are in the order of the topology.
type Lab struct {
	slot int

	ID          string         `json:"id"`
	Created     time.Time      `json:"created"`
	Modified    time.Time      `json:"modified"`
	Head        fileLab        `json:"lab"`
	Nodes       []*Node        `json:"nodes"`
	Links       []*Link        `json:"links"`
	Annotations []*annotation  `json:"annotations"`
	Smart       []*smart       `json:"smart_annotations"`
	Events      []labEvent     `json:"events"`
	Groups      []any          `json:"groups,omitempty"`
	Shared      map[string]any `json:"associations,omitempty"`
}

// Node is one node of a lab.
type Node struct {
	ID string `json:"id"`
	// FileID is the id in topology files, e.g. n0.
	FileID     string       `json:"file_id"`
	Spec       nodeSpec     `json:"spec"`
	Interfaces []*Interface `json:"interfaces"`
	Pinned     *string      `json:"pinned_compute_id,omitempty"`
	// Run is nil while the node is new or wiped.
	Run *Run `json:"run,omitempty"`
}

// Run is one start of a node.
type Run struct {
	Started time.Time `json:"started"`
	// Stopped is when the stop began, nil before.
	Stopped *time.Time `json:"stopped,omitempty"`
	// Killed tells that the machine went down under the node: it stopped at once.
	Killed bool `json:"killed,omitempty"`
	// Stuck keeps the node from getting past STARTED.
	Stuck bool `json:"stuck,omitempty"`
}

// Interface is one interface of a node.
type Interface struct {
	ID     string `json:"id"`
	FileID string `json:"file_id"`
	Label  string `json:"label"`
	// Type is physical or loopback; only a physical one has a Slot.
	Type string  `json:"type"`
	Slot *int    `json:"slot"`
	MAC  *string `json:"mac_address"`
}

// Link connects two interfaces.
type Link struct {
	ID     string `json:"id"`
	FileID string `json:"file_id"`
	Label  string `json:"label"`
	// NodeA.InterfaceA is connected with NodeB.InterfaceB.
	NodeA      string         `json:"node_a"`
	NodeB      string         `json:"node_b"`
	InterfaceA string         `json:"interface_a"`
	InterfaceB string         `json:"interface_b"`
	Condition  map[string]any `json:"conditioning,omitempty"`
	// Down is set while the link is stopped by itself.
	Down bool `json:"down,omitempty"`
}

func (l *Lab) node(id string) (*Node, error) {
	for _, n := range l.Nodes {
		if n.ID == id {
			return n, nil
		}
	}
	return nil, wire.NotFound("Node", id)
}

func (l *Lab) link(id string) (*Link, error) {
	for _, link := range l.Links {
		if link.ID == id {
			return link, nil
		}
	}
	return nil, wire.NotFound("Link", id)
}

// port finds an interface and the node that has it.
func (l *Lab) port(id string) (*Node, *Interface, error) {
	for _, n := range l.Nodes {
		for _, i := range n.Interfaces {
			if i.ID == id {
				return n, i, nil
			}
		}
	}
	return nil, nil, wire.NotFound("Interface", id)
}

// connected maps the interfaces that have a link to it.
func (l *Lab) connected() map[string]*Link {
	out := make(map[string]*Link, 2*len(l.Links))
	for _, link := range l.Links {
		out[link.InterfaceA], out[link.InterfaceB] = link, link
	}
	return out
}
