package labs

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// consoleKey opens a serial line; like the VNC key it holds for one run.
func consoleKey(n *Node, line int) string {
	return wire.DerivedID("console", n.ID, n.Run.id(), strconv.Itoa(line))
}

func vncKey(n *Node) string { return wire.DerivedID("vnc", n.ID, n.Run.id()) }

// id tells the runs of a node apart.
func (r *Run) id() string { return strconv.FormatInt(r.Started.UnixNano(), 10) }

// consoles is the number of serial lines that can be opened now.
func (s *Set) consoles(n *Node) int {
	if !s.phase(n).up() {
		return 0
	}
	return s.env.Catalog.Find(n.Spec.Definition).Consoles()
}

func (s *Set) hasVNC(n *Node) bool {
	return s.phase(n).up() && s.env.Catalog.Find(n.Spec.Definition).VNC()
}

func getConsoleKey(s *Set, r *http.Request) (wire.Reply, error) {
	_, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	line, err := wire.Int(r, "line", 0, 0)
	if err != nil {
		return wire.Reply{}, err
	}
	if line >= s.consoles(n) {
		return wire.Reply{}, wire.NotFound("Console line", strconv.Itoa(line))
	}
	return wire.OK(consoleKey(n, line)), nil
}

func getVNCKey(s *Set, r *http.Request) (wire.Reply, error) {
	_, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	if !s.hasVNC(n) {
		return wire.Reply{}, wire.NotFound("VNC console of node", n.ID)
	}
	return wire.OK(vncKey(n)), nil
}

func listConsoleKeys(s *Set, _ *http.Request) (wire.Reply, error) {
	keys := map[string]any{}
	for _, lab := range s.labs {
		for _, n := range lab.Nodes {
			for line := range s.consoles(n) {
				keys[consoleKey(n, line)] = map[string]any{
					"node_id": n.ID, "compute_id": s.computeID(), "lab_id": lab.ID, "label": n.Spec.Label,
					"driver": s.env.Catalog.Find(n.Spec.Definition).Driver, "line": line,
				}
			}
		}
	}
	return wire.OK(keys), nil
}

func listVNCKeys(s *Set, _ *http.Request) (wire.Reply, error) {
	keys := map[string]any{}
	for _, lab := range s.labs {
		for _, n := range lab.Nodes {
			if s.hasVNC(n) {
				keys[vncKey(n)] = map[string]any{
					"node_id": n.ID, "compute_id": s.computeID(), "lab_id": lab.ID, "label": n.Spec.Label,
					"compute_address": "127.0.0.1",
				}
			}
		}
	}
	return wire.OK(keys), nil
}

// getConsoleLog answers what the node wrote to its console so far.
func getConsoleLog(s *Set, r *http.Request) (wire.Reply, error) {
	_, n, err := s.node(r)
	if err != nil {
		return wire.Reply{}, err
	}
	lines, err := wire.Int(r, "lines", 0, 1)
	if err != nil {
		return wire.Reply{}, err
	}
	number := wire.Param(r, "console")
	line, err := strconv.Atoi(number)
	if err != nil || line < 0 || line >= s.consoles(n) {
		return wire.Reply{}, wire.NotFound("Console", number)
	}
	log := s.consoleLog(n)
	if lines > 0 && lines < len(log) {
		log = log[len(log)-lines:]
	}
	return wire.OK(strings.Join(log, "\r\n") + "\r\n"), nil
}

func (s *Set) consoleLog(n *Node) []string {
	d := s.env.Catalog.Find(n.Spec.Definition)
	log := []string{fmt.Sprintf("Booting %s ...", d.Label)}
	for _, i := range n.Interfaces {
		log = append(log, fmt.Sprintf("%s: link ready", i.Label))
	}
	if s.phase(n).State == stateBooted {
		log = append(log, "Press RETURN to get started", n.Spec.Label+">")
	}
	return log
}
