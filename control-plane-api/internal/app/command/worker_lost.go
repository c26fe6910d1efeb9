package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// LoseInstances moves the instances of a worker that is terminated or failed, or stopped under labs that are held: what has
// not begun is placed anew, a session is over. With the machine gone its labs are gone too. Entries that nobody needs any
// more are released. It is repeatable and goes on past what fails; the errors are joined.
func (c *Commands) LoseInstances(ctx context.Context, w *worker.Worker) error {
	var failed []error
	var free []booking.Holder
	for _, entry := range w.Book.Entries {
		holder := entry.Holder
		if holder.InstanceID == "" || (!w.Lost() && entry.State != booking.Held) {
			continue
		}
		needed, err := c.loseInstance(ctx, w, holder)
		if err != nil {
			failed = append(failed, fmt.Errorf("instance %s: %w", holder.InstanceID, err))
		} else if !needed {
			free = append(free, holder)
		}
	}
	if len(free) > 0 {
		if err := c.release(ctx, w.ID, free...); err != nil {
			failed = append(failed, fmt.Errorf("release: %w", err))
		}
	}
	return errors.Join(failed...)
}

// loseInstance tells an instance that the worker of an attempt is lost, and says whether its booking must stay.
func (c *Commands) loseInstance(ctx context.Context, w *worker.Worker, holder booking.Holder) (needed bool, err error) {
	ch, err := c.updateInstance(ctx, holder.InstanceID, func(i *instance.Instance, act parts.Act) error {
		if i.WorkerID == w.ID {
			if err := i.LoseWorker(holder.Attempt, act.Because(fmt.Sprintf("%s is %s", w.Name, w.Status))); err != nil {
				return err
			}
		}
		if w.Status == lifecycle.WorkerTerminated {
			i.DropLabsOf(w.ID, act)
		}
		return nil
	})
	if failure.Is(err, failure.NotFound) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	return ch.now.Needed(holder.Attempt), nil
}
