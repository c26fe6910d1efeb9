package labs

import (
	"encoding/json"
	"fmt"
	"net/http"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// importLab makes a lab of a topology file. It never starts it. The body is read
// as YAML or JSON whatever its content type is.
func importLab(s *Set, r *http.Request) (wire.Reply, error) {
	f, err := readFile(r)
	if err != nil {
		return wire.Reply{}, err
	}
	if r.URL.Query().Has("title") {
		f.Lab.Title = r.URL.Query().Get("title")
		if problems := schema.Check(titleRule(), f.Lab.Title); len(problems) > 0 {
			problems[0].Location = []any{"query", "title"}
			return wire.Reply{}, wire.Invalid(problems...)
		}
	}
	lab := s.newLab(f.Lab)
	s.build(lab, f)
	conflicts := s.portConflicts(lab)
	if len(conflicts) > 0 && s.env.Settings().Ports == PortsRefuse {
		return wire.Reply{}, wire.BadRequest("Cannot import: %s", conflicts[0])
	}
	warnings := append(s.unknownDefinitions(lab), conflicts...)
	s.add(lab)
	s.note(lab, "ADD", "LAB", lab.ID, lab.Head.Title)
	s.recordLab("import_lab", lab)
	return wire.OK(map[string]any{"id": lab.ID, "warnings": warnings}), nil
}

func readFile(r *http.Request) (*file, error) {
	raw, err := wire.ReadBody(r)
	if err != nil {
		return nil, err
	}
	var generic any
	if json.Valid(raw) {
		err = json.Unmarshal(raw, &generic)
	} else {
		err = yaml.Unmarshal(raw, &generic)
	}
	if err != nil {
		return nil, wire.Invalid(schema.Problem{Location: []any{"body"}, Type: "yaml_invalid", Message: err.Error()})
	}
	problems := schema.Check(topologySchema(), generic)
	for i := range problems {
		problems[i].Location = append([]any{"body"}, problems[i].Location...)
	}
	if len(problems) > 0 {
		return nil, wire.Invalid(problems...)
	}
	f := &file{}
	if err := wire.Convert(generic, f); err != nil {
		return nil, err
	}
	if problems := checkFile(f); len(problems) > 0 {
		return nil, wire.Invalid(problems...)
	}
	return f, nil
}

func (s *Set) newLab(head fileLab) *Lab {
	now := s.env.Clock.Now()
	if head.Title == "" {
		head.Title = now.Format("Lab at Mon 15:04 PM")
	}
	return &Lab{ID: wire.NewID(), Created: now, Modified: now, Head: head}
}

func (s *Set) build(lab *Lab, f *file) {
	ids := map[[2]string]*Interface{}
	nodes := map[string]*Node{}
	for _, fn := range f.Nodes {
		n := &Node{ID: wire.NewID(), FileID: fn.ID, Spec: fn.nodeSpec.filled()}
		for at, fi := range fn.Interfaces {
			i := s.newInterface(n, fi, at)
			n.Interfaces = append(n.Interfaces, i)
			ids[[2]string{fn.ID, fi.ID}] = i
		}
		nodes[fn.ID] = n
		lab.Nodes = append(lab.Nodes, n)
		s.note(lab, "ADD", "NODE", n.ID, n.Spec.Label)
	}
	for _, fl := range f.Links {
		a, b := ids[[2]string{fl.N1, fl.I1}], ids[[2]string{fl.N2, fl.I2}]
		link := &Link{
			ID: wire.NewID(), FileID: fl.ID, Label: fl.Label, NodeA: nodes[fl.N1].ID, NodeB: nodes[fl.N2].ID,
			InterfaceA: a.ID, InterfaceB: b.ID, Condition: fl.Condition,
		}
		if link.Label == "" {
			link.Label = linkLabel(nodes[fl.N1], a, nodes[fl.N2], b)
		}
		lab.Links = append(lab.Links, link)
	}
	for _, shape := range f.Annotations {
		lab.Annotations = append(lab.Annotations, newAnnotation(shape))
	}
	for _, spec := range f.Smart {
		lab.Smart = append(lab.Smart, &smart{ID: wire.NewID(), smartSpec: spec.smartSpec})
	}
	lab.syncSmart()
}

// newInterface fills in the label that a file may leave out.
func (s *Set) newInterface(n *Node, fi fileInterface, at int) *Interface {
	i := &Interface{ID: wire.NewID(), FileID: fi.ID, Label: fi.Label, Type: fi.Type, Slot: fi.Slot, MAC: fi.MAC}
	switch {
	case i.Label != "":
	case i.Type == "loopback":
		i.Label = fmt.Sprintf("Loopback%d", at)
	case i.Slot != nil:
		i.Label = s.env.Catalog.Find(n.Spec.Definition).PortName(*i.Slot)
	default:
		i.Label = s.env.Catalog.Find(n.Spec.Definition).PortName(at)
	}
	return i
}

func linkLabel(a *Node, ia *Interface, b *Node, ib *Interface) string {
	label := fmt.Sprintf("%s-%s<->%s-%s", a.Spec.Label, ia.Label, b.Spec.Label, ib.Label)
	if runes := []rune(label); len(runes) > 128 {
		return string(runes[:128])
	}
	return label
}

// unknownDefinitions warns of nodes whose definition the machine does not have.
// It is nil when there are none, as the interface wants it.
func (s *Set) unknownDefinitions(lab *Lab) []string {
	var warnings []string
	for _, n := range lab.Nodes {
		if !s.env.Catalog.Known(n.Spec.Definition) {
			warnings = append(warnings, fmt.Sprintf("Node %s: node definition %s is not available.", n.Spec.Label, n.Spec.Definition))
		}
	}
	return warnings
}
