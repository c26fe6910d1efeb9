package topology

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// edit replaces a stretch of the text.
type edit struct {
	from, to int
	text     string
}

// editor collects edits. Whoever adds one makes the same change in the tree: at the end the new text must read as the
// changed tree, so that a misjudged position is a failure and never a broken lab.
type editor struct {
	file  *file
	at    *positions
	edits []edit
}

func newEditor(f *file) *editor { return &editor{file: f, at: newPositions(f.text)} }

// replace changes a scalar to a value that is written as told, in the text and in the tree.
func (e *editor) replace(node *yaml.Node, value, written string) error {
	from, to, err := e.at.extent(node)
	if err != nil {
		return err
	}
	e.edits = append(e.edits, edit{from, to, written})
	node.Value, node.Style, node.Tag = value, 0, "!!str"
	return nil
}

// changeable refuses a change of something that an alias shows elsewhere too.
func (e *editor) changeable(nodes ...*yaml.Node) error {
	for _, node := range nodes {
		if node != nil && (node.Kind == yaml.AliasNode || e.file.shared[node]) {
			return invalid(node.Line, "this stands in several places through an alias and cannot be changed in one of them")
		}
	}
	return nil
}

func (e *editor) insert(at int, text string) { e.edits = append(e.edits, edit{at, at, text}) }

// apply gives the new text after checking that it reads as meant.
func (e *editor) apply() ([]byte, error) {
	slices.SortStableFunc(e.edits, func(a, b edit) int { return a.from - b.from })
	result := make([]byte, 0, len(e.file.text)+16*len(e.edits))
	done := 0
	for _, edit := range e.edits {
		if edit.from < done {
			return nil, failure.New(failure.Invalid, CodeInvalid, "the lab file is laid out in a way that cannot be changed safely")
		}
		result = append(result, e.file.text[done:edit.from]...)
		result = append(result, edit.text...)
		done = edit.to
	}
	result = append(result, e.file.text[done:]...)
	tree, err := decode(result)
	if err != nil {
		return nil, failure.Wrap(err, failure.Invalid, CodeInvalid, "the lab file is laid out in a way that cannot be changed safely")
	}
	if !same(e.file.root, tree) {
		return nil, failure.New(failure.Invalid, CodeInvalid, "the lab file is laid out in a way that cannot be changed safely")
	}
	return result, nil
}

// same compares two trees by what they mean, not by how or where they are written.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.Anchor != b.Anchor || a.ShortTag() != b.ShortTag() || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

func newText(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}
