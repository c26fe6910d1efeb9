package delivery

import (
	"encoding/json"
	"fmt"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

// compatNames are the names of requirement 2.6.3, by ours.
func compatNames() map[string]string {
	return map[string]string{
		"lablet_instance.created.v1":    "ccm.lablet.instance.created",
		"lablet_instance.running.v1":    "ccm.lablet.instance.running",
		"lablet_instance.collecting.v1": "ccm.lablet.instance.collecting",
		"lablet_instance.terminated.v1": "ccm.lablet.instance.terminated",
		"cml_worker.created.v1":         "ccm.worker.scaled.up",
		"cml_worker.terminated.v1":      "ccm.worker.scaled.down",
	}
}

// events makes the CloudEvents of an entry, in order. An event's id names aggregate, version and place, so that it is the
// same whenever and by whomever it is sent.
func (c *Config) events(entry journal.Entry) ([]cloudevents.Event, error) {
	var all []cloudevents.Event
	for i, e := range entry.Events {
		id := c.IDPrefix + fmt.Sprintf("%s/%s/%d/%d", entry.Kind, entry.ID, entry.Version, i)
		made, err := c.event(id, c.Prefix+"."+e.Type, entry, e.Data)
		if err != nil {
			return nil, err
		}
		all = append(all, made)
		if name := compatNames()[e.Type]; name != "" && c.Compat == CompatFR {
			if made, err = c.event(id+"/compat", name, entry, e.Data); err != nil {
				return nil, err
			}
			all = append(all, made)
		}
	}
	return all, nil
}

func (c *Config) event(id, kind string, entry journal.Entry, data json.RawMessage) (cloudevents.Event, error) {
	e := cloudevents.New(cloudevents.CloudEventsVersionV1)
	e.SetID(id)
	e.SetType(kind)
	e.SetSource(c.Source)
	e.SetSubject(entry.ID)
	e.SetTime(entry.At)
	if len(data) == 0 || string(data) == "null" {
		data = json.RawMessage(`{}`)
	}
	if err := e.SetData(cloudevents.ApplicationJSON, data); err != nil {
		return e, fmt.Errorf("event %s: %w", id, err)
	}
	if err := e.Validate(); err != nil {
		return e, fmt.Errorf("event %s: %w", id, err)
	}
	return e, nil
}
