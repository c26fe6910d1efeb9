package labrecord

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// ActionKind is what is to be done with a lab.
type ActionKind string

// The actions.
const (
	ActionStart  ActionKind = "start"
	ActionStop   ActionKind = "stop"
	ActionWipe   ActionKind = "wipe"
	ActionDelete ActionKind = "delete"
	ActionImport ActionKind = "import"
)

// ActionTimeout is how long an action may be pending.
const ActionTimeout = 30 * time.Minute

// Action is what was asked for and is not done yet.
type Action struct {
	Kind        ActionKind `json:"action"`
	RequestedBy string     `json:"requested_by"`
	RequestedAt time.Time  `json:"requested_at"`
	// StartedAt is when a controller began with it.
	StartedAt *time.Time `json:"started_at,omitempty"`
}

// during is the status while an action is carried out, end the one that it leads to.
func (k ActionKind) during() lifecycle.LabRecordStatus {
	return map[ActionKind]lifecycle.LabRecordStatus{
		ActionStart: lifecycle.LabStarting, ActionStop: lifecycle.LabStopping, ActionWipe: lifecycle.LabWiping,
		ActionDelete: lifecycle.LabDeleting, ActionImport: lifecycle.LabImporting,
	}[k]
}

func (k ActionKind) end() lifecycle.LabRecordStatus {
	return map[ActionKind]lifecycle.LabRecordStatus{
		ActionStart: lifecycle.LabBooted, ActionStop: lifecycle.LabStopped, ActionWipe: lifecycle.LabWiped,
		ActionDelete: lifecycle.LabDeleted, ActionImport: lifecycle.LabDefined,
	}[k]
}

// Request asks for an action. One at a time; a lab that serves an instance is left alone. Codes: lab_terminal,
// action_pending, lab_bound, invalid_transition.
func (l *LabRecord) Request(kind ActionKind, act parts.Act) error {
	if kind.during() == "" || kind == ActionImport {
		return failure.New(failure.Invalid, "bad_action", "A lab takes start, stop, wipe and delete, not %q.", kind)
	}
	switch {
	case l.Terminal():
		return l.over()
	case l.Pending != nil:
		return l.busy()
	case l.Bound() != nil:
		return l.serving()
	case !l.takes(kind):
		return failure.New(failure.Conflict, "invalid_transition", "A lab that is %s takes no %s.", l.Status, kind)
	}
	l.want(kind, act)
	return nil
}

// takes reports whether the table leads from the present status to an action. What is on its way up or was only seen has no
// status of its own for stopping and deleting: there the end has to be allowed.
func (l *LabRecord) takes(kind ActionKind) bool {
	direct := []lifecycle.LabRecordStatus{lifecycle.LabDiscovered, lifecycle.LabStarting, lifecycle.LabQueued}
	table := lifecycle.LabRecords()
	return table.Allows(l.Status, kind.during()) || slices.Contains(direct, l.Status) && kind != ActionStart && table.Allows(l.Status, kind.end())
}

func (l *LabRecord) want(kind ActionKind, act parts.Act) {
	l.Pending = &Action{Kind: kind, RequestedBy: act.By, RequestedAt: act.At}
	l.UpdatedAt = act.At
	l.Raise(EventActionRequested, actionRequested{base: l.base(), Action: string(kind), RequestedBy: act.By, RequestedAt: act.At})
}

// Begin tells that a controller has begun with the pending action. Beginning again is no change. Codes: no_pending_action,
// other_action.
func (l *LabRecord) Begin(kind ActionKind, act parts.Act) error {
	if err := l.checkPending(kind); err != nil {
		return err
	}
	if l.Pending.StartedAt != nil {
		return nil
	}
	l.Pending.StartedAt, l.UpdatedAt = &act.At, act.At
	l.Note(EventActionStarted, l.acted("", act))
	if during := l.Pending.Kind.during(); lifecycle.LabRecords().Allows(l.Status, during) {
		from := l.Status
		l.move(during, act.Because("action_"+string(l.Pending.Kind)))
		l.tell(from, nil, act)
	}
	return nil
}

// Complete tells that the pending action is done. Telling it again, with its effect there, is no change. An import brings
// the lab's id, and may come after its time was up: the lab is there then. Codes: no_pending_action, other_action, lab_id_missing.
func (l *LabRecord) Complete(kind ActionKind, labID string, act parts.Act) error {
	late := kind == ActionImport && l.Pending == nil && l.LabID == "" && l.Status == lifecycle.LabError
	if l.Pending == nil && !late && kind != "" && l.Status == kind.end() && (labID == "" || labID == l.LabID) {
		return nil
	}
	if !late {
		if err := l.checkPending(kind); err != nil {
			return err
		}
		kind = l.Pending.Kind
	}
	if kind == ActionImport {
		if labID == "" {
			return failure.New(failure.Invalid, "lab_id_missing", "A lab that was imported has an id.")
		}
		l.LabID = labID
	}
	l.Raise(EventActionCompleted, actionMoved{base: l.base(), Action: string(kind), At: act.At})
	l.Pending, l.LastSyncedAt, l.UpdatedAt = nil, act.At, act.At
	if kind == ActionImport {
		l.Raise(EventImported, imported{
			base: l.base(), Title: l.Facts.Title, TopologyChecksum: l.Topology.Hash, ImportedBy: act.By, ImportedAt: act.At,
		})
	}
	l.arrive(kind.end(), act.Because("action_"+string(kind)))
	return nil
}

// arrive brings the lab to the end of an action. Deleted is deleted, whatever was seen in between.
func (l *LabRecord) arrive(to lifecycle.LabRecordStatus, act parts.Act) {
	switch {
	case l.Status == to:
	case lifecycle.LabRecords().Allows(l.Status, to):
		from := l.Status
		l.move(to, act)
		l.LastError, l.LastErrorAt, l.StatusBeforeError = "", nil, ""
		l.tell(from, nil, act)
	default:
		l.follow(to, nil, act)
	}
}

// Fail tells that the pending action failed; toError also makes the lab one that needs a look. A lab that could not be
// imported is always that. Codes: no_pending_action.
func (l *LabRecord) Fail(message string, toError bool, act parts.Act) error {
	if l.Pending == nil {
		return noPending()
	}
	kind := l.Pending.Kind
	l.Raise(EventActionFailed, l.acted(message, act))
	l.Pending, l.UpdatedAt = nil, act.At
	l.LastError, l.LastErrorAt = message, &act.At
	if toError || kind == ActionImport {
		l.breakDown(message, act)
	}
	return nil
}

func (l *LabRecord) breakDown(message string, act parts.Act) {
	if !lifecycle.LabRecords().Allows(l.Status, lifecycle.LabError) {
		return
	}
	from := l.Status
	l.StatusBeforeError = from
	l.move(lifecycle.LabError, act)
	l.tell(from, nil, act)
	l.Raise(EventError, failed{base: l.base(), ErrorMessage: message, PreviousStatus: string(from), OccurredAt: act.At})
}

// Clear takes the pending action back. Without one nothing changes. An import that has not begun leaves nothing: its record
// is archived.
func (l *LabRecord) Clear(act parts.Act) {
	if l.Pending == nil {
		return
	}
	kind := l.Pending.Kind
	l.Raise(EventActionCleared, l.acted("", act))
	l.Pending, l.Cleared, l.UpdatedAt = nil, &act.At, act.At
	if kind == ActionImport && l.LabID == "" {
		l.leave(act)
	}
}

// TimeOut fails an action that has been pending for too long, and tells whether it did.
func (l *LabRecord) TimeOut(act parts.Act) (bool, error) {
	if !l.Overdue(act.At) {
		return false, nil
	}
	return true, l.Fail("Nobody carried the action out in time.", false, act.Because("action_timeout"))
}

// Overdue reports whether the pending action has taken too long.
func (l *LabRecord) Overdue(now time.Time) bool {
	if l.Pending == nil {
		return false
	}
	since := l.Pending.RequestedAt
	if l.Pending.StartedAt != nil {
		since = *l.Pending.StartedAt
	}
	return now.Sub(since) > ActionTimeout
}

func (l *LabRecord) checkPending(kind ActionKind) error {
	switch {
	case l.Pending == nil:
		return noPending()
	case kind != "" && kind != l.Pending.Kind:
		return failure.New(failure.Conflict, "other_action", "The lab waits for %s, not for %s.", l.Pending.Kind, kind)
	default:
		return nil
	}
}

func (l *LabRecord) acted(message string, act parts.Act) actionMoved {
	return actionMoved{base: l.base(), Action: string(l.Pending.Kind), ErrorMessage: message, Reason: act.Reason, At: act.At}
}

func noPending() error {
	return failure.New(failure.Conflict, "no_pending_action", "The lab waits for no action.")
}

func (l *LabRecord) busy() error {
	return failure.New(failure.Conflict, "action_pending", "The lab waits for %s already.", l.Pending.Kind)
}

func (l *LabRecord) over() error {
	return failure.New(failure.Invalid, "lab_terminal", "The lab is %s.", l.Status)
}
