package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// EventHeard tells that an outside system said something about the instance.
const EventHeard = "lablet_instance.external_event.v1"

// News is what an outside system said. It is a reason to look, never a result: a score, for one, is read from the engine.
type News struct {
	Source, Type, EventID string
}

type heard struct {
	base
	Source  string    `json:"source"`
	Type    string    `json:"type"`
	EventID string    `json:"event_id"`
	HeardAt time.Time `json:"heard_at"`
}

// Hear notes news and raises the generation, so that whoever works on the instance looks at once. Nobody works on one before
// it is ready or after it was graded: then it is no change.
func (i *Instance) Hear(n News, act parts.Act) {
	switch i.Status {
	case lifecycle.InstanceReady, lifecycle.InstanceRunning, lifecycle.InstanceCollecting, lifecycle.InstanceGrading:
	default:
		return
	}
	i.UpdatedAt = act.At
	i.Raise(EventHeard, heard{base: base{i.ID}, Source: n.Source, Type: n.Type, EventID: n.EventID, HeardAt: act.At})
}

// Began tells that the candidate began, by news. Only an instance that is ready begins: news that come late, or twice, are no
// change, and a stopped one is not resumed by them.
func (i *Instance) Began(act parts.Act) error {
	if i.Status != lifecycle.InstanceReady {
		return nil
	}
	return i.Run(act)
}

// Finished tells that the candidate has finished, by news. Of an instance that has not begun here it is a reason to look.
func (i *Instance) Finished(n News, act parts.Act) error {
	if i.Status == lifecycle.InstanceRunning {
		return i.Collect(act)
	}
	if i.Status == lifecycle.InstanceReady {
		i.Hear(n, act)
	}
	return nil
}
