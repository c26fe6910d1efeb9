package topology

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// budget is how many nodes, interfaces, tags and links are looked at, aliases followed: a file of legal size stays far
// below, an alias bomb does not.
const budget = 500_000

// file is a lab file with what its parts were read from.
type file struct {
	text     []byte
	root     *yaml.Node
	topology *Topology
	lab      field
	sources  []source
	// shared are the nodes of the tree that an alias refers to: a change there would show elsewhere too.
	shared map[*yaml.Node]bool
	left   int
}

// source is where a node of the lab stands in the file.
type source struct {
	mapping *yaml.Node
	// tags is the zero field where the key is missing.
	tags field
	// items are the tags, in the order of Node.Tags.
	items []*yaml.Node
}

func open(text []byte) (*file, error) {
	root, err := decode(text)
	if err != nil {
		return nil, err
	}
	f := &file{text: text, root: root, topology: &Topology{Hash: Hash(text)}, shared: aliased(root), left: budget}
	if len(root.Content) == 0 {
		return nil, failure.New(failure.Invalid, CodeInvalid, "the lab file is empty")
	}
	top, err := fields(root.Content[0], "the lab file")
	if err != nil {
		return nil, err
	}
	for _, section := range []string{"lab", "nodes", "links"} {
		if _, has := top[section]; !has {
			return nil, failure.New(failure.Invalid, CodeInvalid, "the lab file has no section %q", section)
		}
	}
	if err := f.readLab(top["lab"]); err != nil {
		return nil, err
	}
	if err := f.readNodes(top["nodes"].value); err != nil {
		return nil, err
	}
	return f, f.readLinks(top["links"].value)
}

// spend counts one thing looked at.
func (f *file) spend(node *yaml.Node) error {
	f.left--
	if f.left < 0 {
		return invalid(node.Line, "the lab file repeats too much through aliases")
	}
	return nil
}

// sequence reads a list; null stands for an empty one.
func (f *file) sequence(node *yaml.Node, what string) ([]*yaml.Node, error) {
	if isNull(node) {
		return nil, nil
	}
	if node.Kind != yaml.SequenceNode {
		return nil, invalid(node.Line, "%s must be a list", what)
	}
	for _, item := range node.Content {
		if err := f.spend(item); err != nil {
			return nil, err
		}
	}
	return node.Content, nil
}

func (f *file) readLab(lab field) error {
	all, err := fields(lab.value, "the section lab")
	if err != nil {
		return err
	}
	f.lab = lab
	version, has := all["version"]
	if !has {
		return invalid(lab.value.Line, "the section lab has no version")
	}
	f.topology.Version = version.value.Value
	if !supported(f.topology.Version) {
		return invalid(version.value.Line, "schema version %q is not one of 0.0.1 to 0.3.0", version.value.Value)
	}
	f.topology.Title, err = text(all, "title")
	return err
}

// supported accepts the schema versions 0.0.1 to 0.3.0.
func supported(version string) bool {
	parts := strings.Split(version, ".")
	if len(parts) != 3 {
		return false
	}
	var numbers [3]uint64
	for i, part := range parts {
		number, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return false
		}
		numbers[i] = number
	}
	compared := slices.Compare(numbers[:], []uint64{0, 3, 0})
	return compared <= 0 && numbers != [3]uint64{}
}

// text reads an optional text; null and a missing key are empty.
func text(all map[string]field, key string) (string, error) {
	f, has := all[key]
	if !has || isNull(f.value) {
		return "", nil
	}
	if f.value.Kind != yaml.ScalarNode {
		return "", invalid(f.value.Line, "%s must be a text", key)
	}
	return f.value.Value, nil
}

// required reads a text that must not be empty.
func required(all map[string]field, key string, owner *yaml.Node, what string) (string, error) {
	value, err := text(all, key)
	if err == nil && value == "" {
		err = invalid(owner.Line, "%s has no %s", what, key)
	}
	return value, err
}

// amount reads an optional whole number; null and a missing key are 0.
func amount(all map[string]field, key string, most int) (int, error) {
	f, has := all[key]
	if !has || isNull(f.value) {
		return 0, nil
	}
	number, err := strconv.Atoi(f.value.Value)
	if f.value.Kind != yaml.ScalarNode || err != nil || number < 0 || number > most {
		return 0, invalid(f.value.Line, "%s must be a whole number from 0 to %d", key, most)
	}
	return number, nil
}
