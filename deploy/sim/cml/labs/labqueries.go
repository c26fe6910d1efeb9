package labs

import (
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func getTopology(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	exclude, err := wire.OptionalBool(r, "exclude_configurations")
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.topologyView(lab, exclude)), nil
}

func getTile(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.OK(s.tileView(lab)), nil
}

func listTiles(s *Set, _ *http.Request) (wire.Reply, error) {
	tiles := map[string]any{}
	for _, lab := range s.labs {
		tiles[lab.ID] = s.tileView(lab)
	}
	return wire.OK(map[string]any{"lab_tiles": tiles}), nil
}

func findByLabel(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	label := wire.Param(r, "query")
	for _, n := range lab.Nodes {
		if n.Spec.Label == label {
			return wire.OK(n.ID), nil
		}
	}
	return wire.Reply{}, wire.NotFound("Node", label)
}

func findByTag(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	ids := []string{}
	for _, n := range lab.Nodes {
		if slices.Contains(n.Spec.Tags, wire.Param(r, "query")) {
			ids = append(ids, n.ID)
		}
	}
	return wire.OK(ids), nil
}

// getAddresses answers the addresses of the nodes that have booted; {} before.
func getAddresses(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	links := lab.connected()
	out := map[string]any{}
	for at, n := range lab.Nodes {
		if s.phase(n).State == stateBooted && !s.env.Catalog.Find(n.Spec.Definition).Infrastructure() {
			out[n.ID] = addresses(at, n, links)
		}
	}
	return wire.OK(out), nil
}

func getNodeAddresses(s *Set, r *http.Request) (wire.Reply, error) {
	lab, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	if s.phase(n).State != stateBooted {
		return wire.OK(map[string]any{"name": n.Spec.Label, "interfaces": map[string]any{}}), nil
	}
	return wire.OK(addresses(slices.Index(lab.Nodes, n), n, lab.connected())), nil
}

// getSimulationStats answers what a real controller does, which is not what its
// interface description says. Figures grow with the time a node has run.
func getSimulationStats(s *Set, r *http.Request) (wire.Reply, error) {
	lab, err := s.lab(r)
	if err != nil {
		return wire.Reply{}, err
	}
	nodes, links := map[string]any{}, map[string]any{}
	phases := s.phases(lab)
	for _, n := range lab.Nodes {
		if phases[n.ID].up() {
			ran := int64(s.env.Clock.Elapsed(n.Run.Started).Seconds())
			nodes[n.ID] = map[string]any{"cpu_usage": 5.0, "block0_rd_bytes": 4096 * ran, "block0_wr_bytes": 1024 * ran}
		}
	}
	for _, link := range lab.Links {
		if s.linkState(link, phases) == stateStarted {
			links[link.ID] = map[string]any{"readbytes": 0, "readpackets": 0, "writebytes": 0, "writepackets": 0, "drops": 0}
		}
	}
	return wire.OK(map[string]any{"nodes": nodes, "links": links}), nil
}
