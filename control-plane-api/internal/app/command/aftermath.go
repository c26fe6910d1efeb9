package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// aftermathTime bounds what follows from a change that is stored.
const aftermathTime = 5 * time.Second

// aftermath is the context of what follows from a stored change: it goes on when the caller is gone, and is the API's own
// doing, for which the caller's term, key and generation stood already. What it leaves undone a sweep does.
func aftermath(ctx context.Context) (context.Context, context.CancelFunc) {
	c := call.From(ctx)
	own := call.Call{Actor: call.Self, Route: c.Route, Reason: c.Reason, RequestID: c.RequestID}
	return context.WithTimeout(call.With(context.WithoutCancel(ctx), own), aftermathTime)
}

// releaseOver ends the booking of an attempt that is over and whose lab is gone. A failure is only logged, since the
// booking sweep repeats it.
func (c *Commands) releaseOver(ctx context.Context, i *instance.Instance, workerID string, attempt int) {
	if workerID == "" || attempt == 0 || i.Needed(attempt) {
		return
	}
	after, cancel := aftermath(ctx)
	defer cancel()
	if err := c.release(after, workerID, i.Holder(attempt)); err != nil {
		c.d.Log.WarnContext(after, "booking not released, left to the sweep", "worker", workerID, "instance", i.ID, "attempt", attempt, "error", err)
	}
}

// release ends entries of a worker; a worker that is gone has none.
func (c *Commands) release(ctx context.Context, workerID string, holders ...booking.Holder) error {
	_, _, err := c.d.Workers.Update(ctx, workerID, func(w *worker.Worker) error {
		w.Release(c.act(ctx), holders...)
		return nil
	})
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}

// unkeyed is the context of an intermediate step of a saga. Such a step finds its own effect and is repeated as often as
// need be; the caller's idempotency key stands for the step that decides the answer.
func unkeyed(ctx context.Context) context.Context {
	c := call.From(ctx)
	c.Key, c.BodyHash = "", ""
	return call.With(ctx, c)
}
