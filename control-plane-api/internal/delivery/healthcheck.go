package delivery

import (
	"context"
	"crypto/rand"
	"encoding/json"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// HealthCheck sends one event of its own to the sink, past the queue, and gives its id. configured is false without a sink.
// Codes: sink_unreachable, sink_refuses.
func (d *Delivery) HealthCheck(ctx context.Context) (id string, configured bool, err error) {
	if d.config.Sink == nil {
		return "", false, nil
	}
	e := cloudevents.New(cloudevents.CloudEventsVersionV1)
	id = "healthcheck/" + rand.Text()
	e.SetID(id)
	e.SetType(d.config.Prefix + ".healthcheck.v1")
	e.SetSource(d.config.Source)
	e.SetTime(d.config.Now().UTC())
	if err := e.SetData(cloudevents.ApplicationJSON, json.RawMessage(`{}`)); err != nil {
		return id, true, failure.Wrap(err, failure.Internal, "event_unwritable", "The event cannot be written.")
	}
	a, err := d.config.send(ctx, e)
	if err != nil {
		return id, true, failure.Wrap(err, failure.Unavailable, "sink_unreachable", "The sink does not answer.")
	}
	if a.verdict != taken {
		return id, true, failure.New(failure.Unavailable, "sink_refuses", "The sink answers %d.", a.status)
	}
	return id, true, nil
}
