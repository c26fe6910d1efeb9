package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// operated says who may call the routes of workers' operations, templates, settings, tasks and the system.
func operated() map[string]access {
	all := map[string]access{}
	workerAccess(all)
	regionAccess(all)
	templateAccess(all)
	systemAccess(all)
	return all
}

// workerAccess adds both forms of each route on a worker.
func workerAccess(all map[string]access) {
	admin, anybody := []api.Role{api.Admin}, []api.Role{anyone}
	type made func(e *edge, n int) string
	runs := func(e *edge, n int) string { return e.machine(fmt.Sprint("m", n)) }
	drains := func(e *edge, n int) string {
		id := e.machine(fmt.Sprint("m", n))
		e.do(request{http.MethodPost, "/api/workers/" + id + "/drain", "", as("ada", "admin")})
		return id
	}
	both := func(id string, roles []api.Role, method, below, body string, make made) {
		for form, path := range map[string]string{id: "/api/workers/", id + "-in-region": "/api/workers/region/us-east-1/workers/"} {
			all[form] = access{roles: roles, call: func(e *edge, n int) request {
				return request{method: method, path: path + make(e, n) + below, body: body}
			}}
		}
	}
	both("start-worker", admin, http.MethodPost, "/start", "", runs)
	both("stop-worker", admin, http.MethodPost, "/stop", "", runs)
	both("pause-worker", admin, http.MethodPost, "/pause", `{"reason":"night"}`, runs)
	both("resume-worker", admin, http.MethodPost, "/resume", "", runs)
	both("end-worker", admin, http.MethodPost, "/terminate", `{"reason":"old"}`, runs)
	both("set-worker-tags", admin, http.MethodPost, "/tags", `{"tags":{"team":"a"}}`, runs)
	both("refresh-worker", anybody, http.MethodPost, "/refresh", "", runs)
	both("monitor-worker", admin, http.MethodPost, "/monitoring", "", runs)
	both("register-worker-license", admin, http.MethodPost, "/license", `{}`, runs)
	both("deregister-worker-license", admin, http.MethodDelete, "/license", "", runs)
	both("enable-worker-idle-detection", admin, http.MethodPost, "/idle-detection/enable", "", runs)
	both("disable-worker-idle-detection", admin, http.MethodPost, "/idle-detection/disable", "", runs)
	both("drain-worker", admin, http.MethodPost, "/drain", "", runs)
	both("cancel-worker-drain", admin, http.MethodPost, "/cancel-drain", "", drains)
	both("reset-worker-certificate", admin, http.MethodDelete, "/tls-pin", "", runs)
	both("get-worker-status", anybody, http.MethodGet, "/status", "", runs)
	both("get-worker-resources", anybody, http.MethodGet, "/resources", "", runs)
	both("get-worker-activity", anybody, http.MethodGet, "/activity", "", runs)
	both("get-worker-idle-status", anybody, http.MethodGet, "/idle-status", "", runs)
	both("list-worker-telemetry-events", anybody, http.MethodGet, "/telemetry-events", "", runs)
}

func regionAccess(all map[string]access) {
	admin, anybody := []api.Role{api.Admin}, []api.Role{anyone}
	const region = "/api/workers/region/us-east-1"
	fixed := func(method, path, body string) func(*edge, int) request {
		return func(_ *edge, n int) request {
			return request{method: method, path: path, body: strings.ReplaceAll(body, "NAME", fmt.Sprint("w", n))}
		}
	}
	all["create-worker"] = access{roles: admin, call: fixed(http.MethodPost, "/api/workers", `{"name":"NAME","template_name":"large"}`)}
	all["create-worker-in-region"] = access{roles: admin, call: fixed(http.MethodPost, region+"/workers", `{"name":"NAME","template_name":"large"}`)}
	all["import-workers"] = access{roles: admin, call: fixed(http.MethodPost, "/api/workers/import", `{"ami_id":"ami-1"}`)}
	all["import-workers-in-region"] = access{roles: admin, call: fixed(http.MethodPost, region+"/workers/import", `{"aws_instance_id":"i-1"}`)}
	all["list-workers-in-region"] = access{roles: anybody, call: fixed(http.MethodGet, region+"/workers", "")}
	all["get-worker-in-region"] = access{roles: anybody, call: func(e *edge, n int) request {
		return request{method: http.MethodGet, path: region + "/workers/" + e.worker(fmt.Sprint("g", n)).ID}
	}}
	all["terminate-worker-in-region"] = access{roles: admin, call: func(e *edge, n int) request {
		return request{method: http.MethodDelete, path: region + "/workers/" + e.worker(fmt.Sprint("t", n)).ID}
	}}
	all["get-worker-by-instance"] = access{roles: anybody, call: func(e *edge, n int) request {
		return request{method: http.MethodGet, path: region + "/instance/i-" + e.machine(fmt.Sprint("i", n))}
	}}
}

func templateAccess(all map[string]access) {
	authors := []api.Role{api.Admin, api.LCMAdmin}
	on := func(method, below, body string) func(*edge, int) request {
		return func(e *edge, n int) request {
			return request{method: method, path: "/api/worker-templates/" + e.newTemplate(n) + below, body: body}
		}
	}
	all["create-worker-template"] = access{roles: authors, call: func(_ *edge, n int) request {
		return request{method: http.MethodPost, path: "/api/worker-templates", body: fmt.Sprintf(`{"name":"t-%d","description":"d","instance_type":"m5.large"}`, n)}
	}}
	all["update-worker-template"] = access{roles: authors, call: on(http.MethodPut, "", `{"cpu_cores":8}`)}
	all["delete-worker-template"] = access{roles: authors, call: on(http.MethodDelete, "", "")}
	all["enable-worker-template"] = access{roles: authors, call: on(http.MethodPatch, "/enable", "")}
	all["disable-worker-template"] = access{roles: authors, call: on(http.MethodPatch, "/disable", "")}
}

func systemAccess(all map[string]access) {
	get := func(path string) func(*edge, int) request {
		return func(*edge, int) request { return request{method: http.MethodGet, path: path} }
	}
	staff := []api.Role{api.Admin, api.Manager, api.User}
	all["get-settings"] = access{roles: []api.Role{api.Admin}, call: get("/api/settings")}
	all["update-settings"] = access{roles: []api.Role{api.Admin}, call: func(_ *edge, n int) request {
		return request{method: http.MethodPut, path: "/api/settings", body: fmt.Sprintf(`{"idle_detection":{"timeout_minutes":%d}}`, 70+n)}
	}}
	all["get-discovery-settings"] = access{roles: []api.Role{api.Admin, api.Manager}, call: get("/api/settings/discovery")}
	all["patch-discovery-settings"] = access{roles: []api.Role{api.Admin}, call: func(_ *edge, n int) request {
		return request{method: http.MethodPatch, path: "/api/settings/discovery", body: fmt.Sprintf(`{"scan_interval_seconds":%d}`, 70+n)}
	}}
	all["list-tasks"] = access{roles: []api.Role{anyone}, call: get("/api/tasks")}
	all["get-task"] = access{roles: []api.Role{api.Admin, api.Manager}, owner: true, call: func(e *edge, _ int) request {
		return request{method: http.MethodGet, path: "/api/tasks/" + e.annsTask()}
	}}
	all["cancel-task"] = access{roles: []api.Role{api.Admin}, owner: true, call: func(e *edge, _ int) request {
		return request{method: http.MethodPost, path: "/api/tasks/" + e.annsTask() + "/cancel"}
	}}
	all["get-system-health"] = access{roles: staff, call: get("/api/system/health")}
	all["get-scheduler-status"] = access{roles: staff, call: get("/api/system/scheduler/status")}
	all["get-worker-monitoring"] = access{roles: staff, call: get("/api/system/monitoring/workers")}
	all["get-intervals"] = access{roles: []api.Role{anyone}, call: get("/api/diagnostics/intervals")}
	all["get-jobs"] = access{roles: []api.Role{api.Admin, api.Manager}, call: get("/api/diagnostics/jobs")}
}
