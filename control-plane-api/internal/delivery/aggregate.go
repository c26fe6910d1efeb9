package delivery

import (
	"context"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

// aggregate sends what waits of one aggregate, in order, as far as the sink takes it.
func (d *Delivery) aggregate(ctx context.Context, name string) Outcome {
	entries, err := d.queue.Undelivered(ctx, name, perAggregate)
	if err != nil {
		d.warn(ctx, "journal not read", err)
		return Outcome{Later: true}
	}
	var all Outcome
	begun := d.config.Now()
	for _, entry := range entries {
		one := d.entry(ctx, entry)
		all.add(one)
		if !one.Worked || ctx.Err() != nil || d.config.Turn > 0 && d.config.Now().Sub(begun) > d.config.Turn {
			break
		}
	}
	return all
}

// entry sends the events of one change. Only when all are taken or laid aside does it leave the queue: cut off before, it is
// sent again.
func (d *Delivery) entry(ctx context.Context, entry journal.Entry) Outcome {
	events, err := d.config.events(entry)
	if err != nil {
		// It can never be sent; the journal keeps it.
		d.log.Error("event cannot be encoded", "error", err)
		events = nil
	}
	for _, e := range events {
		if out := d.event(ctx, e, entry); !out.Worked {
			return out
		}
	}
	if err := d.queue.Delivered(ctx, entry); err != nil {
		d.warn(ctx, "delivery not marked", err)
		return Outcome{Later: true}
	}
	return Outcome{Worked: true}
}

// event sends one event until it is taken, laid aside, or the sink has to be waited for.
func (d *Delivery) event(ctx context.Context, e cloudevents.Event, entry journal.Entry) Outcome {
	for try := 1; ctx.Err() == nil; try++ {
		if left := d.pace.wait(ctx, d.config.Turn); left > 0 {
			return Outcome{Later: true, After: left}
		}
		got, err := d.config.send(ctx, e)
		if got.verdict == taken {
			d.Sent.Add(1)
			return Outcome{Worked: true}
		}
		if ctx.Err() != nil {
			break
		}
		d.Failed.Add(1)
		d.log.Warn("event not delivered", "event", e.ID(), "status", got.status, "try", try, "error", err)
		switch {
		case got.verdict == gone:
			return Outcome{Gone: true}
		case got.verdict == later && !d.tooOld(entry):
			return Outcome{Later: true, After: got.after}
		case got.verdict != refused, try >= d.config.Tries:
			if err := d.layAside(ctx, e, entry, got); err != nil {
				d.warn(ctx, "dead letter not kept", err)
				return Outcome{Later: true}
			}
			d.Dead.Add(1)
			return Outcome{Worked: true}
		}
		sleep(ctx, d.within(max(d.config.Delay, got.after)))
	}
	return Outcome{}
}

// within shortens a pause to what a turn allows.
func (d *Delivery) within(pause time.Duration) time.Duration {
	if d.config.Turn > 0 {
		return min(pause, d.config.Turn)
	}
	return pause
}

// tooOld reports that an event need not wait any longer for a sink that does not answer.
func (d *Delivery) tooOld(entry journal.Entry) bool {
	return d.config.GiveUp > 0 && d.config.Now().Sub(entry.At) > d.config.GiveUp
}
