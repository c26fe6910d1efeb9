package delivery

import (
	"context"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

// aggregate sends what waits of one aggregate, in order, as far as the sink takes it.
func (d *Delivery) aggregate(ctx context.Context, name string) outcome {
	entries, err := d.queue.Undelivered(ctx, name, perAggregate)
	if err != nil {
		d.warn(ctx, "journal not read", err)
		return outcome{later: true}
	}
	var all outcome
	for _, entry := range entries {
		one := d.entry(ctx, entry)
		all.add(one)
		if !one.worked || ctx.Err() != nil {
			break
		}
	}
	return all
}

// entry sends the events of one change. Only when all are taken or laid aside does it leave the queue: cut off before, it is
// sent again.
func (d *Delivery) entry(ctx context.Context, entry journal.Entry) outcome {
	events, err := d.config.events(entry)
	if err != nil {
		// It can never be sent; the journal keeps it.
		d.log.Error("event cannot be encoded", "error", err)
		events = nil
	}
	for _, e := range events {
		if out := d.event(ctx, e, entry); !out.worked {
			return out
		}
	}
	if err := d.queue.Delivered(ctx, entry); err != nil {
		d.warn(ctx, "delivery not marked", err)
		return outcome{later: true}
	}
	return outcome{worked: true}
}

// event sends one event until it is taken, laid aside, or the sink has to be waited for.
func (d *Delivery) event(ctx context.Context, e cloudevents.Event, entry journal.Entry) outcome {
	for try := 1; ctx.Err() == nil; try++ {
		d.pace.wait(ctx)
		got, err := d.config.send(ctx, e)
		if got.verdict == taken {
			d.Sent.Add(1)
			return outcome{worked: true}
		}
		if ctx.Err() != nil {
			break
		}
		d.Failed.Add(1)
		d.log.Warn("event not delivered", "event", e.ID(), "status", got.status, "try", try, "error", err)
		switch {
		case got.verdict == gone:
			return outcome{gone: true}
		case got.verdict == later:
			return outcome{later: true, after: got.after}
		case got.verdict == parked, try >= d.config.Tries:
			if err := d.layAside(ctx, e, entry, got.status); err != nil {
				d.warn(ctx, "dead letter not kept", err)
				return outcome{later: true}
			}
			d.Dead.Add(1)
			return outcome{worked: true}
		}
		sleep(ctx, max(d.config.Delay, got.after))
	}
	return outcome{}
}
