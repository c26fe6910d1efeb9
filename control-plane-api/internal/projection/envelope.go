package projection

import (
	"encoding/json"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// envelopeChanges is how many changes an envelope carries at most.
	envelopeChanges = 16
	// envelopeLimit keeps a value below etcd's own limit of 1.5 MiB. The oldest changes are left out to stay below it: a
	// watcher whom they do not reach treats the envelope as a snapshot.
	envelopeLimit = 1 << 20
)

// cut makes the value of a key from one document. The changes carry no before and after, which only the audit needs.
func cut(epoch string, d store.Document, model json.RawMessage) ([]byte, error) {
	e := readmodel.Envelope{Epoch: epoch, Version: d.Version, Generation: d.Generation, Model: model}
	for _, raw := range d.Changes[max(0, len(d.Changes)-envelopeChanges):] {
		// What a watcher is told of a change are fields of the stored one, under the same names.
		var change readmodel.Change
		if err := json.Unmarshal(raw, &change); err != nil {
			return nil, fmt.Errorf("change: %w", err)
		}
		e.Changes = append(e.Changes, change)
	}
	for {
		value, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("envelope: %w", err)
		}
		if len(value) <= envelopeLimit || len(e.Changes) == 0 {
			return value, nil
		}
		e.Changes = e.Changes[(len(e.Changes)+1)/2:]
	}
}

// head is what tells envelopes apart.
type head struct {
	Epoch   string `json:"epoch"`
	Version int64  `json:"version"`
}

// headOf reads a value; one that cannot be read counts as older than any.
func headOf(value []byte) head {
	var h head
	if json.Unmarshal(value, &h) != nil {
		return head{}
	}
	return h
}
