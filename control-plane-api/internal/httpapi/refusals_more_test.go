package httpapi_test

import (
	"fmt"
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// onWorker asks something of a worker; it runs unless its end was asked for.
func onWorker(method, suffix, body string) func(*edge) request {
	return func(e *edge) request {
		return request{method, "/api/workers/" + e.machine("one") + suffix, body, as("ada", "admin")}
	}
}

// onNew asks something of a worker that has no machine yet.
func onNew(method, suffix, body string) func(*edge) request {
	return func(e *edge) request {
		return request{method, "/api/workers/" + e.worker("one").ID + suffix, body, as("ada", "admin")}
	}
}

func reported(suffix, body string) func(*edge) request {
	return func(e *edge) request {
		return request{http.MethodPost, "/api/internal/workers/" + e.machine("one") + suffix, body, e.leading(workers)}
	}
}

func workerRefusals() []refused {
	twice := func(suffix, first, second string) func(*edge) request {
		return func(e *edge) request {
			path := "/api/workers/" + e.machine("one") + suffix
			e.do(request{http.MethodPost, path, first, as("ada", "admin")})
			return request{http.MethodPost, path, second, as("ada", "admin")}
		}
	}
	return []refused{
		{code: "worker_terminated", call: func(e *edge) request {
			path := "/api/workers/" + e.worker("one").ID
			e.do(request{http.MethodPost, "/api/internal" + path[4:] + "/terminate", `{}`, e.leading(workers)})
			return request{http.MethodPost, path + "/start", "", as("ada", "admin")}
		}},
		{code: "worker_not_draining", call: onWorker(http.MethodPost, "/cancel-drain", "")},
		{code: "worker_not_running", call: onNew(http.MethodPost, "/pause", "")},
		{code: "worker_not_running", call: onNew(http.MethodPost, "/labs/discover", "")},
		{code: "worker_not_launched", call: onNew(http.MethodPost, "/monitoring", "")},
		{code: "bad_tags", call: onWorker(http.MethodPost, "/tags", `{"tags":{"lcm:worker_id":"x"}}`)},
		{code: "license_busy", call: twice("/license", `{}`, `{}`)},
		{code: "no_secret_key", call: onWorker(http.MethodPost, "/license", `{"license_token":"abc"}`)},
		{code: "worker_in_use", call: func(e *edge) request {
			_, worker := e.placedNow()
			return request{http.MethodPost, "/api/workers/" + worker + "/stop", "", as("ada", "admin")}
		}},
		{code: "image_required", call: on(http.MethodPost, "/api/workers", `{"name":"w","instance_type":"m5.large"}`)},
		{code: "bad_region", call: on(http.MethodPost, "/api/workers/import", `{"aws_region":"nowhere!","ami_id":"a"}`)},
		{code: "import_criteria_required", call: on(http.MethodPost, "/api/workers/import", `{}`)},
		{code: "worker_exists", call: func(e *edge) request {
			return request{http.MethodPost, "/api/workers/import", fmt.Sprintf(`{"aws_instance_id":"i-%s"}`, e.machine("one")), as("ada", "admin")}
		}},
		{code: "bad_status", call: reported("/status", `{"status":"nowhere"}`)},
		{code: "no_pending_operation", call: reported("/license/start-registration", `{}`)},
		{code: "invalid_transition", call: reported("/launch", `{"generation":2,"ami_id":"a","instance_type":"m5.large","subnet_id":"s","security_group_ids":["g"],"disk_gb":8}`)},
		{code: "bad_finalizer", call: reported("/finalizers", `{"kind":"lab","attempt":1,"generation":2}`)},
		{code: "generation_required", call: reported("/finalizers", `{"kind":"license","attempt":1}`)},
		{code: "certificate_pinned", call: func(e *edge) request {
			path := "/api/internal/workers/" + e.machine("one") + "/tls-pin"
			e.do(request{http.MethodPost, path, fmt.Sprintf(`{"fingerprint":"%064d"}`, 1), e.leading(workers)})
			return request{http.MethodPost, path, fmt.Sprintf(`{"fingerprint":"%064d"}`, 2), e.leading(workers)}
		}},
	}
}

// placedNow is an instance that begins at once, and its worker.
func (e *edge) placedNow() (id, worker string) {
	e.t.Helper()
	body := fmt.Sprintf(`{"definition_id":%q,"duration_minutes":30}`, e.definition("now").ID)
	out := e.do(request{http.MethodPost, "/api/lablet-instances", body, as("ann", "user")})
	require.Equal(e.t, http.StatusCreated, out.status, string(out.body))
	id, worker = decode[api.Instance](e.t, out).ID, e.placeable()
	out = e.do(request{http.MethodPost, "/api/internal/lablet-instances/" + id + "/schedule", fmt.Sprintf(`{"worker_id":%q,"scheduled_by":"s"}`, worker), e.leading(scheduler)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return id, worker
}

// placeable is a worker on which labs may be placed.
func (e *edge) placeable() string {
	e.t.Helper()
	id := e.machine("place")
	out := e.do(request{http.MethodPost, "/api/internal/workers/" + id + "/cml-data", `{"cml_version":"2.9.0","ready":true,"collected_at":"2026-03-02T12:00:00Z",` +
		`"license_info":{"registration_status":"COMPLETED","authorization_status":"IN_COMPLIANCE","is_enterprise":true}}`, e.leading(workers)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return id
}

// placing books a lab of a definition for a worker that takes any.
func placing(fields string) func(*edge) request {
	return func(e *edge) request {
		body := fmt.Sprintf(`{"name":"much","version":"1.0.0","max_duration_minutes":60,"topology_yaml":%q%s}`, labFile, fields)
		out := e.do(request{http.MethodPost, "/api/lablet-definitions", body, as("ada", "admin")})
		require.Equal(e.t, http.StatusCreated, out.status, string(out.body))
		i := e.book("ann", decode[api.Definition](e.t, out).ID, "r")
		return request{http.MethodPost, "/api/internal/lablet-instances/" + i.ID + "/schedule", fmt.Sprintf(`{"worker_id":%q,"scheduled_by":"s"}`, e.placeable()), e.leading(scheduler)}
	}
}

func instanceRefusals() []refused {
	internal := func(status lifecycle.InstanceStatus, method, suffix, body string) func(*edge) request {
		return func(e *edge) request {
			return request{method, "/api/internal/lablet-instances/" + e.annsAt(0, status) + suffix, body, e.leading(lablets)}
		}
	}
	booking := func(body string) func(*edge) request {
		return func(e *edge) request {
			return request{http.MethodPost, "/api/lablet-instances", fmt.Sprintf(`{"definition_id":%q,%s}`, e.definition("one").ID, body), as("ann", "user")}
		}
	}
	return []refused{
		{code: "definition_not_found", call: on(http.MethodPost, "/api/lablet-instances", `{"definition_id":"none","duration_minutes":5}`)},
		{code: "timeslot_missing", call: booking(`"reservation_id":"r"`)},
		{code: "timeslot_end_before_start", call: booking(`"timeslot_start":"2026-03-02T13:00:00Z","timeslot_end":"2026-03-02T12:30:00Z"`)},
		{code: "timeslot_in_past", call: booking(`"timeslot_start":"2026-03-02T11:00:00Z","timeslot_end":"2026-03-02T11:30:00Z"`)},
		{code: "timeslot_too_far", call: booking(`"timeslot_start":"2099-03-02T11:00:00Z","timeslot_end":"2099-03-02T11:30:00Z"`)},
		{code: "timeslot_too_long", call: booking(`"duration_minutes":600`)},
		{code: "owner_not_yours", call: booking(`"duration_minutes":5,"owner_id":"bob"`)},
		{code: "reservation_exists", call: func(e *edge) request {
			i := e.anns(0)
			return request{http.MethodPost, "/api/lablet-instances", fmt.Sprintf(`{"definition_id":%q,"duration_minutes":5,"reservation_id":%q}`, i.DefinitionID, i.ReservationID), as("ann", "user")}
		}},
		{code: "not_later", call: running(lifecycle.InstancePending, http.MethodPost, "/extend", `{"new_timeslot_end":"2026-03-02T12:30:00Z"}`)},
		{code: "invalid_transition", call: running(lifecycle.InstancePending, http.MethodPost, "/stop", "")},
		{code: "instance_terminated", call: func(e *edge) request {
			path := "/api/lablet-instances/" + e.anns(0).ID
			e.do(request{http.MethodDelete, path, "", as("ann", "user")})
			return request{http.MethodDelete, path, "", as("ann", "user")}
		}},
		{code: "evidence_missing", call: func(e *edge) request {
			path := "/api/lablet-instances/" + e.annsAt(0, lifecycle.InstanceRunning)
			e.do(request{http.MethodPost, path + "/start-collection", "", as("ann", "user")})
			return request{http.MethodPost, path + "/start-grading", "", as("ann", "user")}
		}},
		{code: "lab_gone", call: func(e *edge) request {
			path := "/api/lablet-instances/" + e.halted(0)
			e.do(request{http.MethodDelete, path + "/finalizers/lab/1", "", as("ada", "admin")})
			return request{http.MethodPost, path + "/resume", "", as("ann", "user")}
		}},
		{code: "attempt_over", call: internal(lifecycle.InstancePending, http.MethodPost, "/instantiation-progress", `{"step":"import","attempt":1,"status":"done"}`)},
		{code: "too_many_steps", call: func(e *edge) request {
			path, headers := "/api/internal/lablet-instances/"+e.annsAt(0, lifecycle.InstanceInstantiating)+"/instantiation-progress", e.leading(lablets)
			step := func(n int) request {
				return request{http.MethodPost, path, fmt.Sprintf(`{"step":"step-%d","attempt":1,"status":"done"}`, n), headers}
			}
			for n := range 64 {
				require.Equal(e.t, http.StatusOK, e.do(step(n)).status)
			}
			return step(64)
		}},
		{code: "too_many_conditions", call: func(e *edge) request {
			path, headers := "/api/internal/lablet-instances/"+e.anns(0).ID+"/conditions", e.leading(lablets)
			for n := 0; ; n++ {
				r := request{http.MethodPost, path, fmt.Sprintf(`{"conditions":[{"type":"type-%d","status":"True","reason":"r","message":"m","since":"2026-03-02T12:00:00Z"}]}`, n), headers}
				if n == 64 || e.do(r).status != http.StatusOK {
					return r
				}
			}
		}},
		{code: "reason_missing", call: internal(lifecycle.InstanceCollecting, http.MethodPost, "/score", `{"attempt":1}`)},
		{code: "not_resumed", call: func(e *edge) request {
			id := e.stoppedByUser()
			return request{http.MethodPost, "/api/internal/lablet-instances/" + id + "/transition", fmt.Sprintf(`{"status":"running","generation":%d}`, e.generation(id)), e.leading(lablets)}
		}},
		{code: "session_kept", call: func(e *edge) request {
			id := e.stoppedByUser()
			return request{http.MethodPost, "/api/internal/lablet-instances/" + id + "/transition", fmt.Sprintf(`{"status":"archived","generation":%d}`, e.generation(id)), e.leading(lablets)}
		}},
		{code: "bad_score", call: internal(lifecycle.InstanceCollecting, http.MethodPost, "/score",
			`{"attempt":1,"score":{"total_points_earned":9,"total_points_possible":1,"percentage":0,"score":0,"max_score":0,"graded_at":"2026-03-02T12:00:00Z","check_results":[],"checks":[]}}`)},
		{code: "generation_changed", call: internal(lifecycle.InstanceScheduled, http.MethodPost, "/start-instantiation", `{"generation":77}`)},
		{code: "login_url_missing", call: func(e *edge) request {
			id := e.annsAt(0, lifecycle.InstanceInstantiating)
			return request{http.MethodPut, "/api/internal/lablet-instances/" + id + "/mark-ready", fmt.Sprintf(`{"generation":%d,"cml_lab_id":"l"}`, e.generation(id)), e.leading(lablets)}
		}},
		{code: "not_placed", call: internal(lifecycle.InstancePending, http.MethodPut, "/ports", "")},
		{code: "instance_not_found", call: func(e *edge) request {
			return request{http.MethodPost, "/api/internal/lablet-instances/session-started", `{"lds_session_id":"none"}`, e.leading(lablets)}
		}},
	}
}

// stoppedByUser is an instance of ann's that is stopped and may go on.
func (e *edge) stoppedByUser() string {
	e.t.Helper()
	id := e.halted(0)
	out := e.do(request{http.MethodPost, "/api/internal/lablet-instances/" + id + "/transition", fmt.Sprintf(`{"status":"stopped","generation":%d}`, e.generation(id)), e.leading(lablets)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return id
}

func (e *edge) generation(id string) int64 {
	e.t.Helper()
	out := e.do(request{http.MethodGet, "/api/internal/lablet-instances/" + id, "", by(lablets)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return decode[struct{ Generation int64 }](e.t, out).Generation
}

func placingRefusals() []refused {
	return []refused{
		{code: "insufficient_cpu", call: placing(`,"cpu_cores":100`)},
		{code: "insufficient_memory", call: placing(`,"memory_gb":500`)},
		{code: "insufficient_storage", call: placing(`,"storage_gb":900`)},
		{code: "worker_not_placeable", call: func(e *edge) request {
			i := e.anns(0)
			return request{http.MethodPost, "/api/internal/lablet-instances/" + i.ID + "/schedule", fmt.Sprintf(`{"worker_id":%q,"scheduled_by":"s"}`, e.worker("one").ID), e.leading(scheduler)}
		}},
		{code: "hold_refused", call: func(e *edge) request {
			id, worker := e.placedNow()
			e.do(request{http.MethodPost, "/api/internal/workers/" + worker + "/cml-data", `{"cml_version":"2.9.0","ready":false,"collected_at":"2026-03-02T12:00:00Z"}`, e.leading(workers)})
			return request{http.MethodPost, "/api/internal/lablet-instances/" + id + "/start-instantiation", fmt.Sprintf(`{"generation":%d}`, e.generation(id)), e.leading(lablets)}
		}},
	}
}

func otherRefusals() []refused {
	finished := func(e *edge) string {
		id := e.annsTask()
		e.do(request{http.MethodPost, "/api/internal/tasks/" + id + "/progress", `{"status":"completed"}`, e.leading(workers)})
		return id
	}
	return []refused{
		{code: "bad_settings", call: on(http.MethodPut, "/api/settings", `{"discovery":{"regions":["nowhere"]}}`)},
		{code: "task_finished", call: func(e *edge) request {
			return request{http.MethodPost, "/api/tasks/" + finished(e) + "/cancel", "", as("ann", "admin")}
		}},
		{code: "task_not_cancellable", call: func(e *edge) request {
			id := e.annsTask()
			e.do(request{http.MethodPost, "/api/internal/tasks/" + id + "/progress", `{"status":"in_progress"}`, e.leading(workers)})
			return request{http.MethodPost, "/api/tasks/" + id + "/cancel", "", as("ann", "admin")}
		}},
		{code: "aggregate_not_found", call: on(http.MethodGet, "/api/audit/verify?kind=workers&id=none", "")},
		{code: "event_unauthenticated", call: on(http.MethodPost, "/api/events", `{}`)},
		{code: "bad_event", call: func(*edge) request {
			return request{http.MethodPost, "/api/events", `{}`, []string{"Authorization", "Bearer " + inboundToken}}
		}},
		{code: "route_not_found", call: on(http.MethodPost, "/", `{}`)},
	}
}
