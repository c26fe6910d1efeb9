package labs

import "fmt"

// addresses gives each linked interface of the lab's at-th node an address of
// its own out of 10.0.0.0/8.
func addresses(at int, n *Node, links map[string]*Link) map[string]any {
	interfaces := map[string]any{}
	for j, i := range n.Interfaces {
		if i.Type != "physical" || links[i.ID] == nil {
			continue
		}
		interfaces[i.mac()] = map[string]any{
			"id": i.ID, "label": i.Label, "ip4": []string{fmt.Sprintf("10.%d.%d.%d", at/250, at%250, j+1)}, "ip6": []string{},
		}
	}
	return map[string]any{"name": n.Spec.Label, "interfaces": interfaces}
}
