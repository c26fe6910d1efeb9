package httpapi_test

import (
	"fmt"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// labbed says who may call the routes of labs and reports, and those that change instances and definitions.
func labbed() map[string]access {
	managers, readers, authors := []api.Role{api.Admin, api.Manager}, []api.Role{api.Admin, api.Manager, api.LabAuthor}, []api.Role{api.Admin, api.LabAuthor}
	on := func(method, suffix, state, body string) func(*edge, int) request {
		return func(e *edge, n int) request {
			return request{method: method, path: "/api/lab-records/" + e.lab(n, state).ID + suffix, body: body}
		}
	}
	older := func(method, suffix, state, body string) func(*edge, int) request {
		return func(e *edge, n int) request {
			l := e.lab(n, state)
			return request{method: method, path: "/api/labs/region/us-east-1/workers/" + l.WorkerID + "/labs/" + l.LabID + suffix, body: body}
		}
	}
	session := func(status lifecycle.InstanceStatus, suffix string) func(*edge, int) request {
		return func(e *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/lablet-instances/" + e.annsAt(n, status) + suffix}
		}
	}
	definition := func(method, suffix, body string) func(*edge, int) request {
		return func(e *edge, n int) request {
			return request{method: method, path: "/api/lablet-definitions/" + e.definition(fmt.Sprint("change-", n)).ID + suffix, body: body}
		}
	}
	return map[string]access{
		"start-lablet-instance-collection":  {roles: managers, owner: true, call: session(lifecycle.InstanceRunning, "/start-collection")},
		"start-lablet-instance-grading":     {roles: managers, owner: true, call: session(lifecycle.InstanceCollecting, "/start-grading")},
		"collect-and-grade-lablet-instance": {roles: managers, owner: true, call: session(lifecycle.InstanceRunning, "/collect-and-grade")},
		"stop-lablet-instance":              {roles: managers, owner: true, call: session(lifecycle.InstanceRunning, "/stop")},
		"resume-lablet-instance": {roles: managers, owner: true, call: func(e *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/lablet-instances/" + e.halted(n) + "/resume"}
		}},
		"requeue-lablet-instance": {roles: managers, call: session(lifecycle.InstanceScheduled, "/requeue")},
		"requeue-lablet-instances": {roles: managers, call: func(e *edge, n int) request {
			return request{
				method: http.MethodPost, path: "/api/lablet-instances/bulk/requeue",
				body: fmt.Sprintf(`{"instance_ids":[%q]}`, e.annsAt(n, lifecycle.InstanceScheduled)),
			}
		}},
		"force-drop-lablet-instance-finalizer": {roles: []api.Role{api.Admin}, call: func(e *edge, n int) request {
			return request{method: http.MethodDelete, path: "/api/lablet-instances/" + e.annsAt(n, lifecycle.InstanceReady) + "/finalizers/lab/1"}
		}},

		"search-lablet-definitions": {roles: []api.Role{anyone}, call: func(*edge, int) request {
			return request{method: http.MethodGet, path: "/api/lablet-definitions/search?q=ch"}
		}},
		"get-lablet-definition-by-version": {roles: []api.Role{anyone}, call: func(e *edge, n int) request {
			d := e.definition(fmt.Sprint("named-", n))
			return request{method: http.MethodGet, path: "/api/lablet-definitions/by-name/" + d.Name + "/version/1.0"}
		}},
		"update-lablet-definition":         {roles: authors, call: definition(http.MethodPut, "", `{"warm_pool_depth":2}`)},
		"create-lablet-definition-version": {roles: authors, call: definition(http.MethodPost, "/versions", `{"cpu_cores":3}`)},
		"deprecate-lablet-definition":      {roles: authors, call: definition(http.MethodPost, "/deprecate", `{"reason":"old"}`)},
		"activate-lablet-definition":       {roles: authors, call: definition(http.MethodPatch, "/activate", "")},
		"deactivate-lablet-definition":     {roles: authors, call: definition(http.MethodPatch, "/deactivate", "")},
		"archive-lablet-definition": {roles: authors, call: func(e *edge, n int) request {
			path := "/api/lablet-definitions/" + e.definition(fmt.Sprint("old-", n)).ID
			e.do(request{http.MethodPost, path + "/deprecate", "", as("ada", "admin")})
			return request{method: http.MethodPost, path: path + "/archive"}
		}},
		"delete-lablet-definition": {roles: []api.Role{api.Admin}, call: definition(http.MethodDelete, "", "")},

		"get-report":                {roles: managers, call: func(*edge, int) request { return request{method: http.MethodGet, path: "/api/reports/summary"} }},
		"list-lab-records":          {roles: readers, call: func(*edge, int) request { return request{method: http.MethodGet, path: "/api/lab-records"} }},
		"get-lab-record":            {roles: readers, call: on(http.MethodGet, "", "STOPPED", "")},
		"get-lab-record-topology":   {roles: readers, call: on(http.MethodGet, "/topology", "STOPPED", "")},
		"list-lab-record-revisions": {roles: readers, call: on(http.MethodGet, "/revisions", "STOPPED", "")},
		"list-lab-record-runs":      {roles: readers, call: on(http.MethodGet, "/runs", "STOPPED", "")},
		"list-lab-record-bindings":  {roles: readers, call: on(http.MethodGet, "/bindings", "STOPPED", "")},
		"export-lab-record":         {roles: readers, call: on(http.MethodGet, "/export", "STOPPED", "")},
		"export-lab-record-by-post": {roles: readers, call: on(http.MethodPost, "/export", "STOPPED", "")},
		"list-worker-labs": {roles: readers, call: func(e *edge, _ int) request {
			return request{method: http.MethodGet, path: "/api/workers/" + e.worker("one").ID + "/labs"}
		}},
		"start-lab-record":   {roles: managers, call: on(http.MethodPost, "/start", "STOPPED", "")},
		"stop-lab-record":    {roles: managers, call: on(http.MethodPost, "/stop", "STARTED", "")},
		"wipe-lab-record":    {roles: managers, call: on(http.MethodPost, "/wipe", "STOPPED", "")},
		"delete-lab-record":  {roles: managers, call: on(http.MethodPost, "/delete", "STOPPED", "")},
		"clone-lab-record":   {roles: managers, call: on(http.MethodPost, "/clone", "STOPPED", "")},
		"archive-lab-record": {roles: managers, call: on(http.MethodPost, "/archive", "STOPPED", "")},
		"bind-lab-record": {roles: managers, call: func(e *edge, n int) request {
			return request{
				method: http.MethodPost, path: "/api/lab-records/" + e.lab(n, "STARTED").ID + "/bind",
				body: fmt.Sprintf(`{"lablet_instance_id":%q}`, e.annsAt(n, lifecycle.InstanceReady)),
			}
		}},
		"unbind-lab-record": {roles: managers, call: on(http.MethodPost, "/unbind", "STOPPED", `{"lablet_instance_id":"i"}`)},
		"import-lab-record": {roles: managers, call: func(e *edge, _ int) request {
			body := marshal(e.t, api.ImportLabBody{WorkerID: e.worker("one").ID, TopologyYAML: labFile})
			return request{method: http.MethodPost, path: "/api/lab-records/import", body: body}
		}},

		"look-for-worker-labs": {roles: readers, call: func(e *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/workers/" + e.machine(fmt.Sprint("look-", n)) + "/labs/discover"}
		}},
		"count-worker-labs": {roles: readers, call: func(e *edge, n int) request {
			return request{method: http.MethodGet, path: "/api/workers/" + e.lab(n, "STOPPED").WorkerID + "/labs/stats"}
		}},
		"refresh-labs": {roles: readers, call: func(e *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/labs/region/us-east-1/workers/" + e.machine(fmt.Sprint("look-", n)) + "/labs/refresh"}
		}},
		"list-lablet-instance-labs": {roles: readers, call: func(e *edge, n int) request {
			return request{method: http.MethodGet, path: "/api/lablet-instances/" + e.anns(n).ID + "/labs"}
		}},
		"bind-lablet-instance-lab": {roles: managers, call: func(e *edge, n int) request {
			return request{
				method: http.MethodPost, path: "/api/lablet-instances/" + e.annsAt(n, lifecycle.InstanceReady) + "/labs/bind",
				body: fmt.Sprintf(`{"lab_record_id":%q}`, e.lab(n, "STARTED").ID),
			}
		}},
		"unbind-lablet-instance-lab": {roles: managers, call: func(e *edge, n int) request {
			return request{method: http.MethodDelete, path: "/api/lablet-instances/" + e.anns(n).ID + "/labs/" + e.lab(n, "STARTED").ID + "/unbind"}
		}},
		"list-labs": {roles: readers, call: func(e *edge, _ int) request {
			return request{method: http.MethodGet, path: "/api/labs/region/us-east-1/workers/" + e.worker("one").ID + "/labs"}
		}},
		"start-lab":    {roles: managers, call: older(http.MethodPost, "/start", "STOPPED", "")},
		"stop-lab":     {roles: managers, call: older(http.MethodPost, "/stop", "STARTED", "")},
		"wipe-lab":     {roles: managers, call: older(http.MethodPost, "/wipe", "STOPPED", "")},
		"delete-lab":   {roles: managers, call: older(http.MethodPost, "/delete", "STOPPED", "")},
		"download-lab": {roles: readers, call: older(http.MethodGet, "/download", "STOPPED", "")},
		"import-lab": {roles: managers, call: func(e *edge, _ int) request {
			body := marshal(e.t, api.ImportLabFileBody{TopologyYAML: labFile})
			return request{method: http.MethodPost, path: "/api/labs/region/us-east-1/workers/" + e.worker("one").ID + "/labs/import", body: body}
		}},
	}
}
