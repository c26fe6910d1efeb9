package topology

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// RewritePorts puts port numbers, by the names of PortTemplate, into the port tags of a lab file. Every port of the
// template needs a number, since a placeholder that stays could be someone else's port; names that the file does not
// have are ignored. A node's second tag for the same service goes, one forward is enough. All other bytes stay.
func RewritePorts(text []byte, ports map[string]int) ([]byte, error) {
	f, err := open(text)
	if err != nil {
		return nil, err
	}
	if err := checkNumbers(ports); err != nil {
		return nil, err
	}
	editor := newEditor(f)
	tags := f.topology.namedTags()
	drop, err := editor.removeRepeats(tags)
	if err != nil {
		return nil, err
	}
	for _, tag := range tags {
		if tag.repeat {
			continue
		}
		number, ok := ports[tag.name]
		if !ok {
			return nil, failure.New(failure.Invalid, "port_not_allocated", "no number was given for port %q", tag.name)
		}
		written := PortTag{Service: tag.port.Service, Number: number}.String()
		if err := editor.retag(&f.sources[tag.node], tag.tag, written); err != nil {
			return nil, err
		}
	}
	drop()
	return editor.apply()
}

// removeRepeats cuts the repeated tags out of the text. The function that it gives does the same in the tree: to be
// called last, while extents are still looked up by what the tree says.
func (e *editor) removeRepeats(tags []namedTag) (drop func(), err error) {
	removed := map[*yaml.Node]bool{}
	for _, tag := range tags {
		if !tag.repeat {
			continue
		}
		src := &e.file.sources[tag.node]
		item := src.items[tag.tag]
		if err := e.changeable(src.mapping, src.tags.value, item); err != nil {
			return nil, err
		}
		if err := e.remove(src.items[tag.tag-1], item); err != nil {
			return nil, err
		}
		removed[item] = true
	}
	return func() {
		for i := range e.file.sources {
			if list := e.file.sources[i].tags.value; list != nil {
				list.Content = slices.DeleteFunc(list.Content, func(n *yaml.Node) bool { return removed[n] })
			}
		}
	}, nil
}

// retag replaces a tag of a node and keeps the way it is quoted.
func (e *editor) retag(src *source, index int, tag string) error {
	item, written := src.items[index], tag
	if err := e.changeable(src.mapping, src.tags.value, item); err != nil {
		return err
	}
	switch {
	case item.Style&yaml.DoubleQuotedStyle != 0:
		written = `"` + tag + `"`
	case item.Style&yaml.SingleQuotedStyle != 0:
		written = `'` + tag + `'`
	}
	return e.replace(item, tag, written)
}

// remove cuts an item out of a list, from the end of the one before it.
func (e *editor) remove(before, item *yaml.Node) error {
	_, from, err := e.at.extent(before)
	if err != nil {
		return err
	}
	_, to, err := e.at.extent(item)
	if err != nil {
		return err
	}
	e.edits = append(e.edits, edit{from, to, ""})
	return nil
}

func checkNumbers(ports map[string]int) error {
	names := make(map[int]string, len(ports))
	for name, number := range ports {
		if number < 1 || number > 65535 {
			return failure.New(failure.Invalid, "port_invalid", "%d is not a port number (%s)", number, name)
		}
		if other, twice := names[number]; twice {
			first, second := min(name, other), max(name, other)
			return failure.New(failure.Invalid, "port_invalid", "%q and %q have the same port %d", first, second, number)
		}
		names[number] = name
	}
	return nil
}
