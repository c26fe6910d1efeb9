package stream

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
)

// Stored reads snapshots by the queries that answer the routes, so that a stream shows nobody more than those do.
type Stored struct {
	Queries     *query.Queries
	Definitions *query.Definitions
	Templates   *query.Templates
	Labs        *query.Labs
}

// pageSize is how many aggregates a page has.
const pageSize = 100

// Page implements Snapshots. What is over is left out.
func (s Stored) Page(ctx context.Context, from Place) ([]Snapshot, Place, error) {
	stages := []func(context.Context, api.List) ([]Snapshot, string, error){s.workers, s.instances, s.definitions, s.templates, s.labs}
	shown, cursor, err := stages[from.Stage](ctx, api.List{Limit: pageSize, Cursor: from.Cursor})
	next := Place{Stage: from.Stage, Cursor: cursor}
	if cursor == "" {
		next.Stage++
	}
	next.End = next.Stage == len(stages)
	return shown, next, err
}

// One implements Snapshots.
func (s Stored) One(ctx context.Context, kind readmodel.Kind, id string) (Snapshot, bool, error) {
	var shown Snapshot
	var err error
	switch kind {
	case readmodel.KindWorker:
		var w api.Worker
		w, _, err = s.Queries.Worker(ctx, id)
		shown = workerSnapshot(w)
	case readmodel.KindInstance:
		var i api.Instance
		i, _, err = s.Queries.Instance(ctx, id)
		shown = instanceSnapshot(i)
	case readmodel.KindDefinition:
		var d api.Definition
		var version int64
		d, version, err = s.Definitions.Get(ctx, id)
		shown = definitionSnapshot(d.DefinitionSummary)
		shown.Version = version
	case readmodel.KindLabRecord:
		var l api.LabRecord
		l, _, err = s.Labs.Get(ctx, id)
		shown = labSnapshot(l.LabRecordSummary)
		shown.Version = l.StateVersion
	default:
		return Snapshot{}, false, nil
	}
	if failure.Is(err, failure.NotFound) {
		return Snapshot{}, false, nil
	}
	return shown, err == nil, err
}

func (s Stored) workers(ctx context.Context, l api.List) ([]Snapshot, string, error) {
	found, err := s.Queries.Workers(ctx, api.ListWorkers{List: l})
	return shownOf(found, err, workerSnapshot)
}

func (s Stored) instances(ctx context.Context, l api.List) ([]Snapshot, string, error) {
	found, err := s.Queries.InstanceSnapshots(ctx, api.ListInstances{List: l})
	return shownOf(found, err, instanceSnapshot)
}

func (s Stored) definitions(ctx context.Context, l api.List) ([]Snapshot, string, error) {
	found, err := s.Definitions.List(ctx, api.ListDefinitions{List: l})
	return shownOf(found, err, definitionSnapshot)
}

func (s Stored) templates(ctx context.Context, l api.List) ([]Snapshot, string, error) {
	found, err := s.Templates.List(ctx, api.ListTemplates{List: l, EnabledOnly: true})
	return shownOf(found, err, func(t api.Template) Snapshot {
		return Snapshot{Kind: readmodel.KindTemplate, ID: t.ID, Data: t}
	})
}

func (s Stored) labs(ctx context.Context, l api.List) ([]Snapshot, string, error) {
	found, err := s.Labs.List(ctx, api.ListLabRecords{List: l})
	return shownOf(found, err, labSnapshot)
}

func shownOf[T any](p page.Page[T], err error, snapshot func(T) Snapshot) ([]Snapshot, string, error) {
	if err != nil {
		return nil, "", err
	}
	all := make([]Snapshot, 0, len(p.Items))
	for _, item := range p.Items {
		all = append(all, snapshot(item))
	}
	return all, p.Next, nil
}

func workerSnapshot(w api.Worker) Snapshot {
	return Snapshot{Kind: readmodel.KindWorker, ID: w.ID, Version: w.StateVersion, Worker: w.ID, Data: struct {
		WorkerID string `json:"worker_id"`
		api.Worker
	}{w.ID, w}}
}

// instanceSnapshot leaves the launch URL out: it is a credential, and a stream is no place for one.
func instanceSnapshot(i api.Instance) Snapshot {
	i.LDSLoginURL = ""
	return Snapshot{Kind: readmodel.KindInstance, ID: i.ID, Version: i.StateVersion, Owner: i.OwnerID, Worker: i.WorkerID, Data: struct {
		InstanceID string `json:"instance_id"`
		api.Instance
	}{i.ID, i}}
}

func definitionSnapshot(d api.DefinitionSummary) Snapshot {
	return Snapshot{Kind: readmodel.KindDefinition, ID: d.ID, Data: struct {
		DefinitionID string `json:"definition_id"`
		api.DefinitionSummary
	}{d.ID, d}}
}

func labSnapshot(l api.LabRecordSummary) Snapshot {
	return Snapshot{Kind: readmodel.KindLabRecord, ID: l.ID, Worker: l.WorkerID, Data: struct {
		LabRecordID string `json:"lab_record_id"`
		api.LabRecordSummary
	}{l.ID, l}}
}
