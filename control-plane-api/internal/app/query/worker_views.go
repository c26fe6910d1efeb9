package query

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// CheckRegion hides a worker below another region than its own (worker_not_found). A worker never changes its region.
func (q *Queries) CheckRegion(ctx context.Context, id, region string) error {
	w, _, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return err
	}
	if w.AWSRegion != region {
		return failure.New(failure.NotFound, "worker_not_found", "there is no worker %s in %s", id, region)
	}
	return nil
}

// WorkerByMachine answers the worker of a machine in a region, a live one before one that is terminated.
func (q *Queries) WorkerByMachine(ctx context.Context, region, instanceID string) (api.Worker, int64, error) {
	found, err := q.d.Workers.Find(ctx, store.Query{Equal: map[string][]string{
		command.FieldMachine: {instanceID}, command.FieldRegion: {region},
	}})
	if err != nil {
		return api.Worker{}, 0, err
	}
	if len(found) == 0 {
		return api.Worker{}, 0, failure.New(failure.NotFound, "worker_not_found", "there is no worker of machine %s in %s", instanceID, region)
	}
	best := found[0]
	for _, one := range found {
		if one.Value.Status != lifecycle.WorkerTerminated {
			best = one
		}
	}
	dto, err := q.ShowWorker(ctx, best.Value, best.Version)
	return dto, best.Version, err
}

// WorkerStatus answers where a worker stands.
func (q *Queries) WorkerStatus(ctx context.Context, id string) (api.WorkerStatus, int64, error) {
	w, meta, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return api.WorkerStatus{}, 0, err
	}
	return api.WorkerStatus{
		WorkerID: w.ID, Status: string(w.Status), DesiredStatus: string(w.DesiredStatus), ServiceStatus: string(w.ServiceStatus),
		InstanceState: w.Checks.Instance, InstanceID: w.EC2InstanceID, AWSRegion: w.AWSRegion, Since: w.StatusSince,
	}, meta.Version, nil
}

// WorkerResources answers a worker's last figures, and whether they are of the time asked for (worker_not_launched).
func (q *Queries) WorkerResources(ctx context.Context, id, back string) (api.WorkerResources, error) {
	w, _, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return api.WorkerResources{}, err
	}
	if w.EC2InstanceID == "" {
		return api.WorkerResources{}, failure.New(failure.Conflict, "worker_not_launched", "The worker has no machine yet.")
	}
	fresh, err := time.ParseDuration(back)
	if err != nil {
		return api.WorkerResources{}, failure.Wrap(err, failure.Malformed, "malformed", "%q is no time, such as 5m.", back)
	}
	found, err := q.sampled(ctx, id)
	if err != nil {
		return api.WorkerResources{}, err
	}
	r := api.WorkerResources{WorkerID: id, InstanceID: w.EC2InstanceID, RelativeStartTime: back, Stale: true}
	if c := found[id].CML; c != nil {
		r.MemoryUtilization, r.CollectedAt = c.MemoryPercent, &c.CollectedAt
		r.CPUUtilization = c.CPUPercent
	}
	if e := found[id].EC2; e != nil {
		prefer(&r.CPUUtilization, e.CPUUtilization)
		prefer(&r.MemoryUtilization, e.MemoryUtilization)
		r.NetworkInBytes, r.NetworkOutBytes, r.CollectedAt = e.NetworkInBytes, e.NetworkOutBytes, &e.CollectedAt
	}
	if r.CollectedAt != nil {
		r.Stale = q.now().Sub(*r.CollectedAt) > fresh
	}
	return r, nil
}

// WorkerActivity answers what people last did on a worker.
func (q *Queries) WorkerActivity(ctx context.Context, id string) (api.WorkerActivity, error) {
	w, idle, _, err := q.idle(ctx, id)
	if err != nil {
		return api.WorkerActivity{}, err
	}
	return api.WorkerActivity{
		WorkerID: id, LastActivityAt: w.Activity.LastAt, LastActivityCheckAt: w.Activity.CheckedAt,
		RecentActivityEvents: activityDTO(w.Activity.Recent), LastPausedAt: w.Pauses.LastPausedAt, LastResumedAt: w.Pauses.LastResumedAt,
		AutoPauseCount: w.Pauses.AutoPaused, ManualPauseCount: w.Pauses.ManualPaused, AutoResumeCount: w.Pauses.AutoResumed,
		ManualResumeCount: w.Pauses.ManualResumed, NextIdleCheckAt: w.Activity.NextCheckAt, TargetPauseAt: w.Activity.TargetPauseAt,
		IsIdleDetectionEnabled: !w.IdleDetectionOff, InSnoozePeriod: idle.InSnooze, IdleDurationMinutes: idle.For.Minutes(),
	}, nil
}

// IdleStatus answers how idle a worker is.
func (q *Queries) IdleStatus(ctx context.Context, id string) (api.IdleStatus, error) {
	w, idle, s, err := q.idle(ctx, id)
	if err != nil {
		return api.IdleStatus{}, err
	}
	return api.IdleStatus{
		WorkerID: id, IsIdle: idle.IsIdle, IdleMinutes: idle.For.Minutes(), IdleThresholdMinutes: s.Idle.TimeoutMinutes,
		LastActivityAt: w.Activity.LastAt, InSnoozePeriod: idle.InSnooze, SnoozeUntil: idle.SnoozeUntil,
		AutoPauseEnabled: s.Idle.Enabled && s.Activity.AutoPause && !w.IdleDetectionOff, EligibleForPause: idle.Eligible, Reason: idle.Reason,
		NextIdleCheckAt: w.Activity.NextCheckAt, TargetPauseAt: w.Activity.TargetPauseAt, CheckedAt: q.now(),
	}, nil
}

func (q *Queries) idle(ctx context.Context, id string) (*worker.Worker, worker.Idle, settings.Effective, error) {
	w, _, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return nil, worker.Idle{}, settings.Effective{}, err
	}
	s, err := q.d.Settings.Effective(ctx)
	if err != nil {
		return nil, worker.Idle{}, s, err
	}
	policy, err := command.IdlePolicy(s)
	if err != nil {
		return nil, worker.Idle{}, s, err
	}
	return w, w.Idle(policy, q.now()), s, nil
}

// Telemetry answers the stored telemetry of a worker, newest first (bad_time).
func (q *Queries) Telemetry(ctx context.Context, id, since string) ([]api.ActivityEvent, error) {
	after := time.Time{}
	if since != "" {
		var err error
		if after, err = store.ParseTime(since); err != nil {
			return nil, failure.Wrap(err, failure.Invalid, "bad_time", "since must be a time such as 2026-03-02T12:00:00Z.")
		}
	}
	w, _, err := q.d.Workers.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	kept := []api.ActivityEvent{}
	for _, e := range activityDTO(w.Activity.Recent) {
		if e.Timestamp.After(after) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}
