package query

import (
	"context"
	"maps"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
)

// Revisions answers the revisions of a lab's topology, oldest first.
func (q *Labs) Revisions(ctx context.Context, id string) ([]api.LabRevision, error) {
	l, _, err := q.repo.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	shown := make([]api.LabRevision, 0, len(l.Revisions))
	for _, r := range l.Revisions {
		shown = append(shown, api.LabRevision{
			Revision: r.Number, TopologyChecksum: r.Checksum, PreviousChecksum: r.PreviousChecksum, ChangeSummary: r.ChangeSummary,
			NodeCount: r.NodeCount, LinkCount: r.LinkCount, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
		})
	}
	return shown, nil
}

// Runs answers when a lab ran, oldest first.
func (q *Labs) Runs(ctx context.Context, id string) ([]api.LabRun, error) {
	l, _, err := q.repo.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	shown := make([]api.LabRun, 0, len(l.Runs))
	for _, r := range l.Runs {
		shown = append(shown, api.LabRun{
			RunID: r.ID, LabletInstanceID: r.InstanceID, StartedBy: r.StartedBy, StartedAt: r.StartedAt, EndedAt: r.EndedAt,
			Outcome: r.Outcome, StopReason: r.StopReason,
		})
	}
	return shown, nil
}

// Bindings answers for whom a lab runs; those of the past when they are asked for.
func (q *Labs) Bindings(ctx context.Context, f api.ListBindings) ([]api.LabBinding, error) {
	l, _, err := q.repo.Get(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	shown := []api.LabBinding{}
	for _, b := range l.Bindings {
		if b.Status == labrecord.BindingActive || f.IncludeReleased {
			shown = append(shown, bindingDTO(l, b))
		}
	}
	return shown, nil
}

func bindingDTO(l *labrecord.LabRecord, b labrecord.Binding) api.LabBinding {
	return api.LabBinding{
		BindingID: b.ID, LabRecordID: l.ID, LabletInstanceID: b.InstanceID, Role: b.Role, Status: b.Status, BoundAt: b.BoundAt,
		UnboundAt: b.UnboundAt, Reason: b.Reason, Metadata: b.Metadata,
	}
}

func labSummary(l *labrecord.LabRecord) api.LabRecordSummary {
	m := l.Model(0, 0)
	return api.LabRecordSummary{
		ID: l.ID, WorkerID: l.WorkerID, LabID: l.LabID, Title: l.Facts.Title, Status: l.Status, State: l.Facts.State,
		OwnerUsername: l.Facts.OwnerUsername, NodeCount: l.Facts.NodeCount, LinkCount: l.Facts.LinkCount, Source: string(l.Source),
		Revision: l.Revision, PendingAction: m.PendingAction, ActiveInstanceID: m.ActiveInstanceID, FirstSeenAt: l.FirstSeenAt,
		LastSyncedAt: l.LastSyncedAt, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
	}
}

// LabRecordDTO is a lab as people see it.
func LabRecordDTO(l *labrecord.LabRecord, meta repo.Meta) api.LabRecord {
	dto := api.LabRecord{
		LabRecordSummary: labSummary(l), Description: l.Facts.Description, Notes: l.Facts.Notes, OwnerFullname: l.Facts.OwnerFullname,
		Groups: texts(l.Facts.Groups), CMLCreatedAt: l.Facts.CreatedAt, CMLModifiedAt: l.Facts.ModifiedAt, SourceLabRecordID: l.ClonedFrom,
		DefinitionID: l.DefinitionID, TopologyChecksum: l.Topology.Hash, ExternalInterfaces: texts(l.Topology.ExternalInterfaces),
		LastError: l.LastError, LastErrorAt: l.LastErrorAt, StatusBeforeError: string(l.StatusBeforeError),
		OperationHistory: make([]api.LabOperation, 0, len(l.Operations)), StateHistory: transitions(l.StateHistory),
		StateVersion: meta.Version, CreatedBy: l.CreatedBy, WorkerIP: l.Facts.WorkerIP, AllocatedPorts: map[string]int{},
	}
	maps.Copy(dto.AllocatedPorts, l.Ports)
	if r := l.Runtime(); r != nil {
		dto.RuntimeBinding = &api.RuntimeBinding{EnvironmentType: r.Environment, WorkerID: r.WorkerID, WorkerIP: r.WorkerIP, LabID: r.LabID}
	}
	if bound := l.Bound(); bound != nil {
		dto.ActiveBindingID = bound.ID
	}
	for _, o := range l.Operations {
		dto.OperationHistory = append(dto.OperationHistory, api.LabOperation{
			Timestamp: o.At, PreviousState: o.PreviousState, NewState: o.NewState, ChangedFields: texts(o.ChangedFields),
		})
	}
	return dto
}

func olderLab(l *labrecord.LabRecord) api.Lab {
	return api.Lab{
		ID: l.LabID, Title: l.Facts.Title, Description: l.Facts.Description, Notes: l.Facts.Notes, State: l.Facts.State,
		Owner: l.Facts.OwnerFullname, OwnerUsername: l.Facts.OwnerUsername, NodeCount: l.Facts.NodeCount, LinkCount: l.Facts.LinkCount,
		Created: l.Facts.CreatedAt, Modified: l.Facts.ModifiedAt, Groups: texts(l.Facts.Groups), LastSynced: l.LastSyncedAt,
	}
}

// texts makes an empty list of none, so that it is shown as [] and not as null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
