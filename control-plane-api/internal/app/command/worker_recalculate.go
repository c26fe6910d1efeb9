package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// undecidedFor is how long an entry is left to the saga that made it.
const undecidedFor = 2 * time.Minute

// RecalculateCapacity goes through a worker's book and releases what no attempt needs any more (worker_not_found).
func (c *Commands) RecalculateCapacity(ctx context.Context, req api.Recalculate) (api.Ack, error) {
	ctx = call.AtGeneration(ctx, 0)
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.Ack{}, err
	}
	w, _, err := c.d.Workers.Get(ctx, req.ID)
	if err != nil {
		return api.Ack{}, err
	}
	stale, err := c.staleHolders(ctx, w)
	if err != nil {
		return api.Ack{}, err
	}
	margin := minutes(s.Timing.TeardownMarginMinutes)
	_, ack, err := c.updateWorker(ctx, req.ID, func(w *worker.Worker, act parts.Act) error {
		if req.RequestedBy != "" {
			act.By = req.RequestedBy
		}
		w.Recalculate(stale, act.At.Add(-undecidedFor), margin, act)
		return nil
	})
	return ack, err
}

// staleHolders lists the instances' entries that are needed no more.
func (c *Commands) staleHolders(ctx context.Context, w *worker.Worker) ([]booking.Holder, error) {
	var stale []booking.Holder
	for _, entry := range w.Book.Entries {
		if entry.Holder.InstanceID == "" {
			continue
		}
		i, _, err := c.d.Instances.Get(ctx, entry.Holder.InstanceID)
		if err != nil && !failure.Is(err, failure.NotFound) {
			return nil, err
		}
		if err != nil || !i.Needed(entry.Holder.Attempt) {
			stale = append(stale, entry.Holder)
		}
	}
	return stale, nil
}
