package topology

import (
	"gopkg.in/yaml.v3"
)

// addField puts a key with a value, given as written and as a tree, first into a mapping.
func (e *editor) addField(mapping *yaml.Node, key, written string, value *yaml.Node) error {
	if mapping.Style&yaml.FlowStyle != 0 {
		at, ok := e.at.offset(mapping)
		if !ok || e.at.text[at] != '{' {
			return invalid(mapping.Line, "cannot tell where the mapping begins")
		}
		e.insert(at+1, key+": "+written+", ")
	} else {
		first := mapping.Content[0]
		at, ok := e.at.offset(first)
		if !ok {
			return invalid(mapping.Line, "cannot tell where the mapping begins")
		}
		e.insert(at, key+": "+written+e.at.lineBreak(first)+e.at.indent(first))
	}
	mapping.Content = append([]*yaml.Node{newText(key), value}, mapping.Content...)
	return nil
}

// fill writes the value of a key whose value is null, whether null is spelt out or left out.
func (e *editor) fill(f *field, written string) error {
	if f.value.Value != "" {
		from, to, err := e.at.extent(f.value)
		if err != nil {
			return err
		}
		e.edits = append(e.edits, edit{from, to, written})
		return nil
	}
	_, end, err := e.at.extent(f.key)
	if err != nil {
		return err
	}
	colon := skip(e.at.text, end, func(c byte) bool { return c == ' ' || c == '\t' })
	if colon >= len(e.at.text) || e.at.text[colon] != ':' {
		return invalid(f.key.Line, "cannot tell where the value of %s belongs", f.key.Value)
	}
	e.insert(colon+1, " "+written)
	return nil
}
