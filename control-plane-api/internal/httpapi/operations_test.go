package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// admin sends a request as an admin; more headers may follow.
func (e *edge) admin(method, path, body string, more ...string) answer {
	e.t.Helper()
	return e.do(request{method, path, body, as("ada", "admin", more...)})
}

// refused checks that an answer is the problem of a code.
func (e *edge) refused(a answer, status int, code string, reason ...any) {
	e.t.Helper()
	require.Equal(e.t, status, a.status, string(a.body))
	require.Equal(e.t, code, decode[api.Problem](e.t, a).Code, reason...)
}

func TestAWorkerIsFoundBelowItsOwnRegionOnly(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	for _, below := range []string{"", "/status", "/resources", "/activity", "/idle-status", "/telemetry-events"} {
		here := e.admin(http.MethodGet, "/api/workers/region/us-east-1/workers/"+id+below, "")
		require.Equal(t, http.StatusOK, here.status, "%s: %s", below, here.body)
		e.refused(e.admin(http.MethodGet, "/api/workers/region/eu-west-1/workers/"+id+below, ""), http.StatusNotFound, "worker_not_found", below)
	}
	before := e.content()
	for _, below := range []string{"/start", "/stop", "/pause", "/resume", "/drain", "/refresh", "/monitoring", "/idle-detection/disable"} {
		e.refused(e.admin(http.MethodPost, "/api/workers/region/eu-west-1/workers/"+id+below, ""), http.StatusNotFound, "worker_not_found", below)
	}
	e.refused(e.admin(http.MethodDelete, "/api/workers/region/eu-west-1/workers/"+id, ""), http.StatusNotFound, "worker_not_found")
	e.refused(e.admin(http.MethodGet, "/api/workers/region/eu-west-1/instance/i-"+id, ""), http.StatusNotFound, "worker_not_found")
	require.Equal(t, before, e.content())
	list := decode[[]api.Worker](t, e.admin(http.MethodGet, "/api/workers/region/eu-west-1/workers", ""))
	require.Empty(t, list)
	require.Len(t, decode[[]api.Worker](t, e.admin(http.MethodGet, "/api/workers/region/us-east-1/workers", "")), 1)
	found := decode[api.Worker](t, e.admin(http.MethodGet, "/api/workers/region/us-east-1/instance/i-"+id, ""))
	require.Equal(t, id, found.ID)
}

func TestAnUpdateHoldsForTheVersionThatWasSeen(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	etag := e.admin(http.MethodGet, "/api/workers/"+id, "").header.Get("ETag")
	require.NotEmpty(t, etag)
	first := e.admin(http.MethodPost, "/api/workers/"+id+"/tags", `{"tags":{"a":"1"}}`, "If-Match", etag)
	require.Equal(t, http.StatusOK, first.status, string(first.body))
	require.NotEqual(t, etag, first.header.Get("ETag"))
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/tags", `{"tags":{"a":"2"}}`, "If-Match", etag), http.StatusPreconditionFailed, "version_changed")
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/pause", "", "If-Match", etag), http.StatusPreconditionFailed, "version_changed")
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/drain", "", "If-Match", etag), http.StatusPreconditionFailed, "version_changed")
	e.refused(e.admin(http.MethodDelete, "/api/workers/"+id, "", "If-Match", etag), http.StatusPreconditionFailed, "version_changed")
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/tags", `{"tags":{}}`, "If-Match", "seven"), http.StatusUnprocessableEntity, "bad_etag")
	require.Equal(t, map[string]string{"a": "1"}, decode[api.Worker](t, e.admin(http.MethodGet, "/api/workers/"+id, "")).AWSTags)
	require.Equal(t, http.StatusOK, e.admin(http.MethodPost, "/api/workers/"+id+"/tags", `{"tags":{"a":"3"}}`, "If-Match", "*").status)
	accepted := e.admin(http.MethodPost, "/api/workers/"+id+"/drain", "", "If-Match", e.admin(http.MethodGet, "/api/workers/"+id, "").header.Get("ETag"))
	require.Equal(t, http.StatusAccepted, accepted.status, "the version is the worker's, whatever else is written")

	template := e.newTemplate(1)
	etag = e.admin(http.MethodGet, "/api/worker-templates/"+template, "").header.Get("ETag")
	require.Equal(t, http.StatusOK, e.admin(http.MethodPut, "/api/worker-templates/"+template, `{"cpu_cores":8}`, "If-Match", etag).status)
	e.refused(e.admin(http.MethodPut, "/api/worker-templates/"+template, `{"cpu_cores":9}`, "If-Match", etag), http.StatusPreconditionFailed, "version_changed")
	e.refused(e.admin(http.MethodPatch, "/api/worker-templates/"+template+"/disable", "", "If-Match", etag), http.StatusPreconditionFailed, "version_changed")
}

func TestSettings(t *testing.T) {
	e := newEdge(t)
	before := decode[api.SystemSettings](t, e.admin(http.MethodGet, "/api/settings", ""))
	require.Equal(t, 300, before.Monitoring.MetricsPollSeconds)
	require.Equal(t, 1800, before.IdleDetection.CheckIntervalSeconds)
	put := e.admin(http.MethodPut, "/api/settings", `{"monitoring":{"worker_metrics_poll_interval_seconds":60},"worker_provisioning":{"ami_ids":{"us-east-1":"ami-7"},"security_group_ids":["sg-1"]}}`)
	require.Equal(t, http.StatusOK, put.status, string(put.body))
	after := decode[api.SystemSettings](t, put)
	require.Equal(t, 60, after.Monitoring.MetricsPollSeconds)
	require.Equal(t, "ami-7", after.WorkerProvisioning.AMIIDs["us-east-1"])
	require.Equal(t, before.Timing, after.Timing, "what is not given stays")
	require.Equal(t, "ada", after.UpdatedBy)
	patched := e.admin(http.MethodPatch, "/api/settings/discovery", `{"regions":["eu-west-1"]}`, "If-Match", put.header.Get("ETag"))
	require.Equal(t, http.StatusOK, patched.status, string(patched.body))
	e.refused(e.admin(http.MethodPatch, "/api/settings/discovery", `{"regions":["eu-west-2"]}`, "If-Match", put.header.Get("ETag")), http.StatusPreconditionFailed, "version_changed")
	internal := decode[readmodel.Discovery](t, e.do(request{http.MethodGet, "/api/internal/settings/discovery", "", by(workers)}))
	require.Equal(t, []string{"eu-west-1"}, internal.Regions)
	require.Equal(t, 300, internal.ScanIntervalSeconds)
	for body, code := range map[string]string{
		`{"discovery":{"scan_interval_seconds":59}}`:   "malformed",
		`{"discovery":{"scan_interval_seconds":3601}}`: "malformed",
		`{"unknown":{}}`:                                            "malformed",
		`{"monitoring":{"unknown":1}}`:                              "malformed",
		`{"discovery":{"regions":["nowhere"]}}`:                     "bad_settings",
		`{"discovery":{"regions":[]}}`:                              "bad_settings",
		`{"worker_provisioning":{"ami_ids":{"nowhere":"ami"}}}`:     "bad_settings",
		`{"worker_provisioning":{"instance_type":"enormous"}}`:      "bad_settings",
		`{"timing":{"grading_timeout_minutes":0}}`:                  "bad_settings",
		`{"idle_detection":{"enabled":true,"timeout_minutes":0}}`:   "malformed",
		`{"worker_provisioning":{"max_workers_per_region":-1}}`:     "malformed",
		`{"monitoring":{"worker_metrics_poll_interval_seconds":1}}`: "malformed",
	} {
		out := e.admin(http.MethodPut, "/api/settings", body)
		status := http.StatusUnprocessableEntity
		if code == "bad_settings" {
			status = http.StatusBadRequest
		}
		e.refused(out, status, code, body)
	}
}

func TestFiguresReachThoseWhoLook(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	none := decode[api.WorkerResources](t, e.admin(http.MethodGet, "/api/workers/"+id+"/resources", ""))
	require.True(t, none.Stale)
	require.Nil(t, none.CPUUtilization, "not known is not 0")
	report := func(method, body string) answer {
		return e.do(request{method, "/api/internal/workers/" + id + "/metrics", body, e.leading(workers)})
	}
	out := report(http.MethodPost, `{"collected_at":"2026-03-02T11:58:00Z","ec2":{"cpu_utilization":12.5,"instance_state_detail":"ok"},"cml":{"memory_percent":40,"disk_percent":7,"labs_count":2,"system_info":{"cpu_count":8}}}`)
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, http.StatusOK, report(http.MethodPut, `{"collected_at":"2026-03-02T11:58:00Z","ec2":{"cpu_utilization":13}}`).status, "the older verb")
	got := decode[api.WorkerResources](t, e.admin(http.MethodGet, "/api/workers/"+id+"/resources?relative_start_time=5m", ""))
	require.InDelta(t, 13, *got.CPUUtilization, 0)
	require.InDelta(t, 40, *got.MemoryUtilization, 0, "of CML, where CloudWatch has none")
	require.False(t, got.Stale)
	require.True(t, decode[api.WorkerResources](t, e.admin(http.MethodGet, "/api/workers/"+id+"/resources", "")).Stale, "older than a minute")
	shown := decode[api.Worker](t, e.admin(http.MethodGet, "/api/workers/"+id, ""))
	require.Equal(t, "ok", shown.EC2InstanceStateDetail)
	require.Equal(t, 2, *shown.CMLLabsCount)
	require.InDelta(t, 7, *shown.DiskUtilization, 0)
	require.Equal(t, map[string]any{"cpu_count": 8.0}, shown.CMLSystemInfo)
	listed := decode[[]api.Worker](t, e.admin(http.MethodGet, "/api/workers", ""))[0]
	require.InDelta(t, 13, *listed.CPUUtilization, 0)
	require.Nil(t, listed.CMLSystemInfo, "a list has no documents in it")
	monitoring := decode[api.WorkerMonitoring](t, e.admin(http.MethodGet, "/api/system/monitoring/workers", ""))
	require.Equal(t, 1, monitoring.ActiveCollectors)

	e.refused(report(http.MethodPost, `{"collected_at":"2026-03-02T11:58:00Z","ec2":{"cpu_utilization":101}}`), http.StatusUnprocessableEntity, "malformed")
	require.True(t, decode[api.Worker](t, e.admin(http.MethodPost, "/api/workers/"+id+"/monitoring", "")).CloudWatchByMinute)
	require.False(t, decode[api.Worker](t, e.admin(http.MethodPost, "/api/workers/"+id+"/monitoring", `{"enabled":false}`)).CloudWatchByMinute)
	cold := e.worker("cold").ID
	e.refused(e.admin(http.MethodGet, "/api/workers/"+cold+"/resources", ""), http.StatusConflict, "worker_not_launched")
	e.refused(e.admin(http.MethodPost, "/api/workers/"+cold+"/monitoring", ""), http.StatusConflict, "worker_not_launched")
}

func TestIdleAndTelemetry(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	body := `{"raw_telemetry_events":[{"category":"start_lab","timestamp":"2026-03-02T11:30:00Z","data":{"secret":"x"}},{"category":"cpuinfo","timestamp":"2026-03-02T11:59:00Z","data":{}},{"category":"user_activity","timestamp":"2026-03-02T10:00:00Z","data":{"user_id":"u1"}}]}`
	out := e.do(request{http.MethodPost, "/api/internal/workers/" + id + "/detect-idle", body, e.leading(workers)})
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	verdict := decode[api.IdleVerdict](t, out)
	require.True(t, verdict.ActivityUpdated)
	require.False(t, verdict.IsIdle)
	events := decode[[]api.ActivityEvent](t, e.admin(http.MethodGet, "/api/workers/"+id+"/telemetry-events", ""))
	require.Len(t, events, 2, "what counts as activity")
	require.Equal(t, "start_lab", events[0].Category)
	require.Len(t, decode[[]api.ActivityEvent](t, e.admin(http.MethodGet, "/api/workers/"+id+"/telemetry-events?since=2026-03-02T11:00:00Z", "")), 1)
	require.Equal(t, http.StatusUnprocessableEntity, e.admin(http.MethodGet, "/api/workers/"+id+"/telemetry-events?since=yesterday", "").status)
	for _, path := range []string{"/api/workers/" + id + "/idle-status", "/api/internal/workers/" + id + "/idle-status"} {
		r := request{method: http.MethodGet, path: path, headers: append(by(workers), as("ada", "admin")...)}
		status := decode[api.IdleStatus](t, e.do(r))
		require.InDelta(t, 30, status.IdleMinutes, 0)
		require.Equal(t, 60, status.IdleThresholdMinutes)
		require.False(t, status.EligibleForPause)
		require.NotEmpty(t, status.Reason)
	}
	activity := decode[api.WorkerActivity](t, e.admin(http.MethodGet, "/api/workers/"+id+"/activity", ""))
	require.Len(t, activity.RecentActivityEvents, 2)
	require.True(t, activity.IsIdleDetectionEnabled)
	off := decode[api.IdleDetection](t, e.admin(http.MethodPost, "/api/workers/"+id+"/idle-detection/disable", `{"reason":"demo"}`))
	require.False(t, off.IsIdleDetectionEnabled)
	require.False(t, decode[api.Worker](t, e.admin(http.MethodGet, "/api/workers/"+id, "")).IdleDetectionEnabled)
}

func TestATokenLeavesTheAPIOnlyWhereItShould(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/license", `{"license_token":"abc123"}`), http.StatusConflict, "no_secret_key", "nothing is configured to seal it")
	bad := e.admin(http.MethodPost, "/api/workers/"+id+"/license", `{"license_token":"not a token"}`)
	e.refused(bad, http.StatusUnprocessableEntity, "malformed")
	require.NotContains(t, string(bad.body), "not a token")
	accepted := e.admin(http.MethodPost, "/api/workers/"+id+"/license", `{}`)
	require.Equal(t, http.StatusAccepted, accepted.status, string(accepted.body))
	require.Equal(t, "/api/tasks/"+decode[api.Accepted](t, accepted).TaskID, accepted.header.Get("Location"))
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/license", `{}`), http.StatusConflict, "license_busy")
	require.NotContains(t, e.log.String(), "abc123")
}

func TestTasksAreTheirOwners(t *testing.T) {
	e := newEdge(t)
	id := e.annsTask()
	seen := func(subject, role string) []api.Task {
		return decode[[]api.Task](t, e.do(request{http.MethodGet, "/api/tasks", "", as(subject, role)}))
	}
	require.Len(t, seen("ann", "user"), 1)
	require.Empty(t, seen("bob", "user"))
	require.Len(t, seen("may", "manager"), 1)
	task := decode[api.Task](t, e.do(request{http.MethodGet, "/api/tasks/" + id, "", as("ann", "user")}))
	require.Equal(t, "worker.import", task.Kind)
	require.Equal(t, map[string]any{"aws_region": "us-east-1", "import_all": true}, task.Params)
	models := decode[[]readmodel.Task](t, e.do(request{http.MethodGet, "/api/internal/tasks?kind=worker.import", "", by(workers)}))
	require.Len(t, models, 1)
	body := `{"aws_region":"us-east-1","task_id":"` + id + `","discovered_instances":[{"instance_id":"i-77","state":"running","instance_type":"m5.large","image_id":"ami-1","name":"found"}]}`
	out := e.do(request{http.MethodPost, "/api/internal/workers/bulk-import", body, e.leading(workers)})
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, 1, decode[api.ImportResult](t, out).TotalImported)
	task = decode[api.Task](t, e.do(request{http.MethodGet, "/api/tasks/" + id, "", as("ann", "user")}))
	require.EqualValues(t, "completed", task.Status)
	require.Equal(t, 100, task.Progress)
	require.NotNil(t, task.FinishedAt)
	e.refused(e.do(request{http.MethodPost, "/api/tasks/" + id + "/cancel", "", as("ann", "user")}), http.StatusConflict, "task_finished")
	e.refused(e.admin(http.MethodGet, "/api/tasks?status=nonsense", ""), http.StatusBadRequest, "bad_status")
	require.Empty(t, decode[[]readmodel.Task](t, e.do(request{http.MethodGet, "/api/internal/tasks", "", by(workers)})))
	model := decode[readmodel.Task](t, e.do(request{http.MethodGet, "/api/internal/tasks/" + id, "", by(workers)}))
	require.EqualValues(t, "completed", model.Status)
}

func TestADrainCanBeFollowedAtOnce(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	out := e.admin(http.MethodPost, "/api/workers/"+id+"/drain", `{"reason":"patching"}`, api.HeaderIdempotencyKey, "k1")
	require.Equal(t, http.StatusAccepted, out.status, string(out.body))
	again := e.admin(http.MethodPost, "/api/workers/"+id+"/drain", `{"reason":"patching"}`, api.HeaderIdempotencyKey, "k1")
	require.Equal(t, out.header.Get("Location"), again.header.Get("Location"))
	e.refused(e.admin(http.MethodPost, "/api/workers/"+id+"/drain", `{"reason":"other"}`, api.HeaderIdempotencyKey, "k1"), http.StatusUnprocessableEntity, "idempotency_key_reused")
	task := decode[api.Task](t, e.admin(http.MethodGet, out.header.Get("Location"), ""))
	require.EqualValues(t, "in_progress", task.Status, "without waiting for a sweep")
	require.Equal(t, http.StatusOK, e.admin(http.MethodPost, "/api/workers/"+id+"/pause", "").status, "it is on its way down already")
}

func TestInternalUpkeep(t *testing.T) {
	e := newEdge(t)
	id := e.machine("one")
	internal := func(below, body string) answer {
		return e.do(request{http.MethodPost, "/api/internal/workers" + below, body, e.leading(workers)})
	}
	require.Equal(t, http.StatusOK, internal("/"+id+"/ec2-details", `{"public_ip":"203.0.113.4","ami_description":"CML"}`).status)
	require.Equal(t, http.StatusOK, internal("/"+id+"/activity", `{"last_activity_at":"2026-03-02T11:00:00Z"}`).status)
	require.Equal(t, http.StatusOK, internal("/"+id+"/recalculate-capacity?requested_by=ops", "").status)
	drained := internal("/"+id+"/drain?reason=scale_down&requested_by=resource-scheduler", "")
	require.Equal(t, http.StatusOK, drained.status, string(drained.body))
	require.NotEmpty(t, drained.header.Get(api.HeaderWritten))
	shown := decode[api.Worker](t, e.admin(http.MethodGet, "/api/workers/"+id, ""))
	require.Equal(t, "203.0.113.4", shown.PublicIP)
	require.EqualValues(t, "draining", shown.Status)
	require.NotNil(t, shown.DrainUntil)
	require.Equal(t, http.StatusOK, internal("/"+id+"/terminate", `{}`).status)
	require.Equal(t, http.StatusUnprocessableEntity, internal("/cleanup", `{"retention_days":366}`).status)
	result := decode[api.CleanupResult](t, internal("/cleanup", `{}`))
	require.Equal(t, 30, result.RetentionDays, "by default")
	status := e.do(request{http.MethodPut, "/api/internal/workers/" + e.worker("two").ID + "/status", `{"status":"failed"}`, e.leading(workers)})
	require.Equal(t, http.StatusOK, status.status, "the older verb")
	models := decode[[]readmodel.Worker](t, e.do(request{http.MethodGet, "/api/internal/workers?aws_region=eu-west-1", "", by(workers)}))
	require.Empty(t, models)
}

func TestHealthTriesTheParts(t *testing.T) {
	e := newEdge(t)
	health := decode[api.SystemHealth](t, e.admin(http.MethodGet, "/api/system/health", ""))
	require.Equal(t, "healthy", health.Status)
	require.NotNil(t, health.Components["database"].LatencyMS)
	scheduler := decode[api.SchedulerStatus](t, e.admin(http.MethodGet, "/api/system/scheduler/status", ""))
	require.Equal(t, "standby", scheduler.State)
	require.Equal(t, "other", scheduler.Leader)
	intervals := decode[api.Intervals](t, e.admin(http.MethodGet, "/api/diagnostics/intervals", ""))
	require.Equal(t, 300, intervals.Settings.WorkerMetricsPollInterval)

	broken := newEdge(t)
	broken.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}, storetest.Ping))
	health = decode[api.SystemHealth](t, broken.admin(http.MethodGet, "/api/system/health", ""))
	require.Equal(t, "degraded", health.Status)
	require.Equal(t, "unhealthy", health.Components["database"].Status)
}

func TestCreateWorkerAnswersWhereItIs(t *testing.T) {
	e := newEdge(t)
	out := e.admin(http.MethodPost, "/api/workers", `{"name":"mine","template_name":"large"}`, api.HeaderIdempotencyKey, "k")
	require.Equal(t, http.StatusCreated, out.status, string(out.body))
	made := decode[api.Worker](t, out)
	require.Equal(t, "/api/workers/"+made.ID, out.header.Get("Location"))
	require.Equal(t, `"1"`, out.header.Get("ETag"))
	require.Equal(t, "user_created", made.Origin)
	require.Equal(t, made.ID, decode[api.Worker](t, e.admin(http.MethodPost, "/api/workers", `{"name":"mine","template_name":"large"}`, api.HeaderIdempotencyKey, "k")).ID)
	for body, want := range map[string]struct {
		status int
		code   string
	}{
		`{"name":"x","template_name":"none"}`:                      {http.StatusNotFound, "template_not_found"},
		`{"name":"x","ami_id":"ami","instance_type":"huge"}`:       {http.StatusBadRequest, "bad_instance_type"},
		`{"name":"x","instance_type":"t3.small"}`:                  {http.StatusBadRequest, "image_required"},
		`{"name":"x","template_name":"large","aws_region":"mars"}`: {http.StatusBadRequest, "bad_region"},
		`{"name":"-x","template_name":"large"}`:                    {http.StatusUnprocessableEntity, "malformed"},
	} {
		e.refused(e.admin(http.MethodPost, "/api/workers", body), want.status, want.code, body)
	}
	e.refused(e.admin(http.MethodPost, "/api/workers/import", `{}`), http.StatusBadRequest, "import_criteria_required")
	hard := e.admin(http.MethodDelete, "/api/workers/"+made.ID+"?force_hard_delete=true&reason=mistake", "")
	require.Equal(t, http.StatusAccepted, hard.status)
	require.EqualValues(t, "terminated", decode[api.Worker](t, hard).Status, "nothing was ever made of it")
}

func TestTemplatesOverHTTP(t *testing.T) {
	e := newEdge(t)
	id := e.newTemplate(1)
	made := decode[api.Template](t, e.admin(http.MethodGet, "/api/worker-templates/"+id, ""))
	require.Equal(t, 4, made.Capacity.CPUCores)
	require.Equal(t, 50, *made.Capacity.MaxNodes)
	require.Equal(t, "cisco-cml2.9*", made.AMINamePattern)
	require.True(t, made.Enabled)
	e.refused(e.admin(http.MethodPost, "/api/worker-templates", `{"name":"made-1","description":"d","instance_type":"m5.large"}`), http.StatusConflict, "template_exists")
	e.refused(e.admin(http.MethodPost, "/api/worker-templates", `{"name":"b","description":"d","instance_type":"large"}`), http.StatusBadRequest, "bad_instance_type")
	e.refused(e.admin(http.MethodPost, "/api/worker-templates", `{"name":"b","description":"d","instance_type":"m5.large","cpu_cores":193}`), http.StatusUnprocessableEntity, "malformed")
	e.refused(e.admin(http.MethodPut, "/api/worker-templates/"+id, `{"name":"other"}`), http.StatusUnprocessableEntity, "malformed", "a name never changes")
	off := decode[api.Template](t, e.admin(http.MethodPatch, "/api/worker-templates/"+id+"/disable", ""))
	require.False(t, off.Enabled)
	require.True(t, decode[api.Template](t, e.admin(http.MethodPatch, "/api/worker-templates/"+id+"/enable", "")).Enabled)
	gone := decode[api.Template](t, e.admin(http.MethodDelete, "/api/worker-templates/"+id, ""))
	require.True(t, gone.Deleted)
	e.refused(e.admin(http.MethodPut, "/api/worker-templates/"+id, `{"cpu_cores":8}`), http.StatusNotFound, "template_not_found")
	e.refused(e.admin(http.MethodPatch, "/api/worker-templates/none/enable", ""), http.StatusNotFound, "template_not_found")
	list := decode[[]api.Template](t, e.admin(http.MethodGet, "/api/worker-templates?enabled_only=false", ""))
	require.Len(t, list, 1)
	disabled := fmt.Sprintf(`{"name":"off","description":"d","instance_type":"m5.large","enabled":%t}`, false)
	require.False(t, decode[api.Template](t, e.admin(http.MethodPost, "/api/worker-templates", disabled)).Enabled, "false is not the default")
}
