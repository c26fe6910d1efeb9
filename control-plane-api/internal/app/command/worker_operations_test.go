package command_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

func of[T any](v T) *T { return &v }

func TestUnknownWorkersAreToldOf(t *testing.T) {
	w := apptest.New(t)
	ctx, c := apptest.As("root", api.Admin), w.Commands
	for name, do := range map[string]func() error{
		"start":       func() error { _, _, err := c.StartWorker(ctx, "x", ""); return err },
		"stop":        func() error { _, _, err := c.StopWorker(ctx, "x", "", false); return err },
		"pause":       func() error { _, _, err := c.PauseWorker(ctx, "x", "", false); return err },
		"tags":        func() error { _, _, err := c.SetWorkerTags(ctx, "x", nil); return err },
		"monitoring":  func() error { _, _, err := c.SetWorkerMonitoring(ctx, "x", true); return err },
		"idle":        func() error { _, _, err := c.SetIdleDetection(ctx, "x", "", true); return err },
		"certificate": func() error { _, _, err := c.ResetCertificate(ctx, "x"); return err },
		"refresh":     func() error { _, _, err := c.RequestRefresh(ctx, "x", ""); return err },
		"drain":       func() error { _, _, err := c.DrainWorker(ctx, "x", "", ""); return err },
		"cancel":      func() error { _, _, err := c.CancelDrain(ctx, "x", ""); return err },
		"end":         func() error { _, _, err := c.TerminateWorker(ctx, api.DeleteWorker{ID: "x"}); return err },
		"register":    func() error { _, err := c.RegisterLicense(ctx, "x", secret.New("t"), false); return err },
		"deregister":  func() error { _, err := c.DeregisterLicense(ctx, "x"); return err },
		"metrics":     func() error { _, err := c.ReportMetrics(ctx, api.ReportMetrics{ID: "x"}); return err },
		"details":     func() error { _, err := c.ReportEC2Details(ctx, api.ReportEC2Details{ID: "x"}); return err },
		"activity":    func() error { _, err := c.ReportActivity(ctx, api.ReportActivity{ID: "x"}); return err },
		"detect":      func() error { _, err := c.DetectIdle(ctx, api.DetectIdle{ID: "x"}); return err },
		"gone":        func() error { _, err := c.MarkTerminated(ctx, api.MarkTerminated{ID: "x"}); return err },
		"recalculate": func() error { _, err := c.RecalculateCapacity(ctx, api.Recalculate{ID: "x"}); return err },
	} {
		require.Equal(t, "worker_not_found", failure.CodeOf(do()), name)
	}
}

func TestPauseIsRefusedWhileALabIsOnTheWorkerAndForceIsAudited(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	w.Running(machine.ID, w.Definition(4).ID)
	admin := apptest.As("root", api.Admin)
	for name, do := range map[string]func(bool) error{
		"stop":  func(force bool) error { _, _, err := w.Commands.StopWorker(admin, machine.ID, "", force); return err },
		"pause": func(force bool) error { _, _, err := w.Commands.PauseWorker(admin, machine.ID, "", force); return err },
	} {
		require.Equal(t, "worker_in_use", failure.CodeOf(do(false)), name)
	}
	wanted, ack, err := w.Commands.PauseWorker(admin, machine.ID, "fire drill", true)
	require.NoError(t, err)
	require.Equal(t, lifecycle.WorkerStopped, wanted.DesiredStatus)
	stored, err := w.Store.Get(admin, "cml_workers", machine.ID)
	require.NoError(t, err)
	last := string(stored.Changes[len(stored.Changes)-1])
	require.Equal(t, ack.Version, stored.Version)
	require.Contains(t, last, `"forced":true`)
	require.Contains(t, last, `"by":"root"`)
	require.Contains(t, last, `"reason":"fire drill"`)
	resumed, _, err := w.Commands.StartWorker(admin, machine.ID, "")
	require.NoError(t, err)
	require.Equal(t, 1, resumed.Pauses.ManualResumed)
	require.False(t, resumed.Forced)
}

func TestDrainIsATaskThatEndsWithTheWorker(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	w.Running(machine.ID, w.Definition(4).ID)
	admin := apptest.As("root", api.Admin)
	drained, _, err := w.Commands.DrainWorker(admin, machine.ID, "scale_down", "resource-scheduler")
	require.NoError(t, err)
	require.Equal(t, "draining", drained.Status)
	again, _, err := w.Commands.DrainWorker(admin, machine.ID, "", "")
	require.NoError(t, err)
	require.Equal(t, drained.TaskID, again.TaskID, "what is under way is one task")

	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	task, _, err := w.Tasks.Get(admin, drained.TaskID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskInProgress, task.Status)
	require.Equal(t, "1 labs are left.", task.Message)

	w.Clock.Move(5 * time.Hour)
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	require.True(t, w.Worker(machine.ID).Forced, "its hours are over")
	w.Observe(machine.ID, "stopping")
	w.Observe(machine.ID, "stopped")
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	task, _, err = w.Tasks.Get(admin, drained.TaskID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskCompleted, task.Status)
	require.Equal(t, 100, task.Progress)

	w.Clock.Move(31 * 24 * time.Hour)
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	_, _, err = w.Tasks.Get(admin, drained.TaskID)
	require.Equal(t, "task_not_found", failure.CodeOf(err), "it is not kept for ever")
	for _, run := range w.Processes.Runs() {
		require.Equal(t, w.Clock.Now(), run.At, run.Name)
		require.Empty(t, run.Code, run.Name)
	}
}

func TestARepeatedDrainIsTheSameTask(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	ctx := apptest.Service("resource-scheduler", "key-1")
	first, _, err := w.Commands.DrainWorker(ctx, machine.ID, "", "")
	require.NoError(t, err)
	_, _, err = w.Commands.CancelDrain(apptest.As("root", api.Admin), machine.ID, "")
	require.NoError(t, err)
	require.NoError(t, w.Processes.Sweep(ctx, w.Clock.Now()))
	again, _, err := w.Commands.DrainWorker(ctx, machine.ID, "", "")
	require.NoError(t, err)
	require.Equal(t, first.TaskID, again.TaskID)
	require.Equal(t, lifecycle.WorkerRunning, w.Worker(machine.ID).Status, "a repeat does nothing again")
}

func TestATokenIsSealedAndTheTaskTellsHowItWent(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	admin, keeper := apptest.As("root", api.Admin), apptest.Service("worker-controller", "")
	accepted, err := w.Commands.RegisterLicense(admin, machine.ID, secret.New("given-token"), true)
	require.NoError(t, err)
	require.Equal(t, "sealed:given-token", string(w.Worker(machine.ID).SealedToken))
	for _, collection := range []string{"cml_workers", "tasks"} {
		documents, err := w.Store.Find(admin, collection, storeQuery())
		require.NoError(t, err)
		for _, d := range documents {
			for _, change := range d.Changes {
				require.NotContains(t, string(change), "given-token")
			}
		}
	}
	_, err = w.Commands.RegisterLicense(admin, machine.ID, secret.New("other"), true)
	require.Equal(t, "license_busy", failure.CodeOf(err))
	_, err = w.Commands.StartLicense(keeper, lifecycle.LicenseRegister, api.LicenseStep{ID: machine.ID})
	require.NoError(t, err)
	_, err = w.Commands.CompleteLicense(keeper, lifecycle.LicenseRegister, api.LicenseStep{ID: machine.ID})
	require.NoError(t, err)
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	task, _, err := w.Tasks.Get(admin, accepted.TaskID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskCompleted, task.Status)

	w.Clock.Move(time.Minute)
	accepted, err = w.Commands.DeregisterLicense(admin, machine.ID)
	require.NoError(t, err)
	for range worker.MaxLicenseAttempts {
		_, err = w.Commands.FailLicense(keeper, lifecycle.LicenseDeregister, api.LicenseStep{ID: machine.ID, Body: api.LicenseStepBody{ErrorMessage: "CSSM is away"}})
		require.NoError(t, err)
	}
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	task, _, err = w.Tasks.Get(admin, accepted.TaskID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskFailed, task.Status)
	require.Equal(t, "CSSM is away", task.Error.Message)
}

func TestLicenseRefusals(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	admin := apptest.As("root", api.Admin)
	_, err := w.Commands.RegisterLicense(admin, machine.ID, secret.String{}, false)
	require.Equal(t, "license_token_required", failure.CodeOf(err), "the licence file has nothing")
	w.Licenses["pool"] = apptest.Pool(1)
	_, err = w.Commands.RegisterLicense(admin, machine.ID, secret.String{}, false)
	require.NoError(t, err)
	_, _, err = w.Commands.CancelTask(admin, api.CancelTask{ID: "none"})
	require.Equal(t, "task_not_found", failure.CodeOf(err))
	w.Running(machine.ID, w.Definition(1).ID)
	_, err = w.Commands.DeregisterLicense(admin, machine.ID)
	require.Equal(t, "worker_in_use", failure.CodeOf(err))
	w.Template("cold", 10)
	cold, err := scaleUp(w, "cold", "d")
	require.NoError(t, err)
	_, err = w.Commands.RegisterLicense(admin, cold.ID, secret.New("t"), false)
	require.Equal(t, "worker_not_running", failure.CodeOf(err))
}

func TestAnImpatientCallerIsTold(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	anyone := apptest.As("ann")
	answer, _, err := w.Commands.RequestRefresh(anyone, machine.ID, "")
	require.NoError(t, err)
	require.Equal(t, api.RefreshAnswer{WorkerID: machine.ID, Reason: "rate_limited", RetryAfterSeconds: 10}, answer)
	w.Clock.Move(time.Minute)
	next := w.Clock.Now().Add(5 * time.Second)
	_, err = w.Commands.ReportMetrics(apptest.Service("worker-controller", ""), api.ReportMetrics{ID: machine.ID, Body: api.ReportMetricsBody{
		CollectedAt: w.Clock.Now(), PollInterval: 300, NextRefreshAt: &next,
	}})
	require.NoError(t, err)
	answer, _, err = w.Commands.RequestRefresh(anyone, machine.ID, "")
	require.NoError(t, err)
	require.Equal(t, "background_job_imminent", answer.Reason)
	require.Equal(t, 5, answer.ETASeconds)
	w.Clock.Move(time.Minute)
	answer, _, err = w.Commands.RequestRefresh(anyone, machine.ID, "")
	require.NoError(t, err)
	require.True(t, answer.Scheduled)
	answer, _, err = w.Commands.RequestRefresh(anyone, machine.ID, "")
	require.NoError(t, err)
	require.Equal(t, "already_scheduled", answer.Reason)
	_, err = w.Commands.ReportMetrics(apptest.Service("worker-controller", ""), api.ReportMetrics{ID: machine.ID, Body: api.ReportMetricsBody{CollectedAt: w.Clock.Now()}})
	require.NoError(t, err)
	require.Nil(t, w.Worker(machine.ID).RefreshRequestedAt)
}

func TestFiguresAreNoState(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	ctx := apptest.Service("worker-controller", "")
	report := api.ReportMetrics{ID: machine.ID, Body: api.ReportMetricsBody{
		CollectedAt: w.Clock.Now(), EC2: &api.EC2Metrics{CPUUtilization: of(12.5)},
		CML: &api.CMLMetrics{MemoryPercent: of(40.0), LabsCount: of(2), SystemInfo: map[string]any{"cpu_count": 8}},
	}}
	ack, err := w.Commands.ReportMetrics(ctx, report)
	require.NoError(t, err)
	require.False(t, ack.Changed, "no version, no event, no audit record")
	kept, err := w.Samples.Get(ctx, machine.ID)
	require.NoError(t, err)
	require.InDelta(t, 12.5, *kept[machine.ID].EC2.CPUUtilization, 0)
	require.Nil(t, kept[machine.ID].EC2.MemoryUtilization, "what is missing is not 0")
	require.JSONEq(t, `{"cpu_count":8}`, string(kept[machine.ID].SystemInfo))

	report.Body.EC2.InstanceCheck = "impaired"
	ack, err = w.Commands.ReportMetrics(ctx, report)
	require.NoError(t, err)
	require.True(t, ack.Changed, "EC2's checks are the worker's")
	w.Observe(machine.ID, "terminated")
	kept, err = w.Samples.Get(ctx, machine.ID)
	require.NoError(t, err)
	require.Empty(t, kept, "a worker that is over has none")
	_, err = w.Commands.ReportMetrics(ctx, report)
	require.Equal(t, "worker_terminated", failure.CodeOf(err))

	report.Body.CML.SystemInfo = map[string]any{"x": string(make([]byte, 129<<10))}
	_, err = w.Commands.ReportMetrics(ctx, report)
	require.Equal(t, "document_too_large", failure.CodeOf(err))
}

func TestDetailsAreNotWiped(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	ctx := apptest.Service("worker-controller", "")
	_, err := w.Commands.ReportEC2Details(ctx, api.ReportEC2Details{ID: machine.ID, Body: api.ReportEC2DetailsBody{PublicIP: "203.0.113.5", SystemCheck: "ok"}})
	require.NoError(t, err)
	_, err = w.Commands.ReportEC2Details(ctx, api.ReportEC2Details{ID: machine.ID, Body: api.ReportEC2DetailsBody{AMIDescription: "CML 2.9"}})
	require.NoError(t, err)
	now := w.Worker(machine.ID)
	require.Equal(t, "203.0.113.5", now.PublicIP)
	require.Equal(t, "CML 2.9", now.AMIDescription)
	require.Equal(t, "ok", now.Checks.System)
	w.Observe(machine.ID, "terminated")
	_, err = w.Commands.ReportEC2Details(ctx, api.ReportEC2Details{ID: machine.ID, Body: api.ReportEC2DetailsBody{PublicIP: "203.0.113.6"}})
	require.Equal(t, "worker_terminated", failure.CodeOf(err))
}

func detect(w *apptest.World, id string, force bool, events ...api.TelemetryEvent) (api.IdleVerdict, error) {
	return w.Commands.DetectIdle(apptest.Service("worker-controller", ""), api.DetectIdle{ID: id, Body: api.DetectIdleBody{ForceCheck: force, Events: events}})
}

func TestAnIdleWorkerIsPausedUnlessSomebodyNeedsIt(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	verdict, err := detect(w, machine.ID, false, api.TelemetryEvent{Category: "start_lab", Timestamp: w.Clock.Now()})
	require.NoError(t, err)
	require.True(t, verdict.TelemetryFetched)
	require.True(t, verdict.ActivityUpdated)
	require.False(t, verdict.IsIdle)
	w.Clock.Move(2 * time.Hour)
	own := api.TelemetryEvent{Category: "user_activity", Timestamp: w.Clock.Now(), Data: map[string]any{"user_id": "00000000-0000-4000-a000-000000000000"}}
	booked := w.Book(w.Definition(4).ID, 10*time.Minute, time.Hour)
	w.Place(machine.ID, booked.ID)
	verdict, err = detect(w, machine.ID, false, own)
	require.NoError(t, err)
	require.True(t, verdict.IsIdle, "what LCM's own account does is nobody's activity")
	require.False(t, verdict.AutoPauseTriggered, "a lab begins soon")
	require.Contains(t, verdict.Reason, "booking begins")
	_, _, err = w.Commands.TerminateInstance(apptest.As("ann"), booked.ID, "")
	require.NoError(t, err)

	w.Settings.Value.Idle.Enabled = false
	verdict, err = detect(w, machine.ID, true)
	require.NoError(t, err)
	require.True(t, verdict.IdleCheckPerformed, "by force")
	require.False(t, verdict.AutoPauseTriggered)
	verdict, err = detect(w, machine.ID, false)
	require.NoError(t, err)
	require.False(t, verdict.IdleCheckPerformed)
	w.Settings.Value.Idle.Enabled, w.Settings.Value.Activity.AutoPause = true, false
	verdict, err = detect(w, machine.ID, false)
	require.NoError(t, err)
	require.True(t, verdict.EligibleForPause)
	require.False(t, verdict.AutoPauseTriggered, "the environment does not want it")

	w.Settings.Value.Activity.AutoPause = true
	verdict, err = detect(w, machine.ID, false)
	require.NoError(t, err)
	require.True(t, verdict.AutoPauseTriggered)
	now := w.Worker(machine.ID)
	require.Equal(t, lifecycle.WorkerStopped, now.DesiredStatus)
	require.Equal(t, 1, now.Pauses.AutoPaused)
	require.Equal(t, worker.PauseIdle, now.Pauses.Reason)
	w.Settings.Value.Activity.ExcludedUsers = "("
	_, err = detect(w, machine.ID, false)
	require.Equal(t, "bad_pattern", failure.CodeOf(err))
}

func TestARunningLabKeepsASilentWorkerUp(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	w.Running(machine.ID, w.Definition(4).ID)
	w.Clock.Move(3 * time.Hour)
	verdict, err := detect(w, machine.ID, false)
	require.NoError(t, err)
	require.True(t, verdict.IsIdle)
	require.False(t, verdict.AutoPauseTriggered)
	require.Equal(t, lifecycle.WorkerRunning, w.Worker(machine.ID).DesiredStatus)
}

func TestReportedActivity(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	last := w.Clock.Now().Add(-time.Minute)
	ack, err := w.Commands.ReportActivity(apptest.Service("worker-controller", ""), api.ReportActivity{ID: machine.ID, Body: api.ReportActivityBody{
		LastActivityAt: &last, RecentEvents: []api.ActivityEvent{{Category: "start_lab", Timestamp: last}},
	}})
	require.NoError(t, err)
	require.True(t, ack.Changed)
	require.Equal(t, last, *w.Worker(machine.ID).Activity.LastAt)
	require.Equal(t, w.Clock.Now(), *w.Worker(machine.ID).Activity.CheckedAt)
}

func TestAWorkerIsRemovedWhenNothingIsLeft(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	admin := apptest.As("root", api.Admin)
	_, _, err := w.Commands.TerminateWorker(admin, api.DeleteWorker{ID: machine.ID, ForceHardDelete: true})
	require.NoError(t, err)
	w.Observe(machine.ID, "terminated")
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	w.Worker(machine.ID)
	_, err = w.Commands.DropWorkerFinalizer(admin, api.DropFinalizer{ID: machine.ID, Kind: string(readmodel.FinalizerEC2), Attempt: 1})
	require.NoError(t, err)
	require.NoError(t, w.Processes.Sweep(admin, w.Clock.Now()))
	_, _, err = w.Workers.Get(admin, machine.ID)
	require.Equal(t, "worker_not_found", failure.CodeOf(err))
}

func TestMarkTerminatedTakesItsInstancesAlong(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	running := w.Running(machine.ID, w.Definition(4).ID)
	ctx := apptest.Service("worker-controller", "")
	ack, err := w.Commands.MarkTerminated(ctx, api.MarkTerminated{ID: machine.ID, Body: api.MarkTerminatedBody{Reason: "orphan_detection", TerminatedBy: "orphan check"}})
	require.NoError(t, err)
	require.Equal(t, "terminated", ack.CurrentStatus)
	gone := w.Worker(machine.ID)
	require.Equal(t, "orphan check", gone.TerminatedBy)
	require.True(t, gone.Settled())
	i, _ := w.Instance(running.ID)
	require.Equal(t, lifecycle.InstanceTerminated, i.Status)
	ack, err = w.Commands.MarkTerminated(ctx, api.MarkTerminated{ID: machine.ID})
	require.NoError(t, err)
	require.False(t, ack.Changed)
}

func TestCleanup(t *testing.T) {
	w := apptest.New(t)
	ctx := apptest.Service("resource-scheduler", "")
	gone, kept, left := w.ReadyWorker(1), w.ReadyWorker(1), w.ReadyWorker(1)
	for _, id := range []string{gone.ID, kept.ID} {
		_, err := w.Commands.MarkTerminated(ctx, api.MarkTerminated{ID: id})
		require.NoError(t, err)
		w.Clock.Move(20 * 24 * time.Hour)
	}
	w.Observe(left.ID, "terminated")
	w.Clock.Move(11 * 24 * time.Hour)
	cleanup := func(days int, dry bool) api.CleanupResult {
		result, err := w.Commands.CleanupWorkers(ctx, api.CleanupWorkers{Body: api.CleanupWorkersBody{RetentionDays: days, DryRun: dry}})
		require.NoError(t, err)
		return result
	}
	dry := cleanup(32, true)
	require.Equal(t, []string{gone.ID}, dry.DeletedWorkerIDs)
	require.Zero(t, dry.WorkersDeleted)
	w.Worker(gone.ID)
	real := cleanup(32, false)
	require.Equal(t, 1, real.WorkersDeleted)
	_, _, err := w.Workers.Get(ctx, gone.ID)
	require.Equal(t, "worker_not_found", failure.CodeOf(err))
	all := cleanup(1, false)
	require.Equal(t, 2, all.WorkersFound)
	require.Equal(t, 1, all.WorkersSkipped, "a machine that was not seen gone keeps its worker")
	w.Worker(left.ID)
}

func TestRecalculateReleasesWhatNobodyNeeds(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, i.ID)
	ctx := apptest.Service("worker-controller", "")
	_, err := w.Commands.RecalculateCapacity(ctx, api.Recalculate{ID: machine.ID, RequestedBy: "ops"})
	require.NoError(t, err)
	require.Len(t, w.Worker(machine.ID).Book.Entries, 1)
	require.NoError(t, w.Instances.Delete(ctx, i.ID, deleted))
	w.Clock.Move(3 * time.Minute)
	_, err = w.Commands.RecalculateCapacity(ctx, api.Recalculate{ID: machine.ID})
	require.NoError(t, err)
	require.Empty(t, w.Worker(machine.ID).Book.Entries)
}
