package topology

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// maxDepth is how deep a lab file may be nested; CML writes about eight levels.
const maxDepth = 64

// decode reads the one document of a file as a tree. Aliases stay aliases, so no file grows by being read.
func decode(text []byte) (*yaml.Node, error) {
	if len(text) > MaxBytes {
		return nil, failure.New(failure.TooLarge, "topology_too_large", "the lab file has %d bytes, %d are allowed", len(text), MaxBytes)
	}
	if !utf8.Valid(text) {
		return nil, failure.New(failure.Invalid, CodeInvalid, "the lab file is not UTF-8 text")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	if err := decoder.Decode(&document); err != nil {
		return nil, syntaxError(err)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, syntaxError(err)
		}
		return nil, invalid(second.Line, "a second document begins, only one is allowed")
	}
	if deep := deepest(&document); deep != nil {
		return nil, invalid(deep.Line, "nested more than %d levels deep", maxDepth)
	}
	return &document, nil
}

func syntaxError(err error) error {
	if errors.Is(err, io.EOF) {
		return failure.New(failure.Invalid, CodeInvalid, "the lab file is empty")
	}
	return failure.New(failure.Invalid, CodeInvalid, "not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
}

// deepest finds a node beyond maxDepth, going level by level and not into aliases.
func deepest(root *yaml.Node) *yaml.Node {
	level := []*yaml.Node{root}
	for range maxDepth {
		var below []*yaml.Node
		for _, node := range level {
			below = append(below, node.Content...)
		}
		if len(below) == 0 {
			return nil
		}
		level = below
	}
	return level[0]
}

// aliased collects the nodes that aliases refer to.
func aliased(root *yaml.Node) map[*yaml.Node]bool {
	targets := map[*yaml.Node]bool{}
	for todo := []*yaml.Node{root}; len(todo) > 0; {
		node := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], node.Content...)
		if node.Kind == yaml.AliasNode {
			targets[node.Alias] = true
		}
	}
	return targets
}

// field is one entry of a mapping; an alias is followed.
type field struct{ key, value *yaml.Node }

// fields reads a mapping; what names it in failures.
func fields(node *yaml.Node, what string) (map[string]field, error) {
	if node.Kind != yaml.MappingNode {
		return nil, invalid(node.Line, "%s must be a mapping", what)
	}
	all := make(map[string]field, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, invalid(key.Line, "a key of %s must be a word", what)
		}
		if key.ShortTag() == "!!merge" {
			return nil, invalid(key.Line, "merge keys are not supported")
		}
		if _, twice := all[key.Value]; twice {
			return nil, invalid(key.Line, "%s has the key %q twice", what, key.Value)
		}
		all[key.Value] = field{key: key, value: resolve(node.Content[i+1])}
	}
	return all, nil
}

func resolve(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}
