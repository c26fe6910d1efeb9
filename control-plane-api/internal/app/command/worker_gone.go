package command

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// MarkTerminated tells that EC2 has a worker's machine no more. Its instances are moved (worker_not_found).
func (c *Commands) MarkTerminated(ctx context.Context, req api.MarkTerminated) (api.Ack, error) {
	ctx = call.Because(call.AtGeneration(ctx, 0), req.Body.Reason)
	w, ack, err := c.updateWorker(ctx, req.ID, func(w *worker.Worker, act parts.Act) error {
		if req.Body.TerminatedBy != "" {
			act.By = req.Body.TerminatedBy
		}
		w.MarkGone(act)
		return nil
	})
	if err != nil {
		return ack, err
	}
	c.forgetFigures(ctx, w)
	if len(w.Book.Entries) == 0 {
		return ack, nil
	}
	after, cancel := aftermath(ctx)
	defer cancel()
	if err := c.LoseInstances(after, w); err != nil {
		c.d.Log.WarnContext(after, "instances of a lost worker not all moved, left to the sweep", "worker", w.ID, "error", err)
	}
	return ack, nil
}

// RemoveWorker removes the document of a worker that is gone, its figures too. What is not gone yet is left (worker_not_gone).
func (c *Commands) RemoveWorker(ctx context.Context, id string) error {
	err := c.d.Workers.Delete(unkeyed(ctx), id, func(w *worker.Worker) error { return w.Delete(c.act(ctx)) })
	if err != nil && !failure.Is(err, failure.NotFound) {
		return err
	}
	if c.d.Samples == nil {
		return nil
	}
	return c.d.Samples.Drop(ctx, id)
}

// forgetFigures drops the figures of a worker that is terminated. What fails is made up for when the worker is removed.
func (c *Commands) forgetFigures(ctx context.Context, w *worker.Worker) {
	if !w.Terminal() || c.d.Samples == nil {
		return
	}
	after, cancel := aftermath(ctx)
	defer cancel()
	if err := c.d.Samples.Drop(after, w.ID); err != nil {
		c.d.Log.WarnContext(after, "figures of a terminated worker not dropped yet", "worker", w.ID, "error", err)
	}
}

// mostRemoved bounds what one cleanup looks at.
const mostRemoved = 1000

// CleanupWorkers removes workers that have been terminated for longer than they are kept.
func (c *Commands) CleanupWorkers(ctx context.Context, req api.CleanupWorkers) (api.CleanupResult, error) {
	days := req.Body.RetentionDays
	result := api.CleanupResult{
		RetentionDays: days, CutoffDate: c.now().Add(-time.Duration(days) * 24 * time.Hour), DryRun: req.Body.DryRun, DeletedWorkerIDs: []string{},
	}
	old := store.Query{Equal: map[string][]string{FieldStatus: {string(lifecycle.WorkerTerminated)}}}
	err := c.d.Workers.Walk(ctx, old, func(w *worker.Worker, _ repo.Meta) error {
		if w.TerminatedAt == nil || !w.TerminatedAt.Before(result.CutoffDate) {
			return nil
		}
		result.WorkersFound++
		if result.WorkersFound > mostRemoved {
			return errEnough
		}
		return c.cleanup(ctx, w, &result)
	})
	if errors.Is(err, errEnough) {
		result.WorkersFound, err = mostRemoved, nil
	}
	return result, err
}

// errEnough ends a walk that has seen as much as one call may.
var errEnough = errors.New("enough for one cleanup")

func (c *Commands) cleanup(ctx context.Context, w *worker.Worker, result *api.CleanupResult) error {
	removable := w.Settled() && len(w.Book.Entries) == 0
	if !removable {
		result.WorkersSkipped++
		return nil
	}
	if !result.DryRun {
		if err := c.RemoveWorker(ctx, w.ID); failure.CodeOf(err) == "worker_not_gone" {
			result.WorkersSkipped++
			return nil
		} else if err != nil {
			return err
		}
		result.WorkersDeleted++
	}
	result.DeletedWorkerIDs = append(result.DeletedWorkerIDs, w.ID)
	return nil
}
