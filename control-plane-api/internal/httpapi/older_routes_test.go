package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// asked sends a request that must succeed and gives its answer.
func asked[T any](e *edge, method, path, body string, headers []string) T {
	e.t.Helper()
	out := e.do(request{method, path, body, headers})
	require.Less(e.t, out.status, http.StatusBadRequest, "%s %s: %s", method, path, out.body)
	return decode[T](e.t, out)
}

func TestAContentSyncIsATaskUntilItsResultComes(t *testing.T) {
	e := newEdge(t)
	ada := as("ada", "admin")
	d := e.packaged(0)
	path := "/api/lablet-definitions/" + d.ID + "/sync"
	out := e.do(request{http.MethodPost, path, "", ada})
	require.Equal(t, http.StatusAccepted, out.status, string(out.body))
	accepted := decode[api.DefinitionSync](t, out)
	require.Equal(t, "/api/tasks/"+accepted.TaskID, out.header.Get("Location"))
	require.Equal(t, "sync_requested", accepted.SyncStatus)
	require.Equal(t, accepted.TaskID, asked[api.DefinitionSync](e, http.MethodPost, path, "", ada).TaskID, "it is under way already")

	task := func() api.Task { return asked[api.Task](e, http.MethodGet, "/api/tasks/"+accepted.TaskID, "", ada) }
	require.Equal(t, lifecycle.TaskPending, task().Status)
	result := "/api/internal/lablet-definitions/" + d.ID + "/content-synced"
	asked[api.Ack](e, http.MethodPost, result, `{"sync_status":"failed","error_code":"no_object","error_message":"The package is not there."}`, e.leading(lablets))
	require.Equal(t, lifecycle.TaskInProgress, task().Status, "a failed sync is tried again")
	require.Contains(t, task().Message, "The package is not there.")
	asked[api.Ack](e, http.MethodPost, result, fmt.Sprintf(`{"sync_status":"success","cml_yaml_content":%q}`, labFile), e.leading(lablets))
	done := task()
	require.Equal(t, lifecycle.TaskCompleted, done.Status)
	require.Equal(t, d.ID, done.Result.(map[string]any)["definition_id"])

	deprecated := e.definition("old")
	asked[api.Definition](e, http.MethodPost, "/api/lablet-definitions/"+deprecated.ID+"/deprecate", "", ada)
	refused := e.do(request{http.MethodPost, "/api/lablet-definitions/" + deprecated.ID + "/sync", "", ada})
	require.Equal(t, http.StatusBadRequest, refused.status, string(refused.body))
}

func TestALookForLabsIsATaskThatAWholeScanCompletes(t *testing.T) {
	e := newEdge(t)
	ada, worker := as("ada", "admin"), e.machine("one")
	older := "/api/labs/region/us-east-1/workers/" + worker + "/labs/refresh"
	asked := func(path string) api.LabsLook { return asked[api.LabsLook](e, http.MethodPost, path, "", ada) }
	look := asked(older)
	require.Equal(t, look.TaskID, asked("/api/workers/"+worker+"/labs/discover").TaskID, "one look is enough")
	elsewhere := e.do(request{http.MethodPost, "/api/labs/region/us-west-2/workers/" + worker + "/labs/refresh", "", ada})
	require.Equal(t, http.StatusNotFound, elsewhere.status)
	status := func() api.Task {
		return decode[api.Task](t, e.do(request{http.MethodGet, "/api/tasks/" + look.TaskID, "", ada}))
	}
	scan := func(body string) {
		out := e.do(request{http.MethodPost, "/api/internal/lab-records/discover", fmt.Sprintf(`{"worker_id":%q,%s}`, worker, body), e.leading(lablets)})
		require.Equal(t, http.StatusOK, out.status, string(out.body))
	}
	scan(`"partial_scan":true,"labs":[]`)
	scan(`"collected_at":"2026-03-02T11:59:00Z","labs":[]`)
	require.Equal(t, lifecycle.TaskPending, status().Status, "neither a part nor an older look answers it")
	scan(`"labs":[{"lab_id":"a","state":"STOPPED","node_count":3},{"lab_id":"b","state":"STARTED","node_count":2}]`)
	require.Equal(t, lifecycle.TaskCompleted, status().Status)
	require.EqualValues(t, 2, status().Result.(map[string]any)["discovered"])
	require.Equal(t, api.LabStats{WorkerID: worker, Total: 2, ByStatus: map[string]int{"stopped": 1, "booted": 1}, NodeCount: 5},
		decode[api.LabStats](t, e.do(request{http.MethodGet, "/api/workers/" + worker + "/labs/stats", "", ada})))
}

func TestALookForTheLabsOfAWorkerThatEndsFails(t *testing.T) {
	e := newEdge(t)
	ada, worker := as("ada", "admin"), e.machine("one")
	look := asked[api.LabsLook](e, http.MethodPost, "/api/workers/"+worker+"/labs/discover", "", ada)
	asked[api.Ack](e, http.MethodPost, "/api/internal/workers/"+worker+"/terminate", `{}`, e.leading(workers))
	task := asked[api.Task](e, http.MethodGet, "/api/tasks/"+look.TaskID, "", ada)
	require.Equal(t, lifecycle.TaskFailed, task.Status)
	require.Equal(t, "worker_terminated", task.Error.Code)
}

func TestLabsOfAnInstanceFromItsSide(t *testing.T) {
	e := newEdge(t)
	ada := as("ada", "admin")
	id, l := e.annsAt(0, lifecycle.InstanceReady), e.lab(0, "STARTED")
	path := "/api/lablet-instances/" + id + "/labs"
	require.Empty(t, asked[[]api.LabBinding](e, http.MethodGet, path, "", ada))
	bound := asked[api.LabRecord](e, http.MethodPost, path+"/bind", fmt.Sprintf(`{"lab_record_id":%q,"role":"auxiliary"}`, l.ID), ada)
	require.Equal(t, id, bound.ActiveInstanceID)
	shown := asked[[]api.LabBinding](e, http.MethodGet, path, "", ada)
	require.Len(t, shown, 1)
	require.Equal(t, "auxiliary", shown[0].Role)
	freed := asked[api.LabRecord](e, http.MethodDelete, path+"/"+l.ID+"/unbind?reason=done", "", ada)
	require.Empty(t, freed.ActiveInstanceID)
	require.Empty(t, asked[[]api.LabBinding](e, http.MethodGet, path, "", ada))
}

func TestOneInstanceIsScheduledAndToldItsPorts(t *testing.T) {
	e := newEdge(t)
	id, worker := e.placedNow()
	ports := asked[api.AllocatedPorts](e, http.MethodPost, "/api/internal/lablet-instances/"+id+"/allocate-ports", "", e.leading(lablets))
	require.Equal(t, worker, ports.WorkerID)
	require.Equal(t, ports, asked[api.AllocatedPorts](e, http.MethodPut, "/api/internal/lablet-instances/"+id+"/ports", "", e.leading(lablets)), "asked again it is the same")
	again := e.do(request{http.MethodPost, "/api/internal/lablet-instances/" + id + "/schedule", fmt.Sprintf(`{"worker_id":%q,"scheduled_by":"s"}`, e.placeable()), e.leading(scheduler)})
	require.Less(t, again.status, http.StatusBadRequest, "there already: %s", again.body)
}

func TestATransitionMayBePut(t *testing.T) {
	e := newEdge(t)
	id := e.annsAt(0, lifecycle.InstanceRunning)
	moved := asked[api.Ack](e, http.MethodPut, "/api/internal/lablet-instances/"+id+"/transition",
		fmt.Sprintf(`{"status":"stopping","reason":"lab_lost","generation":%d}`, e.generation(id)), e.leading(lablets))
	require.Equal(t, "stopping", moved.CurrentStatus)
}

func TestServicesReadTemplates(t *testing.T) {
	e := newEdge(t)
	e.newTemplate(0)
	all := asked[[]readmodel.Template](e, http.MethodGet, "/api/internal/worker-templates", "", by(workers))
	require.Len(t, all, 2)
	require.Equal(t, all[0], asked[readmodel.Template](e, http.MethodGet, "/api/internal/worker-templates/by-name/"+all[0].Name, "", by(workers)))
}

func TestAWorkerIsEndedByPost(t *testing.T) {
	e := newEdge(t)
	_, worker := e.placedNow()
	path := "/api/workers/" + worker + "/terminate"
	out := e.do(request{http.MethodPost, path, "", as("ada", "admin")})
	require.Equal(t, "worker_in_use", e.problem(out, path).Code)
	out = e.do(request{http.MethodPost, path, `{"force":true,"reason":"fire"}`, as("ada", "admin")})
	require.Equal(t, http.StatusAccepted, out.status, string(out.body))
	require.Equal(t, lifecycle.WorkerTerminated, decode[api.Worker](t, out).DesiredStatus)
}

func TestWhoeverAsksWhetherTheAPIAnswersIsAnswered(t *testing.T) {
	out := newEdge(t).do(request{method: http.MethodGet, path: "/api/health"})
	require.Equal(t, http.StatusOK, out.status)
	require.JSONEq(t, `{"status":"ok"}`, string(out.body))
}
