package stream

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// head is what is remembered of an aggregate: enough to tell which changes of its next envelope are new.
type head struct {
	epoch   string
	version int64
	status  string
}

// facts are the parts of a read model that frames need.
type facts struct {
	OwnerID  string `json:"owner_id"`
	WorkerID string `json:"worker_id"`
	Status   string `json:"status"`
}

// envelope is a state key's value, as far as frames need it.
type envelope struct {
	readmodel.State[*facts]

	Changes []readmodel.Change `json:"changes"`
}

// told is what an envelope tells to those who saw the head before.
type told struct {
	head   head
	frames []frame
	// gap tells that changes are missing in between: the aggregate has to be shown as it is now.
	gap bool
}

// read compares an envelope with the head that is remembered; known is false for a key that was not seen before.
func read(kind readmodel.Kind, id string, item etcdkv.Item, before head, known bool) (told, error) {
	var e envelope
	if err := json.Unmarshal(item.Value, &e); err != nil {
		return told{head: before}, fmt.Errorf("envelope of %s: %w", item.Key, err)
	}
	if e.Model == nil {
		return told{head: before}, fmt.Errorf("envelope of %s: there is no model in it", item.Key)
	}
	after := head{epoch: e.Epoch, version: e.Version, status: e.Model.Status}
	switch {
	case known && before.epoch == e.Epoch && e.Version <= before.version:
		return told{head: before}, nil
	case known && before.epoch != e.Epoch:
		return told{head: after, gap: true}, nil // another history of the data: versions say nothing
	case len(e.Changes) == 0 || e.Changes[0].Version > before.version+1:
		return told{head: after, gap: true}, nil
	}
	about := frame{subject: kind, id: id, owner: e.Model.OwnerID, worker: e.Model.WorkerID}
	if kind == readmodel.KindWorker {
		about.worker = id
	}
	frames, err := framesOf(about, e.Changes, before)
	if err != nil {
		return told{head: after, gap: true}, err
	}
	return told{head: after, frames: frames}, nil
}

// framesOf makes the frames of the changes that came after a head.
func framesOf(about frame, changes []readmodel.Change, before head) (frames []frame, err error) {
	status := before.status
	for _, change := range changes {
		if change.Version <= before.version {
			continue
		}
		for _, event := range change.Events {
			made, err := frameOf(about, change, event, &status)
			if err != nil {
				return nil, err
			}
			frames = append(frames, made)
			action := labsAction(event.Type)
			if action == "" {
				continue
			}
			if made, err = labsFrame(made, action); err != nil {
				return nil, err
			}
			frames = append(frames, made)
		}
	}
	return frames, nil
}

// labsFrame makes of a lab's frame the one about its worker's labs.
func labsFrame(f frame, action string) (frame, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(f.data, &fields); err != nil {
		return f, fmt.Errorf("labs of %s: %w", f.worker, err)
	}
	fields["action"], _ = json.Marshal(action) // a string always encodes
	data, err := json.Marshal(fields)
	if err != nil {
		return f, fmt.Errorf("labs of %s: %w", f.worker, err)
	}
	f.kind, f.data = typeLabs, data
	return f.rendered()
}

// frameOf makes the frame of one event. status is the instance's before it, and after it on return.
func frameOf(about frame, change readmodel.Change, event readmodel.Event, status *string) (frame, error) {
	fields := map[string]json.RawMessage{}
	if len(event.Data) > 0 && string(event.Data) != "null" {
		if err := json.Unmarshal(event.Data, &fields); err != nil {
			return frame{}, fmt.Errorf("event %s of %s: %w", event.Type, about.id, err)
		}
	}
	add := func(name, value string) {
		if _, there := fields[name]; !there && value != "" {
			fields[name], _ = json.Marshal(value) // a string always encodes
		}
	}
	add(idField(about.subject), about.id)
	add("worker_id", about.worker)
	if about.subject == readmodel.KindInstance {
		if next := movedTo(event.Type); next != "" {
			add("old_status", *status)
			add("new_status", next)
			*status = next
		}
		add("reason", change.Reason)
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return frame{}, fmt.Errorf("event %s of %s: %w", event.Type, about.id, err)
	}
	f := about
	f.kind, f.version, f.at, f.data = nameOf(event.Type), change.Version, change.At, data
	// What an event says of a worker counts for its frame: the model may be a later one.
	var named facts
	if json.Unmarshal(event.Data, &named) == nil {
		f.worker = cmp.Or(named.WorkerID, f.worker)
	}
	return f.rendered()
}
