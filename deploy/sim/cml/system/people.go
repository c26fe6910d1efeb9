package system

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// listUsers answers the built-in administrator. Users and groups cannot be changed.
func listUsers(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK([]any{map[string]any{
		"id": AdminID, "username": s.env.Settings().Username, "fullname": "", "email": "", "description": "",
		"admin": true, "groups": []any{}, "labs": []any{}, "resource_pool": nil,
	}}), nil
}

func getUserID(s *System, r *http.Request) (wire.Reply, error) {
	name := wire.Param(r, "name")
	if name != s.env.Settings().Username {
		return wire.Reply{}, wire.NotFound("User", name)
	}
	return wire.OK(AdminID), nil
}

func listGroups(*System, *http.Request) (wire.Reply, error) { return wire.OK([]any{}), nil }

// listConnectors answers the bridge that external connectors use.
func listConnectors(s *System, _ *http.Request) (wire.Reply, error) {
	return wire.OK([]any{map[string]any{
		"id": wire.DerivedID("connector", s.env.Machine), "device_name": "virbr0", "label": "NAT", "protected": false,
		"snooped": true, "tags": []string{"NAT"}, "operational": map[string]any{"forwarding": "NAT", "mtu": 1500},
	}}), nil
}
