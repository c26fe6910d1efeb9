package labs

import (
	"maps"
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// annotation is a text, rectangle, ellipse or line on the canvas.
type annotation struct {
	ID    string         `json:"id"`
	Shape map[string]any `json:"shape"`
}

// annotationDefaults are all keys of an annotation of the type, with the values
// they have when left out.
func annotationDefaults(kind string) map[string]any {
	shape := map[string]any{
		"type": kind, "border_color": "#808080FF", "border_style": "", "color": "#FFFFFFFF",
		"thickness": 1, "x1": 0, "y1": 0, "z_index": 0,
	}
	if kind != "text" {
		shape["x2"], shape["y2"] = 0, 0
	}
	if kind != "line" {
		shape["rotation"] = 0
	}
	switch kind {
	case "text":
		maps.Copy(shape, map[string]any{
			"text_bold": false, "text_content": "", "text_font": "monospace",
			"text_italic": false, "text_size": 12, "text_unit": "pt",
		})
	case "rectangle":
		shape["border_radius"] = 0
	case "line":
		shape["line_start"], shape["line_end"] = nil, nil
	}
	return shape
}

// annotationSchema checks an annotation by its type; whole wants every key.
func annotationSchema(whole bool) schema.Rule {
	end := schema.Null(schema.OneOf("arrow", "square", "circle"))
	place := schema.Number(-coordinate, coordinate)
	all := map[string]schema.Rule{
		"type": schema.Any(), "border_color": schema.Text(0, 32), "border_style": borderStyle(), "color": schema.Text(0, 32),
		"thickness": schema.Whole(1, 32), "x1": place, "y1": place, "x2": place, "y2": place,
		"z_index": schema.Whole(-10240, 10240), "rotation": schema.Whole(0, 360), "border_radius": schema.Whole(0, 128),
		"line_start": end, "line_end": end, "text_bold": schema.Flag(), "text_content": schema.Text(0, 8192),
		"text_font": schema.Text(0, 128), "text_italic": schema.Flag(), "text_size": schema.Whole(1, 128),
		"text_unit": schema.OneOf("pt", "px", "em"),
	}
	by := map[string]schema.Rule{}
	for _, kind := range []string{"text", "rectangle", "ellipse", "line"} {
		object := schema.Object{Fields: map[string]schema.Rule{}}
		for key := range annotationDefaults(kind) {
			object.Fields[key] = all[key]
			if whole {
				object.Required = append(object.Required, key)
			}
		}
		slices.Sort(object.Required)
		by[kind] = object
	}
	return schema.Tagged{Key: "type", By: by}
}

func borderStyle() schema.Rule { return schema.OneOf("", "2,2", "4,2") }

func newAnnotation(shape map[string]any) *annotation {
	kind, _ := shape["type"].(string)
	whole := annotationDefaults(kind)
	maps.Copy(whole, shape)
	return &annotation{ID: wire.NewID(), Shape: whole}
}

func (a *annotation) view() map[string]any {
	out := maps.Clone(a.Shape)
	out["id"] = a.ID
	return out
}

func (l *Lab) annotationViews() []map[string]any {
	out := []map[string]any{}
	for _, a := range l.Annotations {
		out = append(out, a.view())
	}
	return out
}

func (s *Set) annotation(r *http.Request) (*Lab, *annotation, error) {
	lab, err := s.lab(r)
	if err != nil {
		return nil, nil, err
	}
	id := wire.Param(r, "annotation")
	for _, a := range lab.Annotations {
		if a.ID == id {
			return lab, a, nil
		}
	}
	return nil, nil, wire.NotFound("Annotation", id)
}

func listAnnotations(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(lab.annotationViews()), nil
}

func createAnnotation(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	var shape map[string]any
	if _, err := wire.Decode(r, annotationSchema(true), &shape); err != nil {
		return wire.Reply{}, err
	}
	a := newAnnotation(shape)
	lab.Annotations = append(lab.Annotations, a)
	s.note(lab, "ADD", "ANNOTATION", a.ID, "")
	s.touch(lab)
	return wire.OK(a.view()), nil
}

func getAnnotation(s *Set, r *http.Request) (wire.Reply, error) {
	_, a, err := s.annotation(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(a.view()), nil
}

func patchAnnotation(s *Set, r *http.Request) (wire.Reply, error) {
	lab, a, err := s.annotation(r)
	if err != nil {
		return wire.Reply{}, err
	}
	var shape map[string]any
	if _, err := wire.Decode(r, annotationSchema(false), &shape); err != nil {
		return wire.Reply{}, err
	}
	if shape["type"] != a.Shape["type"] {
		return wire.Reply{}, wire.BadRequest("The type of an annotation cannot be changed.")
	}
	maps.Copy(a.Shape, shape)
	s.note(lab, "CHANGE", "ANNOTATION", a.ID, "")
	s.touch(lab)
	return wire.OK(a.view()), nil
}

func deleteAnnotation(s *Set, r *http.Request) (wire.Reply, error) {
	lab, a, err := s.annotation(r)
	if err != nil {
		return wire.Reply{}, err
	}
	lab.Annotations = slices.DeleteFunc(lab.Annotations, func(other *annotation) bool { return other == a })
	s.note(lab, "REMOVE", "ANNOTATION", a.ID, "")
	s.touch(lab)
	return wire.NoContent(), nil
}
