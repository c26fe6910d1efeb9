package labrecord

import (
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Discover makes the record of a lab that was seen in a worker's CML.
func Discover(id, workerID, labID string, facts Facts, act parts.Act) *LabRecord {
	l := fresh(id, workerID, FromDiscovery, lifecycle.LabDiscovered, act)
	l.LabID, l.Facts = labID, facts
	l.created(act)
	l.Raise(EventDiscovered, discovered{base: l.base(), Facts: facts, DiscoveredAt: act.At})
	if to, known := l.statusOf(facts.State); known {
		l.follow(to, nil, act)
	}
	return l
}

// Import makes the record of a lab that is to be imported: its action is pending until lablet-controller reports.
func Import(id, workerID, title string, topology Topology, act parts.Act) *LabRecord {
	l := fresh(id, workerID, FromImport, lifecycle.LabImporting, act)
	l.Facts.Title = title
	l.begin(topology, act)
	return l
}

// Clone makes the record of a lab that is to be imported with the topology that this one had last. Without a title it is
// called a copy. Codes: topology_unknown, lab_terminal.
func (l *LabRecord) Clone(id, title string, act parts.Act) (*LabRecord, error) {
	if l.Terminal() {
		return nil, l.over()
	}
	if l.Topology.Hash == "" {
		return nil, failure.New(failure.Conflict, "topology_unknown", "The lab's topology has not been read yet.")
	}
	if title == "" {
		title = l.Facts.Title + " (copy)"
	}
	made := fresh(id, l.WorkerID, FromClone, lifecycle.LabImporting, act)
	made.Facts.Title, made.ClonedFrom, made.DefinitionID = title, l.ID, l.DefinitionID
	made.begin(l.Topology, act)
	made.Raise(EventCloned, cloned{base: made.base(), SourceLabRecordID: l.ID, ClonedBy: act.By, ClonedAt: act.At})
	return made, nil
}

func fresh(id, workerID string, source Source, status lifecycle.LabRecordStatus, act parts.Act) *LabRecord {
	l := &LabRecord{
		Root: aggregate.Root{ID: id}, WorkerID: workerID, Source: source, Status: status, StatusSince: act.At,
		FirstSeenAt: act.At, LastSyncedAt: act.At, CreatedBy: act.By, CreatedAt: act.At, UpdatedAt: act.At,
	}
	l.StateHistory = parts.Append(nil, parts.Transition{To: string(status), At: act.At, By: act.By, Reason: act.Reason})
	return l
}

// begin tells of a record whose lab has to be made first.
func (l *LabRecord) begin(topology Topology, act parts.Act) {
	l.Facts.NodeCount, l.Facts.LinkCount = topology.NodeCount, topology.LinkCount
	l.created(act)
	l.revise(topology, "imported", act)
	l.want(ActionImport, act)
}

func (l *LabRecord) created(act parts.Act) {
	l.Raise(EventCreated, created{base: l.base(), Facts: l.Facts, Source: string(l.Source), FirstSeenAt: act.At})
}
