package command

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// placement is one instance on its way through a schedule.
type placement struct {
	item    api.ScheduleItem
	holder  booking.Holder
	request *booking.Request
	group   string
	outcome api.ScheduleOutcome
	// err is what outcome tells of, nil where it was done.
	err error
}

// Schedule places instances on one worker: all are booked in one write, then each is moved; what could not be moved is
// unbooked. Each instance has its own outcome; the instances of a group that one call names are booked all or none. A
// crash in between leaves bookings that the sweep frees. Codes of the whole: worker_not_found, worker_not_placeable,
// book_full; codes of an outcome: those of the book, generation_changed, invalid_transition, instance_not_found.
func (c *Commands) Schedule(ctx context.Context, req api.Schedule) (api.ScheduleResult, error) {
	placements, err := c.schedule(ctx, req)
	if err != nil {
		return api.ScheduleResult{}, err
	}
	result := api.ScheduleResult{Outcomes: make([]api.ScheduleOutcome, 0, len(placements))}
	for _, p := range placements {
		result.Outcomes = append(result.Outcomes, p.outcome)
	}
	return result, nil
}

func (c *Commands) schedule(ctx context.Context, req api.Schedule) ([]*placement, error) {
	margin, err := c.margin(ctx)
	if err != nil {
		return nil, err
	}
	at := c.now()
	placements, err := c.planAll(ctx, req.Body.Instances, at, margin)
	if err != nil {
		return nil, err
	}
	booked, err := c.bookAll(ctx, req.WorkerID, placements, at, margin)
	if err != nil {
		return nil, err
	}
	c.unbook(ctx, req.WorkerID, c.placeAll(ctx, placements, booked, req.Body.ScheduledBy, at))
	return placements, nil
}

// plan reads an instance and says what to book for it; nothing where it is not waiting at the caller's generation, which
// its move will answer for.
func (c *Commands) plan(ctx context.Context, item api.ScheduleItem, at time.Time, margin time.Duration) (*placement, error) {
	p := &placement{item: item, outcome: api.ScheduleOutcome{InstanceID: item.InstanceID}}
	i, meta, err := c.d.Instances.Get(ctx, item.InstanceID)
	if failure.Is(err, failure.NotFound) {
		p.refuse(err)
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.holder, p.group = i.Holder(i.NextAttempt()), i.GroupID
	if i.Status != lifecycle.InstancePending || meta.Generation != item.Generation {
		return p, nil
	}
	p.request = &booking.Request{
		Holder: p.holder, Requirements: i.Needs.Requirements, Nodes: i.Needs.Nodes, PortNames: i.Needs.PortNames,
		Window: i.Slot.Window(at, margin),
	}
	return p, nil
}

func (p *placement) refuse(err error) {
	p.err = err
	p.outcome.Ack, p.outcome.Code, p.outcome.Message = nil, failure.CodeOf(err), sentence(err)
}

// bookAll books what is planned in one write and notes what was refused.
func (c *Commands) bookAll(ctx context.Context, workerID string, all []*placement, at time.Time, margin time.Duration) (*worker.Worker, error) {
	var refusals map[*placement]*booking.Refusal
	w, _, err := c.updateWorker(call.AtGeneration(unkeyed(ctx), 0), workerID, func(w *worker.Worker, act parts.Act) error {
		refusals = map[*placement]*booking.Refusal{}
		if planned(all) == 0 {
			return nil
		}
		if err := w.CheckPlaceable(at); err != nil {
			return err
		}
		act.At = at
		bookGroups(w, all, margin, act, refusals)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for p, refusal := range refusals {
		p.refuse(refusal.Err())
	}
	return w, nil
}

func planned(all []*placement) int {
	n := 0
	for _, p := range all {
		if p.request != nil {
			n++
		}
	}
	return n
}

// place moves one instance with what the worker has booked for it.
func (c *Commands) place(ctx context.Context, p *placement, w *worker.Worker, by string, at time.Time) error {
	entry, found := w.Book.Find(p.holder)
	ch, err := c.updateInstance(call.AtGeneration(ctx, p.item.Generation), p.item.InstanceID, func(i *instance.Instance, act parts.Act) error {
		if i.Status == lifecycle.InstancePending && (!found || i.NextAttempt() != p.holder.Attempt) {
			return failure.New(failure.Conflict, string(booking.NotBooked), "the worker has no booking for the instance")
		}
		if by != "" {
			act.By = by
		}
		act.At = at
		return i.Schedule(w.ID, entry.Ports, act)
	})
	if err != nil {
		p.refuse(err)
		return err
	}
	ack := ch.ack()
	p.outcome.Ack = &ack
	return nil
}

// unbook frees what was booked for instances that did not move, unless another call has moved them meanwhile. What it
// cannot free the sweep does.
func (c *Commands) unbook(ctx context.Context, workerID string, holders []booking.Holder) {
	if len(holders) == 0 {
		return
	}
	after, cancel := aftermath(ctx)
	defer cancel()
	var free []booking.Holder
	for _, holder := range holders {
		i, _, err := c.d.Instances.Get(after, holder.InstanceID)
		if failure.Is(err, failure.NotFound) || err == nil && !i.Needed(holder.Attempt) {
			free = append(free, holder)
		}
	}
	if err := c.release(after, workerID, free...); err != nil {
		c.d.Log.WarnContext(after, "bookings not freed, left to the sweep", "worker", workerID, "error", err)
	}
}
