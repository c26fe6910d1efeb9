package labs

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// smart is a smart annotation: a frame around the nodes that carry its tag. The
// server makes and removes them as tags come and go.
type smart struct {
	ID string `json:"id"`
	smartSpec
}

type smartSpec struct {
	Tag           string `json:"tag" yaml:"tag"`
	IsOn          bool   `json:"is_on" yaml:"is_on"`
	Padding       int    `json:"padding" yaml:"padding"`
	Label         string `json:"label" yaml:"label"`
	TagOffsetX    int    `json:"tag_offset_x" yaml:"tag_offset_x"`
	TagOffsetY    int    `json:"tag_offset_y" yaml:"tag_offset_y"`
	TagSize       int    `json:"tag_size" yaml:"tag_size"`
	GroupDistance int    `json:"group_distance" yaml:"group_distance"`
	Thickness     int    `json:"thickness" yaml:"thickness"`
	BorderStyle   string `json:"border_style" yaml:"border_style"`
	FillColor     string `json:"fill_color" yaml:"fill_color"`
	BorderColor   string `json:"border_color" yaml:"border_color"`
	ZIndex        int    `json:"z_index" yaml:"z_index"`
}

// fileSmart is a smart annotation of a topology file.
type fileSmart struct {
	smartSpec `yaml:",inline"`
}

// UnmarshalJSON gives the keys that are left out their defaults.
func (f *fileSmart) UnmarshalJSON(raw []byte) error {
	var named struct {
		Tag string `json:"tag"`
	}
	if err := json.Unmarshal(raw, &named); err != nil {
		return fmt.Errorf("smart annotation: %w", err)
	}
	f.smartSpec = defaultSmart(named.Tag)
	if err := json.Unmarshal(raw, &f.smartSpec); err != nil {
		return fmt.Errorf("smart annotation: %w", err)
	}
	return nil
}

// defaultSmart chooses the colour by the tag, so that runs can be repeated.
func defaultSmart(tag string) smartSpec {
	return smartSpec{
		Tag: tag, IsOn: true, Padding: 35, Label: tag, TagSize: 14, GroupDistance: 400, Thickness: 1,
		FillColor: fmt.Sprintf("#%06X80", crc32.ChecksumIEEE([]byte(tag))&0xffffff), BorderColor: "#00000080",
	}
}

func smartFields() map[string]schema.Rule {
	return map[string]schema.Rule{
		"is_on": schema.Flag(), "padding": schema.Whole(1, 200), "tag": schema.Text(1, 64), "label": schema.Text(0, 256),
		"tag_offset_x": schema.Whole(-1000, 1000), "tag_offset_y": schema.Whole(-1000, 1000),
		"tag_size": schema.Whole(1, 128), "group_distance": schema.Whole(0, 10000), "thickness": schema.Whole(1, 32),
		"border_style": borderStyle(), "fill_color": schema.Text(0, 32), "border_color": schema.Text(0, 32),
		"z_index": schema.Whole(-10240, 10240),
	}
}

// syncSmart makes a smart annotation for each tag without one and removes those
// whose tag no node carries.
func (l *Lab) syncSmart() {
	carried := map[string]bool{}
	known := map[string]bool{}
	for _, sm := range l.Smart {
		known[sm.Tag] = true
	}
	for _, n := range l.Nodes {
		for _, tag := range n.Spec.Tags {
			carried[tag] = true
			if tag != "" && !known[tag] {
				known[tag] = true
				l.Smart = append(l.Smart, &smart{ID: wire.NewID(), smartSpec: defaultSmart(tag)})
			}
		}
	}
	l.Smart = slices.DeleteFunc(l.Smart, func(sm *smart) bool { return !carried[sm.Tag] })
}

func (s *Set) smart(r *http.Request) (*Lab, *smart, error) {
	lab, err := s.lab(r)
	if err != nil {
		return nil, nil, err
	}
	id := wire.Param(r, "annotation")
	for _, sm := range lab.Smart {
		if sm.ID == id {
			return lab, sm, nil
		}
	}
	return nil, nil, wire.NotFound("Smart annotation", id)
}

func listSmart(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(append([]*smart{}, lab.Smart...)), nil
}

func getSmart(s *Set, r *http.Request) (wire.Reply, error) {
	_, sm, err := s.smart(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(sm), nil
}

func patchSmart(s *Set, r *http.Request) (wire.Reply, error) {
	lab, sm, err := s.smart(r)
	if err != nil {
		return wire.Reply{}, err
	}
	changed := sm.smartSpec
	if _, err := wire.Decode(r, schema.Object{Fields: smartFields()}, &changed); err != nil {
		return wire.Reply{}, err
	}
	if changed.Tag != sm.Tag {
		return wire.Reply{}, wire.BadRequest("The tag of a smart annotation cannot be changed.")
	}
	sm.smartSpec = changed
	s.note(lab, "CHANGE", "SMART_ANNOTATION", sm.ID, sm.Label)
	s.touch(lab)
	return wire.OK(sm), nil
}
