package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

// Journal takes changes. Taking one twice is harmless.
type Journal interface {
	Append(ctx context.Context, kind readmodel.Kind, id string, raw json.RawMessage) error
}

// Intake is a journal that queues the news of a change before it takes the change: only when both are done has the relay
// done its work, so that neither is lost over a crash.
type Intake struct {
	Notify *Notify
	Next   Journal
}

// Append implements Journal.
func (t Intake) Append(ctx context.Context, kind readmodel.Kind, id string, raw json.RawMessage) error {
	if mayMatter(kind, raw) {
		if err := t.Notify.take(ctx, kind, id, raw); err != nil {
			return fmt.Errorf("notify: %w", err)
		}
	}
	return t.Next.Append(ctx, kind, id, raw)
}

// take queues the news of a change. What cannot be read now cannot be read later either, and must not hold up the journal;
// only a store that does not answer is an error.
func (n *Notify) take(ctx context.Context, kind readmodel.Kind, id string, raw json.RawMessage) error {
	change, err := journal.Decode(raw)
	if err != nil {
		return nil //nolint:nilerr // the journal reads it, too, and says so
	}
	d, i, err := n.subject(ctx, kind, id)
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	if failure.Is(err, failure.Internal) {
		n.config.Log.Warn("owner not told: what the change is about cannot be read", "kind", kind, "id", id, "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	if d.Notification == nil {
		return nil
	}
	events := n.news(d, i, change)
	if len(events) == 0 {
		return nil
	}
	if d.Notification.Email != "" {
		n.NotConfigured.Add(int64(len(events)))
	}
	if d.Notification.WebhookURL == "" {
		return nil
	}
	entry := journal.Entry{Kind: kind, ID: id, Change: journal.Change{Version: change.Version, At: change.At, Events: events}}
	queued, err := n.queue.add(ctx, d.ID, entry)
	if err != nil {
		return err
	}
	if queued {
		n.Queued.Add(int64(len(events)))
		n.stir()
	}
	return nil
}

// subject finds the definition that a change is about, and the instance if it is of one.
func (n *Notify) subject(ctx context.Context, kind readmodel.Kind, id string) (*definition.Definition, *instance.Instance, error) {
	if kind == readmodel.KindDefinition {
		d, err := n.config.Lookup.Definition(ctx, id)
		return d, nil, err
	}
	i, err := n.config.Lookup.Instance(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := n.config.Lookup.Definition(ctx, i.Definition.ID)
	return d, i, err
}

// news are the events for the owner that a change gives.
func (n *Notify) news(d *definition.Definition, i *instance.Instance, change journal.Change) []journal.Event {
	var events []journal.Event
	for _, e := range change.Events {
		var f fact
		if err := json.Unmarshal(e.Data, &f); err != nil {
			n.config.Log.Warn("event not read for its owner", "type", e.Type, "error", err)
			continue
		}
		kind := newsOf(e, f, i != nil && i.StartedAt != nil)
		if kind == "" || !wanted(d.Notification, kind) {
			continue
		}
		data, err := json.Marshal(tell(d, i, f, change.At))
		if err != nil {
			n.config.Log.Warn("news not written", "type", kind, "error", err)
			continue
		}
		events = append(events, journal.Event{Type: kind, Data: data})
	}
	return events
}
