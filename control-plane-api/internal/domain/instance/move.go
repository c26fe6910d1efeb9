package instance

import (
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// check refuses a move that the table does not have.
func (i *Instance) check(to lifecycle.InstanceStatus) error {
	if lifecycle.Instances().Allows(i.Status, to) {
		return nil
	}
	return failure.New(failure.Conflict, "invalid_transition", "an instance that is %s cannot become %s", i.Status, to)
}

// move applies a move that has been checked and raises its event.
func (i *Instance) move(to lifecycle.InstanceStatus, act parts.Act, event string, data any) {
	i.StateHistory = parts.Append(i.StateHistory, parts.Transition{
		From: string(i.Status), To: string(to), At: act.At, By: act.By, Reason: act.Reason,
	})
	i.Status, i.StatusSince, i.UpdatedAt = to, act.At, act.At
	i.Raise(event, data)
}

// step is check and move for verbs that change nothing else; being there already is no change.
func (i *Instance) step(to lifecycle.InstanceStatus, act parts.Act, event string, data any) error {
	if i.Status == to {
		return nil
	}
	if err := i.check(to); err != nil {
		return err
	}
	i.move(to, act, event, data)
	return nil
}

// note tells of a change that nobody has to act on.
func (i *Instance) note(act parts.Act, event string, data any) {
	i.UpdatedAt = act.At
	i.Note(event, data)
}
