package service

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/controller"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/assign"
	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/overview"
)

// addOverviews adds the scheduler's own admin routes. Any replica answers them from its caches.
func addOverviews(r *controller.Runtime, models assign.Models) {
	for path, view := range map[string]func(now time.Time) any{
		"scheduling-overview":   func(time.Time) any { return overview.Summarize(models.Instances.List(), models.Workers.List()) },
		"timeslots/landscape":   func(now time.Time) any { return overview.Landscapes(models.Instances.List(), now) },
		"timeslots/approaching": func(now time.Time) any { return overview.Approaching(models.Instances.List(), now) },
		"timeslots/expired":     func(now time.Time) any { return overview.Expired(models.Instances.List(), now) },
	} {
		handler := r.Admin(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			// A caller that went away is no one's failure.
			_ = json.NewEncoder(w).Encode(view(time.Now()))
		})
		for _, prefix := range controller.AdminPrefixes() {
			r.Mux.Handle("GET "+prefix+"/"+path, handler)
		}
	}
}
