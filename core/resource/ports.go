package resource

import "fmt"

// PortDefinition is one port that a lab wants on its worker, by name. Node and Tag say which node tag it stands for, so
// that nothing has to be guessed back from the name.
type PortDefinition struct {
	Name        string `json:"name"`
	Protocol    string `json:"protocol"`
	Description string `json:"description,omitempty"`
	// NodeID is the id of the node in the topology file, NodeLabel its label, Service the tag's protocol (serial, vnc...).
	NodeID    string `json:"node_id,omitempty"`
	NodeLabel string `json:"node_label,omitempty"`
	Service   string `json:"service,omitempty"`
}

// PortTemplate lists the ports of a lab; names are unique.
type PortTemplate struct {
	Ports []PortDefinition `json:"ports"`
}

// Validate checks names and protocols.
func (t PortTemplate) Validate() error {
	seen := map[string]bool{}
	for _, port := range t.Ports {
		if port.Name == "" {
			return fmt.Errorf("a port needs a name")
		}
		if seen[port.Name] {
			return fmt.Errorf("port name %q stands twice", port.Name)
		}
		if port.Protocol != "tcp" && port.Protocol != "udp" {
			return fmt.Errorf("port %q: protocol %q is neither tcp nor udp", port.Name, port.Protocol)
		}
		seen[port.Name] = true
	}
	return nil
}

// Names lists the port names in order.
func (t PortTemplate) Names() []string {
	names := make([]string, 0, len(t.Ports))
	for _, port := range t.Ports {
		names = append(names, port.Name)
	}
	return names
}

// PortRange is a range of port numbers, both ends included.
type PortRange struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// DefaultPortRange is what a worker offers where nothing else is configured.
func DefaultPortRange() PortRange { return PortRange{Min: 2000, Max: 9999} }

// Intersect gives the smaller of two ranges; a zero range counts as no limit.
func (r PortRange) Intersect(o PortRange) PortRange {
	if r == (PortRange{}) {
		return o
	}
	if o == (PortRange{}) {
		return r
	}
	return PortRange{Min: max(r.Min, o.Min), Max: min(r.Max, o.Max)}
}

// Size is how many numbers the range has.
func (r PortRange) Size() int { return max(0, r.Max-r.Min+1) }
