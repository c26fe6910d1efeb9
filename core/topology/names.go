package topology

import (
	"fmt"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// namedTag is a port tag with the name of its port.
type namedTag struct {
	node int // index in Nodes
	tag  int // index in Tags
	port PortTag
	name string
	// repeat says that the node has an earlier tag for the same service: one port serves both.
	repeat bool
}

// PortTemplate lists the ports that the node tags ask for, one per node and service, in the order of the file. A name is
// the node's label, made safe, and the service; labels that look the same once they are safe get a number, so that no
// two nodes share a name. Node id, label and service stand beside it: nothing has to be read back from the name.
func (t *Topology) PortTemplate() resource.PortTemplate {
	var template resource.PortTemplate
	for _, tag := range t.namedTags() {
		if tag.repeat {
			continue
		}
		node := &t.Nodes[tag.node]
		template.Ports = append(template.Ports, resource.PortDefinition{
			Name: tag.name, Protocol: "tcp", Description: fmt.Sprintf("%s on %s", tag.port.Service, node.Label),
			NodeID: node.ID, NodeLabel: node.Label, Service: tag.port.Service,
		})
	}
	return template
}

func (t *Topology) namedTags() []namedTag {
	var named []namedTag
	for n := range t.Nodes {
		seen := map[string]bool{}
		for i, text := range t.Nodes[n].Tags {
			port, ok := ParseTag(text)
			if !ok {
				continue
			}
			named = append(named, namedTag{node: n, tag: i, port: port, repeat: seen[port.Service]})
			seen[port.Service] = true
		}
	}
	safe := t.safeLabels(named)
	for i := range named {
		named[i].name = safe[named[i].node] + "_" + named[i].port.Service
	}
	return named
}

// safeLabels gives each node that has a port tag a safe label of its own.
func (t *Topology) safeLabels(tags []namedTag) map[int]string {
	var nodes []int
	wanted := map[string]bool{}
	for _, tag := range tags {
		if len(nodes) == 0 || nodes[len(nodes)-1] != tag.node {
			nodes = append(nodes, tag.node)
			wanted[SafeLabel(t.Nodes[tag.node].Label)] = true
		}
	}
	labels := make(map[int]string, len(nodes))
	taken := map[string]bool{}
	next := map[string]int{}
	for _, node := range nodes {
		base := SafeLabel(t.Nodes[node].Label)
		label := base
		for taken[label] || label != base && wanted[label] {
			next[base] = max(next[base], 1) + 1
			label = fmt.Sprintf("%s_%d", base, next[base])
		}
		taken[label] = true
		labels[node] = label
	}
	return labels
}

// SafeLabel replaces each character of a label that a port name may not have.
func SafeLabel(label string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, label)
}
