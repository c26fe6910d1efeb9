package command

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// clockTolerance is how far a caller's clock may differ from the API's.
const clockTolerance = 30 * time.Second

// StartInstantiation holds the booking, in one write on the worker, then moves the instance. A refused hold requeues the
// instance with the reason. Codes: too_early, hold_refused, invalid_transition, generation_changed.
func (c *Commands) StartInstantiation(ctx context.Context, req api.StartInstantiation) (api.Ack, error) {
	ctx = call.AtGeneration(ctx, req.Body.Generation)
	i, meta, err := c.d.Instances.Get(ctx, req.ID)
	if err != nil {
		return api.Ack{}, err
	}
	var entry booking.Entry
	// Anything else than a scheduled instance at the caller's generation is answered by its own update: a repeat, a changed
	// generation, the effect that is there, or the table.
	if i.Status == lifecycle.InstanceScheduled && meta.Generation == req.Body.Generation {
		if !i.Slot.Due(c.now(), clockTolerance) {
			return api.Ack{}, failure.New(failure.Conflict, "too_early", "instantiation begins %s before the timeslot", i.Slot.Lead)
		}
		if entry, err = c.hold(ctx, i); err != nil {
			return api.Ack{}, c.holdRefused(ctx, i, err)
		}
	}
	ch, err := c.updateInstance(ctx, req.ID, func(fresh *instance.Instance, act parts.Act) error {
		if fresh.Status == lifecycle.InstanceScheduled && entry.Holder != fresh.Holder(fresh.Attempt) {
			return failure.New(failure.Precondition, repo.CodeGenerationChanged, "the instance was placed anew: look again")
		}
		return fresh.StartInstantiation(entry.Ports, act)
	})
	if err != nil {
		if entry.State == booking.Held {
			c.unbook(ctx, i.WorkerID, []booking.Holder{entry.Holder})
		}
		return api.Ack{}, err
	}
	return ch.ack(), nil
}

func (c *Commands) hold(ctx context.Context, i *instance.Instance) (booking.Entry, error) {
	margin, err := c.margin(ctx)
	if err != nil {
		return booking.Entry{}, err
	}
	holder := i.Holder(i.Attempt)
	w, _, err := c.updateWorker(call.AtGeneration(unkeyed(ctx), 0), i.WorkerID, func(w *worker.Worker, act parts.Act) error {
		return w.Hold(holder, margin, act)
	})
	if err != nil {
		return booking.Entry{}, err
	}
	entry, ok := w.Book.Find(holder)
	if !ok || entry.State != booking.Held {
		return booking.Entry{}, failure.New(failure.Conflict, string(booking.NotBooked), "the worker has no booking for the instance")
	}
	return entry, nil
}

// holdRefused requeues an instance whose worker refuses to hold its booking; a worker that could not be asked refuses
// nothing.
func (c *Commands) holdRefused(ctx context.Context, i *instance.Instance, err error) error {
	if !failure.Is(err, failure.Conflict) && !failure.Is(err, failure.NotFound) {
		return err
	}
	refused := failure.Wrap(err, failure.Conflict, "hold_refused", "the worker cannot take the lab: %s", sentence(err))
	_, requeueErr := c.endAttempt(unkeyed(ctx), i.ID, func(fresh *instance.Instance, act parts.Act) error {
		return fresh.Requeue("hold_refused", refused.Message, act)
	})
	if requeueErr != nil {
		return errors.Join(requeueErr, err)
	}
	return refused
}
