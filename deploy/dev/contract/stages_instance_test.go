package contract

import (
	"fmt"
	"net/http"
	"slices"
)

const labs = "lablet-controller"

func instanceStages() map[string]stage {
	at := func(status string) stage { return func(w *world) names { return w.instance(status) } }
	return map[string]stage{
		"create-lablet-instance": func(w *world) names {
			return names{"definition_id": w.tiny, "reservation_id": w.next("reservation")}
		},
		"get-lablet-instance-by-reservation": func(w *world) names { return names{"reservation_id": w.booked()["reservation_id"]} },
		"start-lablet-instance-collection":   at("running"), "collect-and-grade-lablet-instance": at("running"), "stop-lablet-instance": at("running"),
		"start-lablet-instance-grading": at("collecting"), "requeue-lablet-instance": at("scheduled"),
		"resume-lablet-instance": func(w *world) names {
			i := w.instance("running")
			w.admin(http.MethodPost, fmt.Sprintf("/api/lablet-instances/%v/stop", i["id"]), "")
			return i
		},
		"requeue-lablet-instances": func(w *world) names { return names{"instance_ids": []any{w.instance("scheduled")["id"]}} },
		"bind-lablet-instance-lab": func(w *world) names {
			i := w.instance("ready")
			i["lab_record_id"] = w.lab("STARTED")["id"]
			return i
		},
		"unbind-lablet-instance-lab": func(w *world) names {
			i := w.instance("ready")
			i["lab_record_id"] = w.lab("STARTED")["id"]
			return i
		},
		"force-drop-lablet-instance-finalizer": at("instantiating"), "drop-instance-finalizer": at("instantiating"),
		"session-started": at("ready"), "start-instantiation": at("scheduled"), "put-instance-finalizer": at("instantiating"),
		"record-instance-step": at("instantiating"), "mark-instance-ready": at("instantiating"), "transition-instance": at("running"),
		"put-instance-transition": at("running"), "requeue-instance": at("scheduled"), "record-instance-score": at("grading"),
		"allocate-instance-ports": at("scheduled"), "put-instance-ports": at("scheduled"),
		"schedule-instance": func(w *world) names {
			i := w.booked()
			i["worker_id"] = w.shared
			return i
		},
	}
}

// booked is an instance that waits, in the slot of the examples.
func (w *world) booked() names {
	w.t.Helper()
	reservation := w.next("reservation")
	id := w.id(w.admin(http.MethodPost, "/api/lablet-instances", fmt.Sprintf(
		`{"definition_id":%q,"timeslot_start":"2030-03-02T09:00:00Z","timeslot_end":"2030-03-02T10:00:00Z","reservation_id":%q}`, w.tiny, reservation)))
	return names{"id": id, "reservation_id": reservation, "generation": w.generation("lablet-instances", id)}
}

// instance is one that begins at once and has come to a status on the shared worker.
func (w *world) instance(status string) names {
	w.t.Helper()
	id := w.id(w.admin(http.MethodPost, "/api/lablet-instances", fmt.Sprintf(`{"definition_id":%q,"duration_minutes":60}`, w.tiny)))
	path, session := "/api/internal/lablet-instances/"+id, w.next("lds")
	generation := func() int64 { return w.generation("lablet-instances", id) }
	lab := func(below, body string) { w.lead(labs, path+below, body) }
	steps := []struct {
		to string
		do func()
	}{
		{"scheduled", func() {
			w.lead("resource-scheduler", path+"/schedule", fmt.Sprintf(`{"worker_id":%q,"scheduled_by":"test"}`, w.shared))
		}},
		{"instantiating", func() {
			lab("/start-instantiation", fmt.Sprintf(`{"generation":%d}`, generation()))
			lab("/finalizers", fmt.Sprintf(`{"kind":"lab","attempt":1,"generation":%d}`, generation()))
		}},
		{"ready", func() {
			w.leads(labs, http.MethodPut, path+"/mark-ready", fmt.Sprintf(
				`{"generation":%d,"cml_lab_id":%q,"lds_session_id":%q,"lds_login_url":"https://lds.example/launch"}`, generation(), w.next("lab"), session))
		}},
		{"running", func() { lab("/transition", fmt.Sprintf(`{"status":"running","generation":%d}`, generation())) }},
		{"collecting", func() {
			lab("/transition", fmt.Sprintf(`{"status":"collecting","generation":%d}`, generation()))
			lab("/instantiation-progress", `{"step":"collect","attempt":1,"status":"done","evidence_uri":"s3://evidence/one"}`)
		}},
		{"grading", func() { lab("/transition", fmt.Sprintf(`{"status":"grading","generation":%d}`, generation())) }},
	}
	last := slices.IndexFunc(steps, func(s struct {
		to string
		do func()
	}) bool {
		return s.to == status
	})
	for _, step := range steps[:last+1] {
		step.do()
	}
	return names{"id": id, "generation": generation(), "lds_session_id": session}
}
