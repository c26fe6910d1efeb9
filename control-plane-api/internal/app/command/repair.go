package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// FreeBookings releases the entries of a worker that have stood since before cutoff and that no attempt, and no lab, needs any
// more.
func (c *Commands) FreeBookings(ctx context.Context, w *worker.Worker, cutoff time.Time) error {
	var free []booking.Holder
	for _, entry := range w.Book.Entries {
		if !entry.Since.Before(cutoff) {
			continue
		}
		if entry.Holder.InstanceID == "" {
			needed, err := c.labNeeded(ctx, entry.Holder.LabRecordID)
			if err != nil {
				return err
			}
			if !needed {
				free = append(free, entry.Holder)
			}
			continue
		}
		i, _, err := c.d.Instances.Get(ctx, entry.Holder.InstanceID)
		switch {
		case failure.Is(err, failure.NotFound):
			free = append(free, entry.Holder)
		case err != nil:
			return err
		case !i.Needed(entry.Holder.Attempt):
			free = append(free, entry.Holder)
		}
	}
	if len(free) == 0 {
		return nil
	}
	_, _, err := c.updateWorker(call.Because(ctx, "booking sweep"), w.ID, func(fresh *worker.Worker, act parts.Act) error {
		for _, holder := range free {
			// An entry that was booked or held meanwhile belongs to someone who is at work on it.
			if entry, ok := fresh.Book.Find(holder); ok && entry.Since.Before(cutoff) {
				fresh.Release(act, holder)
			}
		}
		return nil
	})
	return err
}

// labNeeded reports whether a lab's own entry must stay: its record is there and not over.
func (c *Commands) labNeeded(ctx context.Context, id string) (bool, error) {
	if c.d.LabRecords == nil {
		return true, nil
	}
	l, _, err := c.d.LabRecords.Get(ctx, id)
	if failure.Is(err, failure.NotFound) {
		return false, nil
	}
	return err != nil || !l.Terminal(), err
}

// RequeueUnbooked requeues an instance that is scheduled although its worker has no entry for it. The instance must have
// been read before, at the generation of meta: then an entry that is missing now is missing for good.
func (c *Commands) RequeueUnbooked(ctx context.Context, i *instance.Instance, meta repo.Meta) error {
	w, _, err := c.d.Workers.Get(ctx, i.WorkerID)
	if err != nil && !failure.Is(err, failure.NotFound) {
		return err
	}
	if err == nil {
		if _, booked := w.Book.Find(i.Holder(i.Attempt)); booked {
			return nil
		}
	}
	_, err = c.updateInstance(call.AtGeneration(ctx, meta.Generation), i.ID, func(fresh *instance.Instance, act parts.Act) error {
		if fresh.Status != lifecycle.InstanceScheduled {
			return nil
		}
		return fresh.Requeue("booking_lost", "the worker has no booking for the instance", act)
	})
	if failure.Is(err, failure.Precondition) {
		return nil // someone else moved it
	}
	return err
}

// EndMissed terminates an instance whose slot passed before it began.
func (c *Commands) EndMissed(ctx context.Context, id string, grace time.Duration) error {
	_, err := c.endAttempt(ctx, id, func(i *instance.Instance, act parts.Act) error { return i.Miss(grace, act) })
	return err
}

// EndArchived terminates an archived instance of which nothing is left outside.
func (c *Commands) EndArchived(ctx context.Context, id string, hold time.Duration) error {
	_, err := c.endAttempt(ctx, id, func(i *instance.Instance, act parts.Act) error { return i.Complete(hold, act) })
	return err
}

// RefreshWorker computes anew whether a worker is placeable.
func (c *Commands) RefreshWorker(ctx context.Context, id string) error {
	_, _, err := c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error {
		w.Refresh(act)
		return nil
	})
	return err
}
