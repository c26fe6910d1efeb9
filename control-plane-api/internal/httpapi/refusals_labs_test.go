package httpapi_test

import (
	"fmt"
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// afterLab asks something of a lab after something else.
func afterLab(state, first, firstBody, second, body string) func(*edge) request {
	return func(e *edge) request {
		path := "/api/lab-records/" + e.lab(0, state).ID
		if first != "" {
			e.do(request{http.MethodPost, path + first, firstBody, as("ada", "admin")})
		}
		return request{http.MethodPost, path + second, body, as("ada", "admin")}
	}
}

func labReport(first, second, body string) func(*edge) request {
	return func(e *edge) request {
		id := e.lab(0, "STOPPED").ID
		if first != "" {
			e.do(request{http.MethodPost, "/api/lab-records/" + id + first, "", as("ada", "admin")})
		}
		return request{http.MethodPost, "/api/internal/lab-records/" + id + second, body, e.leading(lablets)}
	}
}

func labRefusals() []refused {
	bound := func(suffix, body string) func(*edge) request {
		return func(e *edge) request {
			l, id := e.lab(0, "STARTED"), e.annsAt(0, lifecycle.InstanceReady)
			path := "/api/lab-records/" + l.ID
			out := e.do(request{http.MethodPost, path + "/bind", fmt.Sprintf(`{"lablet_instance_id":%q}`, id), as("ada", "admin")})
			require.Equal(e.t, http.StatusOK, out.status, string(out.body))
			return request{http.MethodPost, path + suffix, body, as("ada", "admin")}
		}
	}
	return []refused{
		{code: "action_pending", call: afterLab("STOPPED", "/start", "", "/wipe", "")},
		{code: "lab_terminal", call: afterLab("STOPPED", "/archive", "", "/start", "")},
		{code: "invalid_transition", call: afterLab("DEFINED_ON_CORE", "", "", "/archive", "")},
		{code: "lab_bound", call: bound("/stop", "")},
		{code: "lab_in_use", call: func(e *edge) request {
			id := e.annsAt(0, lifecycle.InstanceReady)
			e.labOf(id)
			l := e.found("lab-of-" + id)
			return request{http.MethodPost, "/api/lab-records/" + l + "/stop", "", as("ada", "admin")}
		}},
		{code: "other_worker", call: func(e *edge) request {
			return request{http.MethodPost, "/api/lab-records/" + e.lab(0, "STARTED").ID + "/bind", fmt.Sprintf(`{"lablet_instance_id":%q}`, e.anns(0).ID), as("ada", "admin")}
		}},
		{code: "topology_unknown", call: func(e *edge) request {
			e.labOf("x")
			return request{http.MethodGet, "/api/lab-records/" + e.found("lab-of-x") + "/topology", "", as("ada", "admin")}
		}},
		{code: "no_pending_action", call: labReport("", "/complete-action", `{}`)},
		{code: "other_action", call: labReport("/start", "/complete-action", `{"action":"stop"}`)},
		{code: "bad_run", call: labReport("", "/run-completed", `{"run_id":"r","started_at":"2026-03-02T12:00:00Z","ended_at":"2026-03-02T11:00:00Z"}`)},
		{code: "lab_id_missing", call: func(e *edge) request {
			body := fmt.Sprintf(`{"worker_id":%q,"topology_yaml":%q}`, e.worker("one").ID, labFile)
			out := e.do(request{http.MethodPost, "/api/lab-records/import", body, as("ada", "admin")})
			require.Equal(e.t, http.StatusAccepted, out.status, string(out.body))
			id := decode[struct {
				ID string `json:"lab_record_id"`
			}](e.t, out).ID
			return request{http.MethodPost, "/api/internal/lab-imports/" + id + "/complete", `{}`, e.leading(lablets)}
		}},
	}
}

// labOf reports the lab of an instance, without its file.
func (e *edge) labOf(instanceID string) {
	e.t.Helper()
	body := fmt.Sprintf(`{"worker_id":%q,"labs":[{"lab_id":"lab-of-%s","state":"STARTED"}]}`, e.worker("one").ID, instanceID)
	out := e.do(request{http.MethodPost, "/api/internal/lab-records/discover", body, e.leading(lablets)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
}

// found is the record of a lab.
func (e *edge) found(labID string) string {
	e.t.Helper()
	for _, l := range decode[[]struct {
		ID    string
		LabID string `json:"lab_id"`
	}](e.t, e.do(request{http.MethodGet, "/api/lab-records", "", as("ada", "admin")})) {
		if l.LabID == labID {
			return l.ID
		}
	}
	require.Fail(e.t, "no such lab", labID)
	return ""
}
