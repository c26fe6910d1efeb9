package labrecord

import (
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Archive puts the record away; the lab itself is left as it is. Archiving again is no change. Codes: action_pending,
// lab_bound, invalid_transition.
func (l *LabRecord) Archive(act parts.Act) error {
	switch {
	case l.Status == lifecycle.LabArchived:
		return nil
	case l.Pending != nil:
		return l.busy()
	case l.Bound() != nil:
		return l.serving()
	}
	if err := l.check(lifecycle.LabArchived); err != nil {
		return err
	}
	from := l.Status
	l.move(lifecycle.LabArchived, act)
	l.tell(from, nil, act)
	return nil
}

// Orphan tells that CML does not have the lab any more. One that was being deleted is deleted; another one's pending action
// has lost its object. A record that is over, or whose lab is yet to be made, is not touched.
func (l *LabRecord) Orphan(act parts.Act) {
	if l.Terminal() || l.Status == lifecycle.LabOrphaned || l.LabID == "" {
		return
	}
	if l.Pending != nil && l.Pending.Kind == ActionDelete && l.Pending.StartedAt != nil {
		l.Raise(EventActionCompleted, l.acted("", act))
		l.Pending = nil
		l.arrive(lifecycle.LabDeleted, act)
		return
	}
	if l.Pending != nil {
		l.Clear(act.Because("lab_gone"))
	}
	from := l.Status
	l.move(lifecycle.LabOrphaned, act)
	l.tell(from, nil, act)
}

// Retire ends the record of a lab that has another one: it is orphaned and archived in one step.
func (l *LabRecord) Retire(act parts.Act) {
	l.Orphan(act)
	l.leave(act)
}

// leave archives by way of orphaned, where the table has no other.
func (l *LabRecord) leave(act parts.Act) {
	for _, to := range []lifecycle.LabRecordStatus{lifecycle.LabOrphaned, lifecycle.LabArchived} {
		if lifecycle.LabRecords().Allows(l.Status, to) {
			from := l.Status
			l.move(to, act)
			l.tell(from, nil, act)
		}
	}
}

// SetStatus moves along the table as a controller asks. Being there already is no change; error keeps what went wrong.
// Codes: invalid_transition.
func (l *LabRecord) SetStatus(to lifecycle.LabRecordStatus, message string, act parts.Act) error {
	if l.Status == to {
		return nil
	}
	if err := l.check(to); err != nil {
		return err
	}
	if to == lifecycle.LabError {
		l.LastError, l.LastErrorAt = message, &act.At
		l.breakDown(message, act)
		return nil
	}
	if to == lifecycle.LabArchived || to == lifecycle.LabOrphaned || to == lifecycle.LabDeleted {
		if l.Pending != nil && l.Pending.Kind != ActionDelete {
			l.Clear(act)
		}
	}
	from := l.Status
	l.move(to, act)
	l.tell(from, nil, act)
	return nil
}

func (l *LabRecord) serving() error {
	return failure.New(failure.Conflict, "lab_bound", "The lab serves instance %s.", l.Bound().InstanceID)
}
