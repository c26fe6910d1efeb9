package labs

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// shape says which parts of an element a query wants.
type shape struct {
	// Operational: nil wants run-time values at the root and nested, true nested
	// only, false none.
	Operational *bool
	// Exclude: nil wants the main configuration as a string, false all of them as
	// a list, true none.
	Exclude *bool
}

func queryShape(r *http.Request) (shape, error) {
	operational, err := wire.OptionalBool(r, "operational")
	if err != nil {
		return shape{}, err
	}
	exclude, err := wire.OptionalBool(r, "exclude_configurations")
	return shape{Operational: operational, Exclude: exclude}, err
}

func (w shape) root() bool { return w.Operational == nil }

func (w shape) nested() bool { return w.Operational == nil || *w.Operational }

// specView are the keys that a node has in every form.
func (s *Set) specView(n *Node, exclude *bool) map[string]any {
	spec := n.Spec
	view := map[string]any{
		"x": spec.X, "y": spec.Y, "label": spec.Label, "parameters": spec.Parameters,
		"image_definition": spec.Image, "ram": spec.RAM, "cpus": spec.CPUs, "cpu_limit": spec.CPULimit,
		"data_volume": spec.DataVolume, "boot_disk_size": spec.BootDisk, "hide_links": spec.HideLinks,
		"tags": spec.Tags, "node_definition": spec.Definition, "id": n.ID,
	}
	if configuration, shown := configView(spec, s.env.Catalog.Find(spec.Definition), exclude); shown {
		view["configuration"] = configuration
	}
	return view
}

func (s *Set) nodeView(lab *Lab, n *Node, w shape) map[string]any {
	view := s.specView(n, w.Exclude)
	p := s.phase(n)
	view["lab_id"], view["state"], view["boot_progress"] = lab.ID, p.State, p.progress()
	view["pinned_compute_id"] = n.Pinned
	if w.root() {
		for key, value := range s.placement(n) {
			view[key] = value
		}
	}
	if w.nested() {
		view["operational"] = s.operational(n)
	}
	return view
}

// placement are the run-time values that also stand at the root of a node.
func (s *Set) placement(n *Node) map[string]any {
	view := map[string]any{
		"compute_id": nil, "resource_pool": nil, "iol_app_id": nil, "vnc_key": nil, "serial_consoles": []any{},
	}
	if !s.phase(n).up() {
		return view
	}
	view["compute_id"] = s.computeID()
	if s.hasVNC(n) {
		view["vnc_key"] = vncKey(n)
	}
	lines := []map[string]any{}
	for line := range s.consoles(n) {
		lines = append(lines, map[string]any{
			"console_key": consoleKey(n, line), "label": n.Spec.Label, "device_number": line,
		})
	}
	view["serial_consoles"] = lines
	return view
}

// operational are the values in force while the node runs, all null before.
func (s *Set) operational(n *Node) map[string]any {
	view := s.placement(n)
	for _, key := range []string{"boot_disk_size", "cpu_limit", "cpus", "data_volume", "ram", "image_definition"} {
		view[key] = nil
	}
	d := s.env.Catalog.Find(n.Spec.Definition)
	if !s.phase(n).up() || d.Infrastructure() {
		return view
	}
	view["cpus"], view["ram"] = s.size(n)
	view["cpu_limit"] = or(n.Spec.CPULimit, 100)
	view["data_volume"], view["boot_disk_size"] = or(n.Spec.DataVolume, 0), or(n.Spec.BootDisk, 0)
	view["image_definition"] = or(n.Spec.Image, d.Image)
	return view
}

func or[T any](value *T, fallback T) T {
	if value == nil {
		return fallback
	}
	return *value
}

func (s *Set) computeID() string { return wire.DerivedID("compute", s.env.Machine) }
