package instance

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// MaxWorkersLost is how often an instance is placed again after its worker was lost.
const MaxWorkersLost = 3

// ReasonWorkerLost is the reason of an instance that its worker took along.
const ReasonWorkerLost = "worker_lost"

// Requeue gives the present attempt up: the placement is cleared and the number of the attempt raised in this one
// write. The old attempt keeps its finalizers; its booking is released once they are gone. Reason is a stable word,
// message a sentence for the user. Waiting already is no change.
func (i *Instance) Requeue(reason, message string, act parts.Act) error {
	if i.Status == lifecycle.InstancePending {
		return nil
	}
	if err := i.check(lifecycle.InstancePending); err != nil {
		return err
	}
	from, worker, attempt := i.Status, i.WorkerID, i.Attempt
	i.Requeues++
	i.clearPlacement(act)
	i.placed(readmodel.ConditionFalse, reason, message, act)
	i.move(lifecycle.InstancePending, act.Because(reason), EventRequeued, requeued{
		base: base{i.ID}, FromState: string(from), WorkerID: worker, Attempt: attempt, Reason: reason, Message: message,
		RequeuedBy: act.By, RequeuedAt: act.At,
	})
	return nil
}

// LoseWorker tells that the worker of an attempt is lost. What has not begun waits for another place, a few times; a
// session that has begun is over without a score. Another attempt, or one that is stopping or over, is not touched.
func (i *Instance) LoseWorker(attempt int, act parts.Act) error {
	if attempt != i.Attempt {
		return nil
	}
	message := "the worker was lost"
	if act.Reason != "" {
		message += ": " + act.Reason
	}
	switch {
	case i.Status.Active():
		return i.terminate(act.Because(ReasonWorkerLost))
	case i.Status == lifecycle.InstanceScheduled, i.Status.Session():
		i.WorkersLost++
		if i.WorkersLost > MaxWorkersLost {
			return i.terminate(act.Because(ReasonWorkerLost))
		}
		return i.Requeue(ReasonWorkerLost, message, act)
	default:
		return nil
	}
}

// clearPlacement forgets the attempt but for what is still outside.
func (i *Instance) clearPlacement(act parts.Act) {
	i.releasePorts(act)
	i.Attempt++
	i.WorkerID, i.CMLLabID, i.LDSSessionID, i.LoginURL, i.NoLDS = "", "", "", "", false
	i.ScheduledAt = nil
	if i.Slot.ASAP {
		i.Slot.Start, i.Slot.End = nil, nil
	}
	parts.ClearConditions(&i.Conditions, ConditionPlaced)
	i.Steps = slices.DeleteFunc(i.Steps, func(s readmodel.Step) bool {
		return !slices.ContainsFunc(i.Finalizers, func(f readmodel.Finalizer) bool { return f.Attempt == s.Attempt })
	})
}

func (i *Instance) releasePorts(act parts.Act) {
	if len(i.Ports) == 0 {
		return
	}
	released := portsReleased{base: base{i.ID}, WorkerID: i.WorkerID, ReleasedAt: act.At}
	for _, port := range i.Ports {
		released.ReleasedPorts = append(released.ReleasedPorts, port.Number)
	}
	i.Ports = nil
	i.Note(EventPortsReleased, released)
}
