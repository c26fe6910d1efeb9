package labs

import (
	"bytes"
	"fmt"
	"net/http"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// download answers the topology file of a lab as YAML text.
func download(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(lab.file()); err != nil {
		return wire.Reply{}, fmt.Errorf("write topology: %w", err)
	}
	s.recordLab("export_lab", lab)
	return wire.Reply{Status: http.StatusOK, Raw: text.Bytes(), Type: "text/yaml"}, nil
}

// file is the inverse of build.
func (l *Lab) file() file {
	f := file{Lab: l.Head, Nodes: []fileNode{}, Links: []fileLink{}, Annotations: []fileShape{}, Smart: []*fileSmart{}}
	nodes, ports := map[string]string{}, map[string]string{}
	for _, n := range l.Nodes {
		fn := fileNode{nodeSpec: n.Spec, ID: n.FileID, Interfaces: []fileInterface{}}
		nodes[n.ID] = n.FileID
		for _, i := range n.Interfaces {
			ports[i.ID] = i.FileID
			fn.Interfaces = append(fn.Interfaces, fileInterface{ID: i.FileID, Label: i.Label, MAC: i.MAC, Slot: i.Slot, Type: i.Type})
		}
		f.Nodes = append(f.Nodes, fn)
	}
	for _, link := range l.Links {
		f.Links = append(f.Links, fileLink{
			ID: link.FileID, N1: nodes[link.NodeA], N2: nodes[link.NodeB], I1: ports[link.InterfaceA],
			I2: ports[link.InterfaceB], Condition: link.condition(), Label: link.Label,
		})
	}
	for _, a := range l.Annotations {
		f.Annotations = append(f.Annotations, a.Shape)
	}
	for _, sm := range l.Smart {
		f.Smart = append(f.Smart, &fileSmart{sm.smartSpec})
	}
	return f
}

func (l *Link) condition() map[string]any {
	if l.Condition == nil {
		return map[string]any{}
	}
	return l.Condition
}

// freeID returns the first of prefix0, prefix1, ... that is not used.
func freeID(prefix string, used func(id string) bool) string {
	for k := 0; ; k++ {
		if id := fmt.Sprintf("%s%d", prefix, k); !used(id) {
			return id
		}
	}
}
