package contract

import (
	"fmt"
	"net/http"
	"time"
)

// things are a definition, an instance, a template and a worker that waits, by the path that leads to them.
func (w *world) things() map[string]string {
	w.t.Helper()
	lab := `"topology_yaml":"lab:\n  title: one\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n"`
	definition := w.id(w.admin(http.MethodPost, "/api/lablet-definitions", `{"name":"one","version":"1.0.0",`+lab+`}`))
	start := time.Now().Add(time.Hour).UTC()
	instance := w.id(w.admin(http.MethodPost, "/api/lablet-instances", fmt.Sprintf(`{"definition_id":%q,"timeslot_start":%q,"timeslot_end":%q,"reservation_id":"r1"}`,
		definition, start.Format(time.RFC3339), start.Add(time.Hour).Format(time.RFC3339))))
	template := w.id(w.admin(http.MethodPost, "/api/worker-templates",
		`{"name":"small","description":"small","instance_type":"m5.metal","license_type":"enterprise","license":"pool","cpu_cores":96,"memory_gb":384,"storage_gb":500,"max_nodes":500}`))
	worker := w.id(w.lead("resource-scheduler", "/api/internal/workers/scale-up", `{"template_name":"small","reason":"contract","demand":"one"}`))
	return map[string]string{"lablet-definitions": definition, "lablet-instances": instance, "worker-templates": template, "workers": worker}
}
