package labs

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func getLabState(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.labState(lab)), nil
}

func getLabConverged(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.converged(lab)), nil
}

func startLab(s *Set, r *http.Request) (wire.Reply, error) {
	return s.runLab(r, "start_lab", func(lab *Lab) error { return s.startNodes(lab, lab.Nodes) })
}

func stopLab(s *Set, r *http.Request) (wire.Reply, error) {
	return s.runLab(r, "stop_lab", func(lab *Lab) error {
		s.stopNodes(lab, lab.Nodes)
		return nil
	})
}

// wipeLab wants every node stopped. There is no telemetry category for it.
func wipeLab(s *Set, r *http.Request) (wire.Reply, error) {
	return s.runLab(r, "", func(lab *Lab) error { return s.wipeNodes(lab, lab.Nodes) })
}

func (s *Set) runLab(r *http.Request, category string, do func(*Lab) error) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	from := s.labState(lab)
	if err := do(lab); err != nil {
		return wire.Reply{}, err
	}
	if category != "" {
		s.recordLab(category, lab)
	}
	s.noteState(lab, from)
	return wire.NoContent(), nil
}

// getElementState answers the states of everything in the lab.
func getElementState(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	phases := s.phases(lab)
	nodes, links, interfaces := map[string]string{}, map[string]string{}, map[string]string{}
	for _, n := range lab.Nodes {
		nodes[n.ID] = phases[n.ID].State
		for _, i := range n.Interfaces {
			interfaces[i.ID] = phases[n.ID].element()
		}
	}
	for _, link := range lab.Links {
		links[link.ID] = s.linkState(link, phases)
	}
	return wire.OK(map[string]any{"nodes": nodes, "links": links, "interfaces": interfaces}), nil
}
