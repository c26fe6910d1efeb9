// Package figures holds the figures of workers as commands report them and queries show them. Who keeps them is not its
// concern.
package figures

import (
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Sample is what is kept of a worker: its figures, and CML's own description of the system, which is for people only.
type Sample struct {
	readmodel.WorkerSample
	SystemInfo   json.RawMessage `json:"cml_system_info,omitempty"`
	SystemHealth json.RawMessage `json:"cml_system_health,omitempty"`
	// Published is what etcd was given last, and when.
	Published   *readmodel.WorkerSample `json:"published,omitempty"`
	PublishedAt time.Time               `json:"published_at,omitzero"`
}

// Report is what came in; a part that is nil leaves what was there.
type Report struct {
	readmodel.WorkerSample
	SystemInfo   json.RawMessage
	SystemHealth json.RawMessage
}
