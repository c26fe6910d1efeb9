package command

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/topology"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// The index fields of lab records that others do not have.
const (
	FieldLabOwner = "owner_username"
	FieldBound    = "bound"
	FieldPending  = "pending"
	// FieldServes is the instance that a lab serves.
	FieldServes = "active_lablet_instance_id"
)

// LabRecordKind says how lab records are stored and projected.
func LabRecordKind() repo.Kind[labrecord.LabRecord] {
	return repo.Kind[labrecord.LabRecord]{
		Name: readmodel.KindLabRecord, Collection: "lab_records", Label: "lab_record", Schema: 1,
		Root: func(l *labrecord.LabRecord) *aggregate.Root { return &l.Root },
		Index: func(l *labrecord.LabRecord) (string, map[string]string) {
			fields := map[string]string{
				FieldStatus: string(l.Status), FieldWorker: l.WorkerID, FieldLabOwner: l.Facts.OwnerUsername, FieldBound: flag(l.Bound() != nil),
			}
			if bound := l.Bound(); bound != nil {
				fields[FieldServes] = bound.InstanceID
			}
			if l.Pending != nil {
				fields[FieldPending] = string(l.Pending.Kind)
			}
			return l.Unique(), fields
		},
		Fields:  []string{FieldStatus, FieldWorker, FieldLabOwner, FieldBound, FieldPending, FieldServes},
		Model:   func(l *labrecord.LabRecord, m repo.Meta) any { return l.Model(m.Version, m.Generation) },
		Settled: (*labrecord.LabRecord).Terminal,
	}
}

// LiveLabs lists the statuses of labs that are not over.
func LiveLabs() []string {
	var live []string
	for _, status := range slices.DeleteFunc(lifecycle.LabRecords().Statuses(), lifecycle.LabRecords().Terminal) {
		live = append(live, string(status))
	}
	return live
}

// updateLab applies verbs to a lab record in one write.
func (c *Commands) updateLab(ctx context.Context, id string, apply func(*labrecord.LabRecord, parts.Act) error) (*labrecord.LabRecord, repo.Meta, api.Ack, error) {
	var before lifecycle.LabRecordStatus
	l, meta, err := c.d.LabRecords.Update(ctx, id, func(l *labrecord.LabRecord) error {
		before = l.Status
		return apply(l, c.act(ctx))
	})
	if err != nil {
		return nil, repo.Meta{}, api.Ack{}, err
	}
	return l, meta, api.Ack{
		ID: l.ID, PreviousStatus: string(orElse(before, l.Status)), CurrentStatus: string(l.Status), Version: meta.Version,
		Generation: meta.Generation, Changed: meta.Changed,
	}, nil
}

// reportLab is an update that rests on no generation.
func (c *Commands) reportLab(ctx context.Context, id string, apply func(*labrecord.LabRecord, parts.Act) error) (api.Ack, error) {
	_, _, ack, err := c.updateLab(call.AtGeneration(ctx, 0), id, apply)
	return ack, err
}

// labFile reads a lab file and keeps it as a blob (bad_topology).
func (c *Commands) labFile(ctx context.Context, yaml string) (labrecord.Topology, *topology.Topology, error) {
	read, err := topology.Parse([]byte(yaml))
	if err != nil {
		return labrecord.Topology{}, nil, failure.Wrap(err, failure.Invalid, "bad_topology", "The topology cannot be used: %s.", err)
	}
	hash, err := c.d.Blobs.Put(ctx, []byte(yaml))
	if err != nil {
		return labrecord.Topology{}, nil, err
	}
	lab := labrecord.Topology{Hash: hash, NodeCount: len(read.Nodes), LinkCount: read.Links}
	for i := range read.Nodes {
		if read.Nodes[i].NodeDefinition == externalConnector {
			lab.ExternalInterfaces = append(lab.ExternalInterfaces, read.Nodes[i].Label)
		}
	}
	return lab, read, nil
}

// externalConnector is the node definition of what leads out of a lab.
const externalConnector = "external_connector"
