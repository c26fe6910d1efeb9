package command_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

func disable(t *template.Template) error { return t.SetEnabled(false, parts.Act{At: apptest.Noon}) }

func imported(t *testing.T, w *apptest.World) string {
	t.Helper()
	asked, err := w.Commands.ImportWorkers(apptest.As("ann", api.Admin), api.ImportWorkersBody{ImportBody: api.ImportBody{ImportAll: true}})
	require.NoError(t, err)
	return asked.TaskID
}

func report(w *apptest.World, id string, body api.ReportTaskBody) (api.Ack, error) {
	return w.Commands.ReportTask(apptest.Service("worker-controller", ""), api.ReportTask{ID: id, Body: body})
}

func TestATaskIsReportedOn(t *testing.T) {
	w := apptest.New(t)
	id := imported(t, w)
	_, err := report(w, id, api.ReportTaskBody{Status: "in_progress", Progress: 40, Message: "scanning"})
	require.NoError(t, err)
	ack, err := report(w, id, api.ReportTaskBody{Status: "completed", Result: json.RawMessage(`{"n":1}`)})
	require.NoError(t, err)
	require.Equal(t, "in_progress", ack.PreviousStatus)
	require.Equal(t, "completed", ack.CurrentStatus)
	_, err = report(w, id, api.ReportTaskBody{Status: "failed", Error: &api.TaskError{Code: "late", Message: "late"}})
	require.Equal(t, "task_finished", failure.CodeOf(err))
	_, err = report(w, "none", api.ReportTaskBody{Status: "failed"})
	require.Equal(t, "task_not_found", failure.CodeOf(err))
}

func TestATaskThatNobodyWorksOnFails(t *testing.T) {
	w := apptest.New(t)
	id := imported(t, w)
	w.Clock.Move(23 * time.Hour)
	require.NoError(t, w.Processes.Sweep(apptest.As("x"), w.Clock.Now()))
	kept, _, err := w.Tasks.Get(apptest.As("x"), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskPending, kept.Status)
	w.Clock.Move(2 * time.Hour)
	require.NoError(t, w.Processes.Sweep(apptest.As("x"), w.Clock.Now()))
	kept, _, err = w.Tasks.Get(apptest.As("x"), id)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskFailed, kept.Status)
	require.Equal(t, "task_abandoned", kept.Error.Code)
}

func TestWhoMayCancelATask(t *testing.T) {
	w := apptest.New(t)
	id := imported(t, w)
	cancel := func(subject string, roles ...api.Role) error {
		_, _, err := w.Commands.CancelTask(apptest.As(subject, roles...), api.CancelTask{ID: id, Body: &api.Why{Reason: "no"}})
		return err
	}
	require.Equal(t, "task_not_found", failure.CodeOf(cancel("bob", api.User)))
	require.Equal(t, "task_not_found", failure.CodeOf(cancel("may", api.Manager)), "who may not ask for it may not cancel it")
	require.NoError(t, cancel("ann", api.User))
	require.NoError(t, cancel("ada", api.Admin), "again is no fault")
	kept, _, err := w.Tasks.Get(apptest.As("x"), id)
	require.NoError(t, err)
	require.Equal(t, "Cancelled: no", kept.Message)

	id = imported(t, w)
	_, err = report(w, id, api.ReportTaskBody{Status: "in_progress"})
	require.NoError(t, err)
	require.Equal(t, "task_not_cancellable", failure.CodeOf(cancel("ann")))
	_, err = report(w, id, api.ReportTaskBody{Status: "completed"})
	require.NoError(t, err)
	require.Equal(t, "task_finished", failure.CodeOf(cancel("ann")))
}

func TestCancellingCallsOffWhatWasAskedFor(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	admin := apptest.As("root", api.Admin)
	drained, _, err := w.Commands.DrainWorker(admin, machine.ID, "", "")
	require.NoError(t, err)
	cancelled, _, err := w.Commands.CancelTask(admin, api.CancelTask{ID: drained.TaskID})
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskCancelled, cancelled.Status)
	require.Equal(t, lifecycle.WorkerRunning, w.Worker(machine.ID).Status)

	accepted, err := w.Commands.DeregisterLicense(admin, machine.ID)
	require.NoError(t, err)
	_, _, err = w.Commands.CancelTask(admin, api.CancelTask{ID: accepted.TaskID})
	require.NoError(t, err)
	require.Empty(t, w.Worker(machine.ID).License.PendingOperation)
	w.Clock.Move(time.Second)
	accepted, err = w.Commands.DeregisterLicense(admin, machine.ID)
	require.NoError(t, err)
	_, err = w.Commands.StartLicense(apptest.Service("worker-controller", ""), lifecycle.LicenseDeregister, api.LicenseStep{ID: machine.ID})
	require.NoError(t, err)
	_, _, err = w.Commands.CancelTask(admin, api.CancelTask{ID: accepted.TaskID})
	require.Equal(t, "license_busy", failure.CodeOf(err))

	w.Observe(machine.ID, "terminated")
	_, _, err = w.Commands.CancelTask(admin, api.CancelTask{ID: accepted.TaskID})
	require.Equal(t, "task_finished", failure.CodeOf(err), "it came to an end meanwhile")
}

func TestWhatAWorkerTellsOfItsTasks(t *testing.T) {
	created := apptest.Noon
	done := func(op lifecycle.LicenseOperation, ok, cancelled bool, after time.Duration) *worker.LicenseDone {
		return &worker.LicenseDone{Operation: op, OK: ok, Cancelled: cancelled, Message: "m", At: created.Add(after)}
	}
	for _, c := range []struct {
		reason string
		kind   string
		worker *worker.Worker
		want   lifecycle.TaskStatus
	}{
		{"gone", command.TaskDrain, nil, lifecycle.TaskCompleted},
		{"draining", command.TaskDrain, &worker.Worker{Status: lifecycle.WorkerDraining}, lifecycle.TaskInProgress},
		{"stopping", command.TaskDrain, &worker.Worker{Status: lifecycle.WorkerStopping}, lifecycle.TaskInProgress},
		{"stopped", command.TaskDrain, &worker.Worker{Status: lifecycle.WorkerStopped}, lifecycle.TaskCompleted},
		{"running again", command.TaskDrain, &worker.Worker{Status: lifecycle.WorkerRunning, DesiredStatus: lifecycle.WorkerRunning}, lifecycle.TaskCancelled},
		{"wanted stopped", command.TaskDrain, &worker.Worker{Status: lifecycle.WorkerRunning, DesiredStatus: lifecycle.WorkerStopped}, lifecycle.TaskInProgress},
		{"no worker", command.TaskRegister, nil, lifecycle.TaskFailed},
		{"terminated", command.TaskRegister, &worker.Worker{Status: lifecycle.WorkerTerminated}, lifecycle.TaskFailed},
		{"waiting", command.TaskRegister, &worker.Worker{License: worker.License{PendingOperation: lifecycle.LicenseRegister}}, lifecycle.TaskPending},
		{"at work", command.TaskRegister, &worker.Worker{License: worker.License{PendingOperation: lifecycle.LicenseRegister, InProgress: true}}, lifecycle.TaskInProgress},
		{"done", command.TaskRegister, &worker.Worker{License: worker.License{Done: done(lifecycle.LicenseRegister, true, false, 1)}}, lifecycle.TaskCompleted},
		{"failed", command.TaskDeregister, &worker.Worker{License: worker.License{Done: done(lifecycle.LicenseDeregister, false, false, 1)}}, lifecycle.TaskFailed},
		{"called off", command.TaskDeregister, &worker.Worker{License: worker.License{Done: done(lifecycle.LicenseDeregister, false, true, 1)}}, lifecycle.TaskCancelled},
		{"done long before", command.TaskRegister, &worker.Worker{License: worker.License{Done: done(lifecycle.LicenseRegister, true, false, -1)}}, lifecycle.TaskFailed},
		{"another one since", command.TaskRegister, &worker.Worker{License: worker.License{Done: done(lifecycle.LicenseDeregister, true, false, 1)}}, lifecycle.TaskFailed},
		{"nothing was ever done", command.TaskRegister, &worker.Worker{}, lifecycle.TaskFailed},
	} {
		o, ok := command.WorkerOutcome(&task.Task{Kind: c.kind, CreatedAt: created}, c.worker)
		require.True(t, ok)
		require.Equal(t, c.want, o.Status, "%s: %s", c.kind, c.reason)
	}
	_, ok := command.WorkerOutcome(&task.Task{Kind: "other"}, nil)
	require.False(t, ok)
}

func TestTemplateCommands(t *testing.T) {
	w := apptest.New(t)
	c := command.NewTemplates(w.Templates, w.Clock.Now)
	admin := apptest.As("root", api.Admin)
	body := api.CreateTemplateBody{Name: "new", Description: "d", InstanceType: "m5.large", CPUCores: 4, MemoryGB: 8, StorageGB: 100, MaxNodes: 50}
	made, _, err := c.Create(admin, body)
	require.NoError(t, err)
	require.Equal(t, 50, *made.Capacity.MaxNodes)
	_, _, err = c.Create(admin, body)
	require.Equal(t, "template_exists", failure.CodeOf(err))
	body.Name, body.InstanceType = "bad", "huge"
	_, _, err = c.Create(admin, body)
	require.Equal(t, "bad_instance_type", failure.CodeOf(err))
	changed, _, err := c.Update(admin, made.ID, api.UpdateTemplateBody{CPUCores: of(8), Enabled: of(false)})
	require.NoError(t, err)
	require.Equal(t, 8, changed.Capacity.CPUCores)
	require.False(t, changed.Enabled)
	_, _, err = c.SetEnabled(admin, made.ID, true)
	require.NoError(t, err)
	_, _, err = c.Delete(admin, made.ID)
	require.NoError(t, err)
	for name, do := range map[string]func(string) error{
		"update": func(id string) error {
			_, _, err := c.Update(admin, id, api.UpdateTemplateBody{CPUCores: of(1)})
			return err
		},
		"enable": func(id string) error { _, _, err := c.SetEnabled(admin, id, true); return err },
	} {
		require.Equal(t, "template_not_found", failure.CodeOf(do(made.ID)), "%s of a deleted one", name)
		require.Equal(t, "template_not_found", failure.CodeOf(do("none")), name)
	}
	_, _, err = c.Delete(admin, "none")
	require.Equal(t, "template_not_found", failure.CodeOf(err))
	_, err = scaleUp(w, "new", "d")
	require.Equal(t, "template_disabled", failure.CodeOf(err), "nothing is launched of it any more")
}
