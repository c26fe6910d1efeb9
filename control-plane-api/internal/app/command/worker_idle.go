package command

import (
	"context"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// ReportActivity takes what somebody else has found in a worker's telemetry (worker_not_found).
func (c *Commands) ReportActivity(ctx context.Context, req api.ReportActivity) (api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.Ack{}, err
	}
	b := req.Body
	found := worker.Activity{LastAt: b.LastActivityAt, CheckedAt: b.LastCheckAt, NextCheckAt: b.NextCheckAt, TargetPauseAt: b.TargetPauseAt}
	for _, e := range b.RecentEvents {
		found.Recent = append(found.Recent, worker.ActivityEvent{Category: e.Category, At: e.Timestamp.UTC(), UserID: e.UserID})
	}
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		if found.CheckedAt == nil {
			found.CheckedAt = &act.At
		}
		w.SetActivity(found, s.Activity.EventsKept, act)
		return nil
	})
	return ack, err
}

// DetectIdle judges a worker by CML's telemetry and pauses it if it may, all in one write: no lab can be held in between.
// Only a worker that no instance's lab is on, and none begins on soon, is paused (worker_not_found).
func (c *Commands) DetectIdle(ctx context.Context, req api.DetectIdle) (api.IdleVerdict, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.IdleVerdict{}, err
	}
	policy, err := IdlePolicy(s)
	if err != nil {
		return api.IdleVerdict{}, err
	}
	telemetry := activityOf(req.Body.Events)
	var verdict api.IdleVerdict
	judge := func(w *worker.Worker, act parts.Act) error {
		before := w.Activity.LastAt
		w.CheckActivity(telemetry, policy, act)
		on := policy.Enabled && !w.IdleDetectionOff
		verdict = verdictOf(w, w.Idle(policy, act.At), act.At)
		verdict.TelemetryFetched = req.Body.Events != nil
		verdict.ActivityUpdated = !parts.SameTime(before, w.Activity.LastAt)
		verdict.IdleCheckPerformed = on || req.Body.ForceCheck
		if !on || !policy.AutoPause || !verdict.EligibleForPause {
			return nil
		}
		verdict.AutoPauseTriggered = true
		idle := time.Duration(verdict.IdleMinutes * float64(time.Minute)).Round(time.Minute)
		return w.Pause(worker.PauseIdle, false, policy.Boot, act.Because(fmt.Sprintf("idle for %s", idle)))
	}
	w, _, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, judge)
	if err == nil && verdict.WorkerID == "" {
		// A repeat: the worker is as the first call left it.
		now := c.now()
		verdict = verdictOf(w, w.Idle(policy, now), now)
	}
	return verdict, err
}

func verdictOf(w *worker.Worker, idle worker.Idle, now time.Time) api.IdleVerdict {
	return api.IdleVerdict{
		WorkerID: w.ID, CheckedAt: now, IsIdle: idle.IsIdle, IdleMinutes: idle.For.Minutes(), EligibleForPause: idle.Eligible,
		InSnoozePeriod: idle.InSnooze, Reason: idle.Reason,
	}
}

// activityOf takes what is kept of CML's telemetry.
func activityOf(events []api.TelemetryEvent) []worker.ActivityEvent {
	kept := make([]worker.ActivityEvent, 0, len(events))
	for _, e := range events {
		user, _ := e.Data["user_id"].(string)
		kept = append(kept, worker.ActivityEvent{Category: e.Category, At: e.Timestamp.UTC(), UserID: user})
	}
	return kept
}
