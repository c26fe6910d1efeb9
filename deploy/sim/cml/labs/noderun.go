package labs

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func startNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.NoContent(), s.startNodes(lab, []*Node{n})
}

func stopNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	s.stopNodes(lab, []*Node{n})
	return wire.NoContent(), nil
}

func wipeNode(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.NoContent(), s.wipeNodes(lab, []*Node{n})
}
