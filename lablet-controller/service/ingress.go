package service

import (
	"github.com/lablet-cloud-manager/lcm/core/controller"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/ingress"
)

// addIngress takes events for the API in every replica: some senders are configured with this service's address.
func addIngress(r *controller.Runtime) {
	handler := ingress.New(r.API, r.Log)
	r.Mux.Handle("POST /api/events", handler)
	r.Mux.Handle("OPTIONS /api/events", handler)
}
