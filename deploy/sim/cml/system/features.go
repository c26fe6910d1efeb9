package system

import (
	"net/http"
	"regexp"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// baseNodes is how many nodes the base licence is worth; further ones are
// expansion nodes.
const baseNodes = 20

const (
	enterpriseBase = "regid.2019-10.com.cisco.CML_ENT_BASE,1.0_0b6c4d52-7a1e-4f43-9a53-1f6f2c5d7e10"
	personalBase   = "regid.2019-10.com.cisco.CML_PERSONAL,1.0_3d1f6f5e-2c77-4c0e-8a4b-6d0a9e1b7c22"
	nodeCount      = "regid.2019-10.com.cisco.CML_NODE_COUNT,1.0_8e2a1c94-5b3d-4d68-b7f0-90c4d3e6a531"
)

type feature struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Version     string     `json:"version"`
	InUse       int        `json:"in_use"`
	Status      string     `json:"status"`
	Min         int        `json:"min"`
	Max         int        `json:"max"`
	MinEndDate  *time.Time `json:"minEndDate"`
	MaxEndDate  *time.Time `json:"maxEndDate"`
}

// features lists the base licence, worth 20 nodes, and for an enterprise
// licence the expansion nodes.
func (s *System) features() []feature {
	l := s.doc.License
	inUse := 0
	if s.licensed() {
		inUse = 1
	}
	if !l.enterprise() {
		return []feature{s.feature(personalBase, "CML - Personal License", inUse, 1)}
	}
	expansion := max(0, s.env.Settings().NodeLimits[l.kind()]-baseNodes)
	used := expansion
	if l.Expansion != nil {
		used = min(used, *l.Expansion)
	}
	return []feature{
		s.feature(enterpriseBase, "CML - Enterprise License", inUse, 1),
		s.feature(nodeCount, "CML - Expansion Nodes", inUse*used, expansion),
	}
}

func (s *System) feature(id, name string, inUse, maximum int) feature {
	return feature{
		ID: id, Name: name, Description: "Cisco Modeling Labs: " + name, Version: "1.0",
		InUse: inUse, Status: s.authorization(), Max: maximum,
	}
}

func getFeatures(s *System, _ *http.Request) (wire.Reply, error) { return wire.OK(s.features()), nil }

// patchFeatures sets the number of expansion nodes in use.
func patchFeatures(s *System, r *http.Request) (wire.Reply, error) {
	rule := schema.List{Min: 1, Max: 2, Of: schema.Object{
		Fields: map[string]schema.Rule{
			"id": schema.Match(regexp.MustCompile(`^[a-zA-Z\d._,-]{1,128}$`)), "count": schema.Whole(0, 1<<20),
		},
		Required: []string{"id", "count"},
	}}
	var in []struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
	if _, err := wire.Decode(r, rule, &in); err != nil {
		return wire.Reply{}, err
	}
	for _, wanted := range in {
		known := s.known(wanted.ID)
		if known == nil || wanted.Count > known.Max {
			return wire.Reply{}, wire.BadRequest("Feature %s cannot be set to %d.", wanted.ID, wanted.Count)
		}
		if wanted.ID == nodeCount {
			s.doc.License.Expansion = &wanted.Count
			s.changed = true
		}
	}
	return wire.NoContent(), nil
}

func (s *System) known(id string) *feature {
	for _, f := range s.features() {
		if f.ID == id {
			return &f
		}
	}
	return nil
}
