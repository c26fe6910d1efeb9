package topology

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// Upper bounds that keep sums in range; CML's own are lower.
const (
	maxCPUs = 1024
	maxRAM  = 1 << 22 // MiB
	maxDisk = 1 << 16 // GB
)

func (f *file) readNodes(section *yaml.Node) error {
	items, err := f.sequence(section, "the section nodes")
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return invalid(section.Line, "a lab needs at least one node")
	}
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		mapping := resolve(item)
		node, src, err := f.readNode(mapping)
		if err != nil {
			return err
		}
		if seen[node.ID] {
			return invalid(mapping.Line, "node id %q stands twice", node.ID)
		}
		seen[node.ID] = true
		f.topology.Nodes = append(f.topology.Nodes, node)
		f.sources = append(f.sources, src)
	}
	return nil
}

func (f *file) readNode(mapping *yaml.Node) (Node, source, error) {
	var node Node
	all, err := fields(mapping, "a node")
	if err != nil {
		return node, source{}, err
	}
	for _, want := range []struct {
		key  string
		into *string
	}{{"id", &node.ID}, {"label", &node.Label}, {"node_definition", &node.NodeDefinition}} {
		if *want.into, err = required(all, want.key, mapping, "a node"); err != nil {
			return node, source{}, err
		}
	}
	if node.ImageDefinition, err = text(all, "image_definition"); err != nil {
		return node, source{}, err
	}
	for _, want := range []struct {
		key  string
		most int
		into *int
	}{
		{"cpus", maxCPUs, &node.CPUs},
		{"ram", maxRAM, &node.RAM},
		{"data_volume", maxDisk, &node.DataVolume},
		{"boot_disk_size", maxDisk, &node.BootDiskSize},
	} {
		if *want.into, err = amount(all, want.key, want.most); err != nil {
			return node, source{}, err
		}
	}
	src := source{mapping: mapping, tags: all["tags"]}
	if node.Tags, src.items, err = f.readTags(src.tags); err != nil {
		return node, src, err
	}
	node.Interfaces, err = f.readInterfaces(all["interfaces"])
	return node, src, err
}

func (f *file) readTags(tags field) ([]string, []*yaml.Node, error) {
	if tags.value == nil {
		return nil, nil, nil
	}
	items, err := f.sequence(tags.value, "tags")
	if err != nil {
		return nil, nil, err
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		tag := resolve(item)
		if tag.Kind != yaml.ScalarNode || isNull(tag) {
			return nil, nil, invalid(item.Line, "a tag must be a text; one that ends with a colon needs quotes")
		}
		texts = append(texts, tag.Value)
	}
	return texts, items, nil
}

func (f *file) readInterfaces(section field) ([]string, error) {
	if section.value == nil {
		return nil, nil
	}
	items, err := f.sequence(section.value, "interfaces")
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(items))
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		mapping := resolve(item)
		all, err := fields(mapping, "an interface")
		if err != nil {
			return nil, err
		}
		id, err := required(all, "id", mapping, "an interface")
		if err != nil {
			return nil, err
		}
		if seen[id] {
			return nil, invalid(mapping.Line, "interface id %q stands twice in one node", id)
		}
		seen[id] = true
		ids = append(ids, id)
	}
	return ids, nil
}

func (f *file) readLinks(section *yaml.Node) error {
	items, err := f.sequence(section, "the section links")
	if err != nil {
		return err
	}
	interfaces := make(map[string][]string, len(f.topology.Nodes))
	for i := range f.topology.Nodes {
		interfaces[f.topology.Nodes[i].ID] = f.topology.Nodes[i].Interfaces
	}
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		mapping := resolve(item)
		id, err := readLink(mapping, interfaces)
		if err != nil {
			return err
		}
		if seen[id] {
			return invalid(mapping.Line, "link id %q stands twice", id)
		}
		seen[id] = true
	}
	f.topology.Links = len(items)
	return nil
}

// readLink checks that both ends of a link exist.
func readLink(mapping *yaml.Node, interfaces map[string][]string) (id string, err error) {
	all, err := fields(mapping, "a link")
	if err != nil {
		return "", err
	}
	if id, err = required(all, "id", mapping, "a link"); err != nil {
		return "", err
	}
	for _, end := range []struct{ node, port string }{{"n1", "i1"}, {"n2", "i2"}} {
		node, err := required(all, end.node, mapping, "a link")
		if err != nil {
			return "", err
		}
		port, err := required(all, end.port, mapping, "a link")
		if err != nil {
			return "", err
		}
		has, known := interfaces[node]
		if !known {
			return "", invalid(mapping.Line, "link %q refers to node %q, which does not exist", id, node)
		}
		if !slices.Contains(has, port) {
			return "", invalid(mapping.Line, "link %q refers to interface %q, which node %q does not have", id, port, node)
		}
	}
	return id, nil
}
