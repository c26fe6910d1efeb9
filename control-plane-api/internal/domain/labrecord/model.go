package labrecord

import "github.com/lablet-cloud-manager/lcm/core/readmodel"

// Model is the record's read model; the lab file is not in it.
func (l *LabRecord) Model(version, generation int64) readmodel.LabRecord {
	m := readmodel.LabRecord{
		ID: l.ID, Version: version, Generation: generation, WorkerID: l.WorkerID, LabID: l.LabID, Title: l.Facts.Title, Status: l.Status,
		CMLState: l.Facts.State, Source: string(l.Source), DefinitionID: l.DefinitionID, TopologyHash: l.Topology.Hash, Revision: l.Revision,
		NodeCount: l.Facts.NodeCount, LinkCount: l.Facts.LinkCount, OwnerUsername: l.Facts.OwnerUsername, LastError: l.LastError,
		StatusSince: l.StatusSince, LastSyncedAt: l.LastSyncedAt, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
	}
	if l.Pending != nil {
		m.PendingAction = &readmodel.LabAction{
			Action: string(l.Pending.Kind), RequestedBy: l.Pending.RequestedBy, RequestedAt: l.Pending.RequestedAt, StartedAt: l.Pending.StartedAt,
		}
	}
	if bound := l.Bound(); bound != nil {
		m.ActiveInstanceID, m.ActiveBindingID = bound.InstanceID, bound.ID
	}
	return m
}
