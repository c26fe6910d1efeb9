package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// MoveDisplaced requeues what has not begun on a worker whose capacity has shrunk below its book, the latest bookings
// first, until the rest fits. What is held stays.
func (c *Commands) MoveDisplaced(ctx context.Context, w *worker.Worker) error {
	for _, entry := range w.Book.Displaced(w.Limits(), c.now(), 0) {
		holder := entry.Holder
		if holder.InstanceID == "" {
			continue
		}
		_, err := c.endAttempt(ctx, holder.InstanceID, func(i *instance.Instance, act parts.Act) error {
			if i.Status != lifecycle.InstanceScheduled || i.Attempt != holder.Attempt || i.WorkerID != w.ID {
				return nil
			}
			return i.Requeue("overbooked", "the worker can carry less than it could when this was booked", act)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
