// Package catalog lists the node and image definitions that every simulated CML
// machine has, with the memory, processors and interfaces of each.
package catalog

import "slices"

// Definition is one node definition.
type Definition struct {
	ID     string
	Label  string
	Nature string
	// Driver is the libvirt domain driver: KVM, IOL, DOCKER, LXC or NONE.
	Driver string
	// RAM is the default memory in MiB, CPUs the default number of processors.
	RAM, CPUs int
	// Image is the default image definition, "" for nodes without one.
	Image string
	// ConfigFile names the main day-0 configuration, "" when the node takes none.
	ConfigFile string
	// Ports is the largest number of physical interfaces.
	Ports int
	// DefaultPorts is how many of them a new node gets.
	DefaultPorts int
	// Loopback tells whether the node has a Loopback0.
	Loopback bool

	name func(slot int) string
}

// PortName returns the label of a physical slot.
func (d Definition) PortName(slot int) string { return d.name(slot) }

// Infrastructure tells whether the node runs inside the host: it takes no
// memory, has no console and does not count against the licence.
func (d Definition) Infrastructure() bool { return d.Driver == "NONE" }

// Consoles is the number of serial console lines.
func (d Definition) Consoles() int {
	if d.Infrastructure() {
		return 0
	}
	return 1
}

// VNC tells whether the node has a graphical console.
func (d Definition) VNC() bool { return d.Driver == "KVM" }

// Catalog is the set of definitions. It does not change and is safe for
// concurrent use.
type Catalog struct {
	all  []Definition
	byID map[string]Definition
}

// New returns the catalog.
func New() *Catalog {
	c := &Catalog{all: slices.Concat(routers(), switches(), security(), hosts(), infrastructure())}
	c.byID = make(map[string]Definition, len(c.all))
	for _, d := range c.all {
		c.byID[d.ID] = d
	}
	return c
}

// All returns the definitions in a fixed order.
func (c *Catalog) All() []Definition { return slices.Clone(c.all) }

// Known tells whether there is a definition of that id.
func (c *Catalog) Known(id string) bool {
	_, ok := c.byID[id]
	return ok
}

// Find returns the definition of that id; for an unknown one a small virtual
// machine with the usual interface names.
func (c *Catalog) Find(id string) Definition {
	if d, ok := c.byID[id]; ok {
		return d
	}
	return Definition{
		ID: id, Label: id, Nature: "host", Driver: "KVM", RAM: 1024, CPUs: 1, Image: id,
		ConfigFile: "node.cfg", Ports: 32, DefaultPorts: 1, name: numbered("eth", 0),
	}
}
