package topology

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// firstPlaceholder is the number in the first tag that AddPortTags writes; the numbers are replaced before import.
const firstPlaceholder = 2000

// AddPortTags gives a lab file without any port tag one tag for each node that has a console by the table: serial or
// vnc. A file that has port tags is given back as it is. All bytes but the tags stay.
func AddPortTags(text []byte, table Table) ([]byte, error) {
	f, err := open(text)
	if err != nil {
		return nil, err
	}
	if len(f.topology.namedTags()) > 0 {
		return text, nil
	}
	editor := newEditor(f)
	number := firstPlaceholder
	for i := range f.topology.Nodes {
		console := table.Lookup(f.topology.Nodes[i].NodeDefinition).Console
		if console != ConsoleSerial && console != ConsoleVNC {
			continue
		}
		src := &f.sources[i]
		if err := editor.changeable(src.mapping, src.tags.value); err != nil {
			return nil, err
		}
		if err := editor.addTag(src, PortTag{Service: console, Number: number}.String()); err != nil {
			return nil, err
		}
		number++
	}
	return editor.apply()
}

// addTag puts a tag first in the tags of a node, whatever shape they have.
func (e *editor) addTag(src *source, tag string) error {
	tags := src.tags.value
	switch {
	case tags == nil:
		return e.addField(src.mapping, "tags", `["`+tag+`"]`, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{newText(tag)}})
	case isNull(tags):
		return e.fillNull(&src.tags, tag)
	case tags.Style&yaml.FlowStyle != 0:
		return e.addToFlow(tags, tag)
	default:
		return e.addToBlock(tags, tag)
	}
}

func (e *editor) addToFlow(tags *yaml.Node, tag string) error {
	at, ok := e.at.offset(tags)
	if !ok || e.at.text[at] != '[' {
		return invalid(tags.Line, "cannot tell where the tags begin")
	}
	written := strconv.Quote(tag)
	if len(tags.Content) > 0 {
		written += ", "
	}
	e.insert(at+1, written)
	tags.Content = append([]*yaml.Node{newText(tag)}, tags.Content...)
	return nil
}

func (e *editor) addToBlock(tags *yaml.Node, tag string) error {
	at, ok := e.at.offset(tags)
	if !ok || e.at.text[at] != '-' {
		return invalid(tags.Line, "cannot tell where the tags begin")
	}
	e.insert(at, "- "+tag+e.at.lineBreak(tags)+e.at.indent(tags))
	tags.Content = append([]*yaml.Node{newText(tag)}, tags.Content...)
	return nil
}

// fillNull replaces `tags:`, `tags: null` or `tags: ~`.
func (e *editor) fillNull(tags *field, tag string) error {
	written := `["` + tag + `"]`
	if err := e.fill(tags, written); err != nil {
		return err
	}
	*tags.value = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{newText(tag)}}
	return nil
}
