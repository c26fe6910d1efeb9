package labs

import (
	"maps"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func getCondition(s *Set, r *http.Request) (wire.Reply, error) {
	_, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	view := maps.Clone(link.condition())
	view["operational"] = link.condition()
	return wire.OK(view), nil
}

func patchCondition(s *Set, r *http.Request) (wire.Reply, error) {
	lab, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	var change map[string]any
	if _, err := wire.Decode(r, conditionSchema(), &change); err != nil {
		return wire.Reply{}, err
	}
	whole := maps.Clone(link.condition())
	maps.Copy(whole, change)
	link.Condition = whole
	s.note(lab, "CHANGE", "LINK", link.ID, link.Label)
	s.touch(lab)
	return wire.OK(link.Condition), nil
}

func deleteCondition(s *Set, r *http.Request) (wire.Reply, error) {
	lab, link, err := s.link(r)
	if err != nil {
		return wire.Reply{}, err
	}
	link.Condition = nil
	s.touch(lab)
	return wire.NoContent(), nil
}
