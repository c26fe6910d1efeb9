package system

import (
	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// PublicRoutes adds the endpoints that need no token.
func PublicRoutes(r chi.Router, open wire.Opener[*System]) {
	r.Post("/authenticate", wire.Endpoint(open, authenticate))
	r.Post("/auth_extended", wire.Endpoint(open, authenticateExtended))
	r.Get("/system_information", wire.Endpoint(open, information))
	r.Get("/system/maintenance_mode", wire.Endpoint(open, getMaintenance))
}

// Routes adds the endpoints that need a token.
func Routes(r chi.Router, open wire.Opener[*System]) {
	r.Get("/authok", wire.Endpoint(open, authOK))
	r.Delete("/logout", wire.Endpoint(open, logout))
	r.Get("/system_health", wire.Endpoint(open, health))
	r.Get("/system_stats", wire.Endpoint(open, stats))
	r.Get("/telemetry/events", wire.Endpoint(open, telemetry))
	r.Patch("/system/maintenance_mode", wire.Endpoint(open, patchMaintenance))
	r.Get("/node_definitions", wire.Endpoint(open, nodeDefinitions))
	r.Get("/simplified_node_definitions", wire.Endpoint(open, simplifiedNodeDefinitions))
	r.Get("/image_definitions", wire.Endpoint(open, imageDefinitions))
	r.Get("/system/external_connectors", wire.Endpoint(open, listConnectors))
	r.Get("/users", wire.Endpoint(open, listUsers))
	r.Get("/users/{name}/id", wire.Endpoint(open, getUserID))
	r.Get("/groups", wire.Endpoint(open, listGroups))
	r.Route("/licensing", func(r chi.Router) {
		r.Get("/", wire.Endpoint(open, getLicensing))
		r.Put("/product_license", wire.Endpoint(open, putProduct))
		r.Get("/features", wire.Endpoint(open, getFeatures))
		r.Patch("/features", wire.Endpoint(open, patchFeatures))
		r.Put("/transport", wire.Endpoint(open, putTransport))
		r.Post("/registration", wire.Endpoint(open, register))
		r.Put("/registration/renew", wire.Endpoint(open, renewRegistration))
		r.Put("/authorization/renew", wire.Endpoint(open, renewAuthorization))
		r.Delete("/deregistration", wire.Endpoint(open, deregister))
	})
}
