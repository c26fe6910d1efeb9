package contract

import (
	"fmt"
	"net/http"
)

func workerStages() map[string]stage {
	registering := func(w *world) names { return names{"id": w.licensing(http.MethodPost)} }
	leaving := func(w *world) names { return names{"id": w.licensing(http.MethodDelete)} }
	pending := func(w *world) names {
		id := w.pendingWorker()
		return names{"id": id, "generation": w.generation("workers", id)}
	}
	draining := func(w *world) names {
		id := w.runningWorker()
		w.admin(http.MethodPost, "/api/workers/"+id+"/drain", "")
		return names{"id": id}
	}
	return map[string]stage{
		"plan-worker-launch": pending, "cancel-worker-drain": draining,
		"put-worker-finalizer": func(w *world) names {
			id := w.runningWorker()
			return names{"id": id, "generation": w.generation("workers", id)}
		},
		"fetch-license-token": registering, "license-start-registration": registering,
		"license-complete-registration": registering, "license-fail-registration": registering,
		"license-start-deregistration": leaving, "license-complete-deregistration": leaving, "license-fail-deregistration": leaving,
		"get-worker-by-instance": func(w *world) names { return names{"instance_id": machineOf(w.runningWorker())} },
		"schedule-instances": func(w *world) names {
			booked := w.booked()
			return names{"id": w.shared, "instance_id": booked["id"], "generation": booked["generation"]}
		},
		"scale-up": func(w *world) names { return names{"demand": w.next("demand")} },
	}
}

// pendingWorker is a worker that has no machine yet.
func (w *world) pendingWorker() string {
	w.t.Helper()
	return w.id(w.lead("resource-scheduler", "/api/internal/workers/scale-up",
		fmt.Sprintf(`{"template_name":%q,"reason":"contract","demand":%q}`, templateName, w.next("demand"))))
}

// machineOf is the machine of a worker that runs.
func machineOf(worker string) string { return "i-" + worker }

// runningWorker is a worker on which labs may be placed.
func (w *world) runningWorker() string {
	w.t.Helper()
	const controller = "worker-controller"
	id := w.pendingWorker()
	path := "/api/internal/workers/" + id
	w.lead(controller, path+"/launch", fmt.Sprintf(
		`{"generation":%d,"ami_id":"ami-1","instance_type":"m5.metal","subnet_id":"subnet-1","security_group_ids":["sg-1"],"disk_gb":100}`, w.generation("workers", id)))
	w.lead(controller, path+"/status", fmt.Sprintf(`{"status":"running","ec2_instance_id":%q}`, machineOf(id)))
	w.lead(controller, path+"/cml-data", `{"cml_version":"2.9.0","ready":true,"collected_at":"2026-01-01T00:00:00Z",`+
		`"license_info":{"registration_status":"COMPLETED","authorization_status":"IN_COMPLIANCE","is_enterprise":true}}`)
	return id
}

// licensing is a worker whose licence is about to be registered (POST) or given back (DELETE).
func (w *world) licensing(method string) string {
	w.t.Helper()
	id, body := w.runningWorker(), ""
	if method == http.MethodPost {
		body = `{"license_token":"token","reregister":true}`
	}
	w.admin(method, "/api/workers/"+id+"/license", body)
	return id
}
