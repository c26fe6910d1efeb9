package labs

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// fileVersion is the topology version of labs made here.
const fileVersion = "0.3.0"

// labRequest is LabCreate of the interface; nil is left out.
type labRequest struct {
	Title        *string        `json:"title"`
	Owner        *string        `json:"owner"`
	Description  *string        `json:"description"`
	Notes        *string        `json:"notes"`
	Groups       []any          `json:"groups"`
	Associations map[string]any `json:"associations"`
}

func labSchema() schema.Rule {
	return schema.Object{Fields: map[string]schema.Rule{
		"title": titleRule(), "owner": schema.Match(wire.UUID4), "description": schema.Text(0, 4096),
		"notes": schema.Text(0, 32768), "groups": schema.List{Of: groupSchema()},
		"associations": schema.Object{Fields: map[string]schema.Rule{
			"groups": schema.List{Of: associationSchema()}, "users": schema.List{Of: associationSchema()},
		}},
	}}
}

func groupSchema() schema.Rule {
	return schema.Object{
		Fields: map[string]schema.Rule{
			"id": schema.Match(wire.UUID4), "permission": schema.OneOf("read_only", "read_write"), "name": schema.Text(0, 256),
		},
		Required: []string{"id", "permission"},
	}
}

func associationSchema() schema.Rule {
	return schema.Object{
		Fields: map[string]schema.Rule{
			"id":          schema.Match(wire.UUID4),
			"permissions": schema.List{Of: schema.OneOf("lab_admin", "lab_edit", "lab_exec", "lab_view")},
		},
		Required: []string{"id", "permissions"},
	}
}

// apply changes a lab as the request says.
func (in labRequest) apply(lab *Lab) error {
	if in.Owner != nil && *in.Owner != system.AdminID {
		return wire.BadRequest("User not found: %s", *in.Owner)
	}
	lab.Head.Title = or(in.Title, lab.Head.Title)
	lab.Head.Description = or(in.Description, lab.Head.Description)
	lab.Head.Notes = or(in.Notes, lab.Head.Notes)
	if in.Groups != nil {
		lab.Groups = in.Groups
	}
	if in.Associations != nil {
		lab.Shared = in.Associations
	}
	return nil
}

// listLabs ignores show_all: all labs belong to the only user.
func listLabs(s *Set, r *http.Request) (wire.Reply, error) {
	if _, err := wire.Bool(r, "show_all"); err != nil {
		return wire.Reply{}, err
	}
	ids := []string{}
	for _, lab := range s.labs {
		ids = append(ids, lab.ID)
	}
	return wire.OK(ids), nil
}

func createLab(s *Set, r *http.Request) (wire.Reply, error) {
	var in labRequest
	if r.ContentLength != 0 {
		if _, err := wire.Decode(r, labSchema(), &in); err != nil {
			return wire.Reply{}, err
		}
	}
	lab := s.newLab(fileLab{Version: fileVersion})
	if err := in.apply(lab); err != nil {
		return wire.Reply{}, err
	}
	s.add(lab)
	s.note(lab, "ADD", "LAB", lab.ID, lab.Head.Title)
	return wire.OK(s.labView(lab)), nil
}

func getLab(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.labView(lab)), nil
}

func patchLab(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	var in labRequest
	if _, err := wire.Decode(r, labSchema(), &in); err != nil {
		return wire.Reply{}, err
	}
	if err := in.apply(lab); err != nil {
		return wire.Reply{}, err
	}
	s.note(lab, "CHANGE", "LAB", lab.ID, lab.Head.Title)
	s.touch(lab)
	return wire.OK(s.labView(lab)), nil
}

// deleteLab wants every node stopped and wiped.
func deleteLab(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.wiped(lab.Nodes...); err != nil {
		return wire.Reply{}, err
	}
	s.remove(lab)
	return wire.NoContent(), nil
}
