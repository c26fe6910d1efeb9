package labrecord

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// resync is how old the time of the last look may be before it is written anew although nothing changed.
const resync = 30 * time.Minute

// Operation is a change that was seen in CML.
type Operation struct {
	At            time.Time `json:"timestamp"`
	PreviousState string    `json:"previous_state"`
	NewState      string    `json:"new_state"`
	ChangedFields []string  `json:"changed_fields"`
}

// Observe takes what CML showed at an instant. What is older than what is known already is ignored: by the time of the look,
// and by CML's own time of the last modification. A state that CML shows is followed along the table; while an action is
// under way only its end is.
func (l *LabRecord) Observe(facts Facts, seenAt time.Time, act parts.Act) {
	if l.Terminal() || seenAt.Before(l.LastSyncedAt) || older(facts.ModifiedAt, l.Facts.ModifiedAt) {
		return
	}
	facts.WorkerIP = cmp.Or(facts.WorkerIP, l.Facts.WorkerIP)
	fields := changedFields(l.Facts, facts)
	to, known := l.statusOf(facts.State)
	moves := known && to != l.Status && !l.awaits(to)
	if len(fields) == 0 && !moves && seenAt.Sub(l.LastSyncedAt) < resync {
		return
	}
	before := l.Facts.State
	l.Facts, l.LastSyncedAt, l.UpdatedAt = facts, seenAt, act.At
	l.Note(EventUpdated, updated{base: l.base(), Facts: facts, SyncedAt: seenAt})
	if len(fields) > 0 {
		l.Operations = last(append(l.Operations, Operation{
			At: act.At, PreviousState: before, NewState: facts.State, ChangedFields: fields,
		}), maxOperations)
	}
	if moves {
		l.follow(to, fields, act.Because(cmp.Or(act.Reason, "observed")))
	}
}

// awaits reports whether an action is under way that has another end than a status: what CML shows until then is passing.
func (l *LabRecord) awaits(status lifecycle.LabRecordStatus) bool {
	return l.Pending != nil && l.Pending.StartedAt != nil && l.Status == l.Pending.Kind.during() && status != l.Pending.Kind.end()
}

// statusOf reads a state of CML. DEFINED_ON_CORE is a lab that was never started or was wiped.
func (l *LabRecord) statusOf(state string) (lifecycle.LabRecordStatus, bool) {
	switch strings.ToUpper(strings.TrimSpace(state)) {
	case "STARTED", "BOOTED":
		return lifecycle.LabBooted, true
	case "STOPPED":
		return lifecycle.LabStopped, true
	case "QUEUED":
		return lifecycle.LabQueued, true
	case "DEFINED_ON_CORE":
		switch l.Status {
		case lifecycle.LabDiscovered, lifecycle.LabImporting, lifecycle.LabDefined, lifecycle.LabError:
			return lifecycle.LabDefined, true
		default:
			return lifecycle.LabWiped, true
		}
	default:
		return "", false
	}
}

// follow moves along the shortest way of the table. A status that no way leads to is left to the next look.
func (l *LabRecord) follow(to lifecycle.LabRecordStatus, fields []string, act parts.Act) {
	way := path(l.Status, to)
	if len(way) == 0 {
		return
	}
	from := l.Status
	for _, step := range way {
		l.move(step, act)
	}
	l.LastError, l.LastErrorAt, l.StatusBeforeError = "", nil, ""
	l.tell(from, fields, act)
}

// tell raises the events of a move. A lab that is over serves nobody.
func (l *LabRecord) tell(from lifecycle.LabRecordStatus, fields []string, act parts.Act) {
	l.Raise(EventStateChanged, stateChanged{
		base: l.base(), PreviousState: string(from), NewState: string(l.Status), ChangedFields: fields, ChangedAt: act.At,
	})
	event := map[lifecycle.LabRecordStatus]string{
		lifecycle.LabBooted: EventStarted, lifecycle.LabStopped: EventStopped, lifecycle.LabWiped: EventWiped, lifecycle.LabDeleted: EventDeleted,
		lifecycle.LabArchived: EventArchived, lifecycle.LabOrphaned: EventOrphaned,
	}[l.Status]
	if event != "" {
		l.Raise(event, reached{base: l.base(), By: act.By, Reason: act.Reason, At: act.At})
	}
	if bound := l.Bound(); bound != nil && l.Terminal() {
		l.Unbind(bound.InstanceID, act)
	}
}

// path is the shortest way between two statuses that a lab takes by itself; nil where there is none.
func path(from, to lifecycle.LabRecordStatus) []lifecycle.LabRecordStatus {
	aside := []lifecycle.LabRecordStatus{
		lifecycle.LabError, lifecycle.LabOrphaned, lifecycle.LabDeleting, lifecycle.LabDeleted, lifecycle.LabArchived, lifecycle.LabImporting,
	}
	ways := [][]lifecycle.LabRecordStatus{{from}}
	seen := map[lifecycle.LabRecordStatus]bool{from: true}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		if at := way[len(way)-1]; at == to {
			return way[1:]
		}
		for _, next := range lifecycle.LabRecords().Statuses() {
			if seen[next] || slices.Contains(aside, next) || !lifecycle.LabRecords().Allows(way[len(way)-1], next) {
				continue
			}
			seen[next] = true
			ways = append(ways, append(slices.Clone(way), next))
		}
	}
	return nil
}

func older(seen, known *time.Time) bool { return seen != nil && known != nil && seen.Before(*known) }

// changedFields names what differs, as events show it.
func changedFields(a, b Facts) []string {
	var changed []string
	for _, field := range []struct {
		name    string
		differs bool
	}{
		{"worker_ip", a.WorkerIP != b.WorkerIP}, {"title", a.Title != b.Title}, {"description", a.Description != b.Description}, {"notes", a.Notes != b.Notes},
		{"state", a.State != b.State}, {"owner_username", a.OwnerUsername != b.OwnerUsername},
		{"owner_fullname", a.OwnerFullname != b.OwnerFullname}, {"node_count", a.NodeCount != b.NodeCount},
		{"link_count", a.LinkCount != b.LinkCount}, {"groups", !slices.Equal(a.Groups, b.Groups)},
		{"cml_created_at", !parts.SameTime(a.CreatedAt, b.CreatedAt)}, {"cml_modified_at", !parts.SameTime(a.ModifiedAt, b.ModifiedAt)},
	} {
		if field.differs {
			changed = append(changed, field.name)
		}
	}
	return changed
}
