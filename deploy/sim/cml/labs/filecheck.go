package labs

import (
	"fmt"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
)

// fileCheck looks for what a schema cannot tell: ids that occur twice and links
// that lead nowhere.
type fileCheck struct {
	// ports are the interfaces by node and id; linked are those with a link.
	ports    map[[2]string]fileInterface
	linked   map[[2]string]bool
	problems []schema.Problem
}

func checkFile(f *file) []schema.Problem {
	c := &fileCheck{ports: map[[2]string]fileInterface{}, linked: map[[2]string]bool{}}
	c.nodes(f.Nodes)
	c.links(f.Links)
	return c.problems
}

func (c *fileCheck) report(message string, location ...any) {
	c.problems = append(c.problems, schema.Problem{
		Location: append([]any{"body"}, location...), Type: "value_error", Message: message,
	})
}

func (c *fileCheck) nodes(nodes []fileNode) {
	seen := map[string]bool{}
	for at, n := range nodes {
		if seen[n.ID] {
			c.report(fmt.Sprintf("Node id %s is used twice", n.ID), "nodes", at, "id")
		}
		seen[n.ID] = true
		c.interfaces(at, n)
	}
}

func (c *fileCheck) interfaces(at int, n fileNode) {
	slots := map[int]bool{}
	for j, i := range n.Interfaces {
		key := [2]string{n.ID, i.ID}
		if _, twice := c.ports[key]; twice {
			c.report(fmt.Sprintf("Interface id %s is used twice", i.ID), "nodes", at, "interfaces", j, "id")
		}
		c.ports[key] = i
		if i.Slot == nil {
			continue
		}
		if i.Type == "loopback" {
			c.report("A loopback interface has no slot", "nodes", at, "interfaces", j, "slot")
		}
		if slots[*i.Slot] {
			c.report(fmt.Sprintf("Slot %d is used twice", *i.Slot), "nodes", at, "interfaces", j, "slot")
		}
		slots[*i.Slot] = true
	}
}

func (c *fileCheck) links(links []fileLink) {
	seen := map[string]bool{}
	for at, l := range links {
		if seen[l.ID] {
			c.report(fmt.Sprintf("Link id %s is used twice", l.ID), "links", at, "id")
		}
		seen[l.ID] = true
		c.end(at, "i1", [2]string{l.N1, l.I1})
		c.end(at, "i2", [2]string{l.N2, l.I2})
	}
}

func (c *fileCheck) end(at int, field string, key [2]string) {
	i, known := c.ports[key]
	switch {
	case !known:
		c.report(fmt.Sprintf("Node %s has no interface %s", key[0], key[1]), "links", at, field)
	case i.Type == "loopback":
		c.report("A loopback interface cannot be linked", "links", at, field)
	case c.linked[key]:
		c.report(fmt.Sprintf("Interface %s of node %s has another link", key[1], key[0]), "links", at, field)
	}
	c.linked[key] = true
}
