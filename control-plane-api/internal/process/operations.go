package process

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// drains ends the wait of drains that have waited for as long as they may.
func (p *Processes) drains(ctx context.Context, now time.Time, _ settings.Effective) error {
	draining := store.Query{Equal: map[string][]string{command.FieldStatus: {string(lifecycle.WorkerDraining)}}}
	return p.sweepWorkers(ctx, draining, func(w *worker.Worker, _ repo.Meta) error {
		if !w.DrainOverdue(now) {
			return nil
		}
		return p.d.Commands.ForceDrain(ctx, w.ID)
	})
}

// removals removes workers that somebody wanted removed, once nothing is left of them.
func (p *Processes) removals(ctx context.Context, _ time.Time, _ settings.Effective) error {
	ended := store.Query{Equal: map[string][]string{
		command.FieldStatus: {string(lifecycle.WorkerTerminated)}, command.FieldRemove: {command.Yes},
	}}
	return p.sweepWorkers(ctx, ended, func(w *worker.Worker, _ repo.Meta) error {
		if !w.Settled() {
			return nil
		}
		err := p.d.Commands.RemoveWorker(ctx, w.ID)
		if failure.CodeOf(err) == "worker_not_gone" {
			return nil // a booking is still there; the next pass looks again
		}
		return err
	})
}

// tasks writes down how far long-running requests have come, and removes those that ended long ago.
func (p *Processes) tasks(ctx context.Context, now time.Time, _ settings.Effective) error {
	if p.d.Tasks == nil {
		return nil
	}
	var failed []error
	open := store.Query{Equal: map[string][]string{command.FieldOpen: {command.Yes}}}
	err := p.d.Tasks.Walk(ctx, open, each(ctx, &failed, func(t *task.Task, _ repo.Meta) error { return p.d.Commands.SettleTask(ctx, t) }))
	failed = append(failed, err)
	done := store.Query{
		Equal: map[string][]string{command.FieldOpen: {""}},
		Until: map[string]string{store.ByCreatedAt: store.FormatTime(now.Add(-command.TaskRetention))},
	}
	var old []error
	err = p.d.Tasks.Walk(ctx, done, each(ctx, &old, func(t *task.Task, _ repo.Meta) error { return p.d.Commands.ForgetTask(ctx, t) }))
	return errors.Join(append(append(failed, old...), err)...)
}
