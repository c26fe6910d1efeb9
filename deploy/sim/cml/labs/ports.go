package labs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// portTag matches the tags that forward a port of the machine: serial:<port> with
// or without line, vnc:<port> and other protocol:<port>, pat:[tcp|udp:]<port>:<inner>.
var portTag = regexp.MustCompile(`^(?:pat:(?:tcp:|udp:)?(\d+):\d+|serial:(\d+):\d+|[a-zA-Z][a-zA-Z0-9_-]*:(\d+))$`)

// tagPort returns the port of the machine that a tag takes.
func tagPort(tag string) (int, bool) {
	m := portTag.FindStringSubmatch(tag)
	if m == nil {
		return 0, false
	}
	port, err := strconv.Atoi(strings.Join(m[1:], ""))
	return port, err == nil
}

// HeldPort is a port that a node's tag takes.
type HeldPort struct {
	Port int    `json:"port"`
	Tag  string `json:"tag"`
	Node string `json:"node"`
}

func heldPorts(lab *Lab) []HeldPort {
	held := []HeldPort{}
	for _, n := range lab.Nodes {
		for _, tag := range n.Spec.Tags {
			if port, ok := tagPort(tag); ok {
				held = append(held, HeldPort{Port: port, Tag: tag, Node: n.Spec.Label})
			}
		}
	}
	return held
}

// portConflicts lists the ports of a lab that something else on the machine has,
// or that it has twice; nil when there are none.
func (s *Set) portConflicts(lab *Lab) []string {
	holder := map[int]string{}
	for port := range s.occupied {
		holder[port] = "another process"
	}
	for _, other := range s.labs {
		if other != lab {
			for _, h := range heldPorts(other) {
				holder[h.Port] = "lab " + other.Head.Title + " (" + other.ID + ")"
			}
		}
	}
	var conflicts []string
	for _, h := range heldPorts(lab) {
		if by, taken := holder[h.Port]; taken {
			conflicts = append(conflicts, fmt.Sprintf("Port %d of tag %s on node %s is in use by %s.", h.Port, h.Tag, h.Node, by))
		}
		holder[h.Port] = "node " + h.Node + " of the same lab"
	}
	return conflicts
}

// Occupy makes a port used by a process that is no lab, or frees it.
func (s *Set) Occupy(port int, on bool) {
	if on {
		s.occupied[port] = true
	} else {
		delete(s.occupied, port)
	}
	s.reindex = true
}
