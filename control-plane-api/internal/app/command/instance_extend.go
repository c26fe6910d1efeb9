package command

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// extendTries bounds how often an extension begins anew since the instance got another place meanwhile.
const extendTries = 3

// errMoved tells that the booking that was extended is not the instance's any more.
var errMoved = errors.New("the instance was placed anew")

// ExtendInstance moves the end of a slot on, for its owner or one who manages: first the worker books the time, then the
// slot is moved; if that fails the time is given back. Codes: instance_not_found, instance_terminated, not_later,
// timeslot_too_long, timeslot_taken.
func (c *Commands) ExtendInstance(ctx context.Context, id string, end time.Time) (*instance.Instance, repo.Meta, error) {
	end = end.UTC().Truncate(time.Millisecond)
	for range extendTries {
		i, _, err := c.d.Instances.Get(ctx, id)
		if err != nil {
			return nil, repo.Meta{}, err
		}
		ch, err := c.extendOnce(ctx, i, end)
		if !errors.Is(err, errMoved) {
			return ch.now, ch.meta, err
		}
	}
	return nil, repo.Meta{}, failure.Wrap(errMoved, failure.Unavailable, "placement_changing", "the instance is being placed; try again")
}

func (c *Commands) extendOnce(ctx context.Context, i *instance.Instance, end time.Time) (change, error) {
	if err := checkOwner(ctx, i); err != nil {
		return change{}, err
	}
	booked := takesTime(i, end, c.now())
	if booked {
		if err := c.extendBooking(ctx, i, end); err != nil {
			return change{}, err
		}
	}
	ch, err := c.updateInstance(ctx, i.ID, func(fresh *instance.Instance, act parts.Act) error {
		if fresh.WorkerID != i.WorkerID || fresh.Attempt != i.Attempt || (!booked && takesTime(fresh, end, act.At)) {
			return errMoved
		}
		return fresh.Extend(end, act)
	})
	if err != nil && booked {
		c.shrinkBooking(ctx, i)
	}
	return ch, err
}

// takesTime reports whether a new end has to be booked on a worker first.
func takesTime(i *instance.Instance, end, now time.Time) bool {
	return i.WorkerID != "" && i.Needed(i.Attempt) && i.CanExtend(end, now) == nil
}

func (c *Commands) extendBooking(ctx context.Context, i *instance.Instance, end time.Time) error {
	margin, err := c.margin(ctx)
	if err != nil {
		return err
	}
	_, _, err = c.updateWorker(call.AtVersion(unkeyed(ctx), 0), i.WorkerID, func(w *worker.Worker, act parts.Act) error {
		return w.ExtendBooking(i.Holder(i.Attempt), end.Add(margin), margin, act)
	})
	switch {
	case failure.CodeOf(err) == string(booking.NotBooked):
		return errMoved
	case failure.Is(err, failure.Conflict):
		return failure.Wrap(err, failure.Conflict, "timeslot_taken", "someone else holds the time: %s", sentence(err))
	default:
		return err
	}
}

// shrinkBooking makes the booking what the instance's slot says, as it is now.
func (c *Commands) shrinkBooking(ctx context.Context, i *instance.Instance) {
	after, cancel := aftermath(ctx)
	defer cancel()
	err := c.fitBooking(after, i)
	if err != nil {
		c.d.Log.WarnContext(after, "booking longer than its slot", "worker", i.WorkerID, "instance", i.ID, "error", err)
	}
}

func (c *Commands) fitBooking(ctx context.Context, i *instance.Instance) error {
	margin, err := c.margin(ctx)
	if err != nil {
		return err
	}
	fresh, _, err := c.d.Instances.Get(ctx, i.ID)
	if err != nil {
		return err
	}
	if fresh.Slot.End == nil || fresh.Attempt != i.Attempt {
		return nil
	}
	_, _, err = c.updateWorker(ctx, i.WorkerID, func(w *worker.Worker, act parts.Act) error {
		if _, ok := w.Book.Find(i.Holder(i.Attempt)); !ok {
			return nil
		}
		return w.ExtendBooking(i.Holder(i.Attempt), fresh.Slot.End.Add(margin), margin, act)
	})
	return err
}

// margin is what is kept free after a slot.
func (c *Commands) margin(ctx context.Context) (time.Duration, error) {
	s, err := c.d.Settings.Effective(ctx)
	return minutes(s.Timing.TeardownMarginMinutes), err
}

// sentence is the message of a failure, without its code.
func sentence(err error) string {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f.Message
	}
	return "it cannot be booked"
}
