package query

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/figures"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// Samples gives the figures of workers.
type Samples interface {
	Get(ctx context.Context, ids ...string) (map[string]figures.Sample, error)
}

// workerDetails is the part of a worker that does not depend on figures.
func workerDetails(w *worker.Worker, now time.Time, snooze time.Duration) api.WorkerDetails {
	d := api.WorkerDetails{
		Origin: string(w.Origin), AMIDescription: w.AMIDescription, AMICreationDate: w.AMICreationDate, AWSTags: tagMap(w.Tags),
		StartInitiatedAt: w.StartInitiatedAt, StopInitiatedAt: w.StopInitiatedAt, DrainUntil: w.DrainUntil,
		EC2InstanceStateDetail: w.Checks.Instance, EC2SystemStatusCheck: w.Checks.System, CloudWatchByMinute: w.DetailedMonitoring,
		RefreshRequestedAt: w.RefreshRequestedAt, LastActivityAt: w.Activity.LastAt, LastActivityCheckAt: w.Activity.CheckedAt,
		NextIdleCheckAt: w.Activity.NextCheckAt, TargetPauseAt: w.Activity.TargetPauseAt, IdleDetectionEnabled: !w.IdleDetectionOff,
		RecentActivityEvents: activityDTO(w.Activity.Recent), AutoPauseCount: w.Pauses.AutoPaused, ManualPauseCount: w.Pauses.ManualPaused,
		AutoResumeCount: w.Pauses.AutoResumed, ManualResumeCount: w.Pauses.ManualResumed, LastPausedAt: w.Pauses.LastPausedAt,
		LastResumedAt: w.Pauses.LastResumedAt, PausedBy: w.Pauses.PausedBy, PauseReason: string(w.Pauses.Reason),
	}
	if at := w.Pauses.LastResumedAt; at != nil {
		d.InSnoozePeriod = now.Before(at.Add(snooze))
	}
	return d
}

// withSample adds figures; CML's come before CloudWatch's. whole adds CML's own documents.
func withSample(d *api.WorkerDetails, s figures.Sample, whole bool) {
	d.EC2LastCheckedAt, d.PollInterval, d.NextRefreshAt = s.EC2CheckedAt, s.PollIntervalSeconds, s.NextRefreshAt
	if e := s.EC2; e != nil {
		d.CloudWatchCPU, d.CloudWatchMemory, d.CloudWatchAt = e.CPUUtilization, e.MemoryUtilization, &e.CollectedAt
		d.CPUUtilization, d.MemoryUtilization = e.CPUUtilization, e.MemoryUtilization
	}
	if c := s.CML; c != nil {
		d.CMLUptimeSeconds, d.CMLLabsCount, d.ActiveLabsCount = c.UptimeSeconds, c.LabsCount, c.LabsCount
		prefer(&d.CPUUtilization, c.CPUPercent)
		prefer(&d.MemoryUtilization, c.MemoryPercent)
		d.DiskUtilization, d.StorageUtilization = c.DiskPercent, c.DiskPercent
	}
	if whole {
		d.CMLSystemInfo, d.CMLSystemHealth = raw(s.SystemInfo), raw(s.SystemHealth)
	}
}

func prefer(field **float64, value *float64) {
	if value != nil {
		*field = value
	}
}

// raw gives a stored document, nil where there is none.
func raw(text json.RawMessage) any {
	if text == nil {
		return nil
	}
	return text
}

func tagMap(tags []readmodel.Tag) map[string]string {
	all := make(map[string]string, len(tags))
	for _, tag := range tags {
		all[tag.Key] = tag.Value
	}
	return all
}

func activityDTO(events []worker.ActivityEvent) []api.ActivityEvent {
	all := make([]api.ActivityEvent, 0, len(events))
	for _, e := range events {
		all = append(all, api.ActivityEvent{Category: e.Category, Timestamp: e.At, UserID: e.UserID})
	}
	return all
}

// sampled reads the figures of workers; without a keeper there are none.
func (q *Queries) sampled(ctx context.Context, ids ...string) (map[string]figures.Sample, error) {
	if q.d.Samples == nil {
		return nil, nil
	}
	return q.d.Samples.Get(ctx, ids...)
}

// addFigures completes a page of workers in one read.
func (q *Queries) addFigures(ctx context.Context, workers []api.Worker) error {
	ids := make([]string, len(workers))
	for i := range workers {
		ids[i] = workers[i].ID
	}
	found, err := q.sampled(ctx, ids...)
	if err != nil {
		return err
	}
	for i := range workers {
		if s, ok := found[workers[i].ID]; ok {
			withSample(&workers[i].WorkerDetails, s, false)
		}
	}
	return nil
}
