package system

import (
	"net/http"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

const hostname = "cml-controller"

func information(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK(map[string]any{
		"version": s.env.Settings().Version, "ready": s.env.Ready(), "allow_ssh_pubkey_auth": false, "oui": nil,
	}), nil
}

func health(s *System, _ *http.Request) (wire.Reply, error) {
	ready := s.env.Ready()
	admission := "READY"
	if !ready {
		admission = "ONLINE"
	}
	return wire.OK(map[string]any{
		"valid":         ready,
		"is_licensed":   s.licensed(),
		"is_enterprise": s.doc.License.enterprise(),
		"computes": map[string]any{s.computeID(): map[string]any{
			"kvm_vmx_enabled": true, "enough_cpus": true, "lld_connected": ready, "lld_synced": ready, "libvirt": true,
			"fabric": true, "device_mux": true, "refplat_images_available": true, "docker_shim": true, "valid": ready,
			"admission_state": admission, "is_controller": true, "hostname": hostname,
		}},
		"controller": map[string]any{"core_connected": true, "nodes_loaded": true, "images_loaded": true, "valid": true},
	}), nil
}

func telemetry(s *System, _ *http.Request) (wire.Reply, error) {
	events := slices.Concat([]Event{}, s.telemetry, s.labs.Activity())
	slices.SortStableFunc(events, func(a, b Event) int { return a.Timestamp.Compare(b.Timestamp) })
	return wire.OK(events), nil
}

func nodeDefinitions(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK(s.env.Catalog.NodeDefinitions()), nil
}

func simplifiedNodeDefinitions(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK(s.env.Catalog.SimplifiedNodeDefinitions()), nil
}

func imageDefinitions(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK(s.env.Catalog.ImageDefinitions()), nil
}

type maintenance struct {
	Mode   bool    `json:"maintenance_mode"`
	Notice *string `json:"notice"`
}

func (m maintenance) view() wire.Reply {
	return wire.OK(map[string]any{"maintenance_mode": m.Mode, "notice": m.Notice, "resolved_notice": nil})
}

func getMaintenance(s *System, _ *http.Request) (wire.Reply, error) {
	return s.doc.Maintenance.view(), nil
}

func patchMaintenance(s *System, r *http.Request) (wire.Reply, error) {
	rule := schema.Object{Fields: map[string]schema.Rule{
		"maintenance_mode": schema.Flag(), "notice": schema.Null(schema.Match(wire.UUID4)),
	}}
	if _, err := wire.Decode(r, rule, &s.doc.Maintenance); err != nil {
		return wire.Reply{}, err
	}
	s.changed = true
	s.Record(Event{
		Category: "maintenance_state_change", Timestamp: s.env.Clock.Now(),
		Data: map[string]any{"maintenance_mode": s.doc.Maintenance.Mode},
	})
	return s.doc.Maintenance.view(), nil
}
