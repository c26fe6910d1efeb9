package command

import (
	"context"
	"regexp"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// StartWorker wants a worker running: stopped, paused or draining. Codes: worker_not_found, worker_terminated.
func (c *Commands) StartWorker(ctx context.Context, id, reason string) (*worker.Worker, api.Ack, error) {
	return c.updateWorker(call.Because(ctx, reason), id, func(w *worker.Worker, act parts.Act) error { return w.Start(false, act) })
}

// StopWorker wants a worker stopped; force overrides worker_in_use. Codes: worker_not_found, worker_terminated, worker_in_use.
func (c *Commands) StopWorker(ctx context.Context, id, reason string, force bool) (*worker.Worker, api.Ack, error) {
	return c.halt(ctx, id, reason, func(w *worker.Worker, boot time.Duration, act parts.Act) error {
		return w.Stop(worker.PauseManual, force, boot, act)
	})
}

// PauseWorker stops a running worker until it is resumed. Codes besides those of StopWorker: worker_not_running.
func (c *Commands) PauseWorker(ctx context.Context, id, reason string, force bool) (*worker.Worker, api.Ack, error) {
	return c.halt(ctx, id, reason, func(w *worker.Worker, boot time.Duration, act parts.Act) error {
		return w.Pause(worker.PauseManual, force, boot, act)
	})
}

func (c *Commands) halt(ctx context.Context, id, reason string, do func(*worker.Worker, time.Duration, parts.Act) error) (*worker.Worker, api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return nil, api.Ack{}, err
	}
	boot := minutes(s.Timing.WorkerBootMinutes)
	return c.updateWorker(call.Because(ctx, reason), id, func(w *worker.Worker, act parts.Act) error { return do(w, boot, act) })
}

// SetWorkerTags replaces the tags of a worker's machine. Codes: worker_not_found, worker_terminated, bad_tags.
func (c *Commands) SetWorkerTags(ctx context.Context, id string, tags map[string]string) (*worker.Worker, api.Ack, error) {
	return c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error { return w.SetTags(tags, act) })
}

// SetWorkerMonitoring asks for figures by the minute. Codes: worker_not_found, worker_terminated, worker_not_launched.
func (c *Commands) SetWorkerMonitoring(ctx context.Context, id string, on bool) (*worker.Worker, api.Ack, error) {
	return c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error { return w.SetMonitoring(on, act) })
}

// SetIdleDetection switches the detection for a worker. Codes: worker_not_found, worker_terminated.
func (c *Commands) SetIdleDetection(ctx context.Context, id, reason string, on bool) (*worker.Worker, api.Ack, error) {
	return c.updateWorker(call.Because(ctx, reason), id, func(w *worker.Worker, act parts.Act) error { return w.SetIdleDetection(on, act) })
}

// ResetCertificate forgets the certificate that is pinned for a worker. Codes: worker_not_found, worker_terminated.
func (c *Commands) ResetCertificate(ctx context.Context, id string) (*worker.Worker, api.Ack, error) {
	return c.updateWorker(ctx, id, (*worker.Worker).ResetCertificate)
}

// IdlePolicy is how the settings judge idleness.
func IdlePolicy(s settings.Effective) (worker.IdlePolicy, error) {
	p := worker.IdlePolicy{
		Enabled: s.Idle.Enabled, AutoPause: s.Activity.AutoPause, Timeout: time.Duration(s.Idle.TimeoutMinutes) * time.Minute,
		Snooze: time.Duration(s.Activity.SnoozeMinutes) * time.Minute, CheckEvery: s.CheckEvery(), Boot: minutes(s.Timing.WorkerBootMinutes),
		Categories: s.Activity.Categories, Keep: s.Activity.EventsKept,
	}
	if s.Activity.ExcludedUsers == "" {
		return p, nil
	}
	var err error
	if p.Excluded, err = regexp.Compile(s.Activity.ExcludedUsers); err != nil {
		return p, failure.Wrap(err, failure.Internal, "bad_pattern", "The pattern of users whose activity does not count cannot be read.")
	}
	return p, nil
}
