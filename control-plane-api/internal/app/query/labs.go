package query

import (
	"context"
	"strconv"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Labs holds the queries on lab records.
type Labs struct {
	repo    *repo.Repo[labrecord.LabRecord]
	workers *repo.Repo[worker.Worker]
	blobs   Blobs
}

// NewLabs makes them.
func NewLabs(r *repo.Repo[labrecord.LabRecord], workers *repo.Repo[worker.Worker], blobs Blobs) *Labs {
	return &Labs{repo: r, workers: workers, blobs: blobs}
}

// Get answers a lab with its version.
func (q *Labs) Get(ctx context.Context, id string) (api.LabRecord, int64, error) {
	l, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return api.LabRecord{}, 0, err
	}
	return LabRecordDTO(l, meta), meta.Version, nil
}

// List answers a page of labs, newest first unless another order is asked for; those that are over only when they are asked for.
func (q *Labs) List(ctx context.Context, f api.ListLabRecords) (page.Page[api.LabRecordSummary], error) {
	filter, err := labFilter(f)
	if err != nil {
		return page.Page[api.LabRecordSummary]{}, err
	}
	sorted(&filter, labSorts(), f.Sort, f.Order)
	return list(ctx, q.repo, filter, f.List, cursorBy(command.LabRecordKind(), filter.Sort), func(l repo.Loaded[labrecord.LabRecord]) api.LabRecordSummary { return labSummary(l.Value) })
}

// Models answers a page of read models, newest first.
func (q *Labs) Models(ctx context.Context, f api.ListLabRecordModels) (page.Page[readmodel.LabRecord], error) {
	filter, err := labFilter(api.ListLabRecords{
		WorkerID: f.WorkerID, Status: f.Status, Owner: f.Owner, Bound: f.Bound, IncludeTerminal: f.IncludeTerminal,
	})
	if err != nil {
		return page.Page[readmodel.LabRecord]{}, err
	}
	return list(ctx, q.repo, filter, api.List(f.ModelList), labCursor, func(l repo.Loaded[labrecord.LabRecord]) readmodel.LabRecord {
		return l.Value.Model(l.Version, l.Generation)
	})
}

// Model answers a lab's read model.
func (q *Labs) Model(ctx context.Context, id string) (readmodel.LabRecord, error) {
	l, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return readmodel.LabRecord{}, err
	}
	return l.Model(meta.Version, meta.Generation), nil
}

// OfWorker answers all labs of a worker that are not over (worker_not_found).
func (q *Labs) OfWorker(ctx context.Context, workerID string) ([]api.LabRecordSummary, error) {
	shown := []api.LabRecordSummary{}
	err := q.walkWorker(ctx, workerID, func(l *labrecord.LabRecord) { shown = append(shown, labSummary(l)) })
	return shown, err
}

// InRegion answers the labs of a worker as the older routes show them (worker_not_found, for another region's too).
func (q *Labs) InRegion(ctx context.Context, at api.WorkerOfRegion) ([]api.Lab, error) {
	if err := q.checkRegion(ctx, at); err != nil {
		return nil, err
	}
	shown := []api.Lab{}
	err := q.walkWorker(ctx, at.WorkerID, func(l *labrecord.LabRecord) {
		if l.LabID != "" {
			shown = append(shown, olderLab(l))
		}
	})
	return shown, err
}

// Find gives the id of the record of a worker's lab (worker_not_found, lab_record_not_found).
func (q *Labs) Find(ctx context.Context, lab api.LabOfWorker) (string, error) {
	if err := q.checkRegion(ctx, lab.WorkerOfRegion); err != nil {
		return "", err
	}
	l, _, err := q.repo.GetUnique(ctx, labrecord.Key(lab.WorkerID, lab.LabID))
	if failure.Is(err, failure.NotFound) {
		return "", failure.Wrap(err, failure.NotFound, "lab_record_not_found", "The worker has no lab %s.", lab.LabID)
	}
	if err != nil {
		return "", err
	}
	return l.ID, nil
}

// CheckWorker finds out whether a worker is in a region (worker_not_found).
func (q *Labs) CheckWorker(ctx context.Context, at api.WorkerOfRegion) error {
	return q.checkRegion(ctx, at)
}

func (q *Labs) checkRegion(ctx context.Context, at api.WorkerOfRegion) error {
	w, _, err := q.workers.Get(ctx, at.WorkerID)
	if err != nil {
		return err
	}
	if w.AWSRegion != at.Region {
		return failure.New(failure.NotFound, "worker_not_found", "There is no worker %s in %s.", at.WorkerID, at.Region)
	}
	return nil
}

func (q *Labs) walkWorker(ctx context.Context, workerID string, visit func(*labrecord.LabRecord)) error {
	if _, _, err := q.workers.Get(ctx, workerID); err != nil {
		return err
	}
	live := store.Query{Equal: map[string][]string{command.FieldWorker: {workerID}, command.FieldStatus: command.LiveLabs()}}
	return q.repo.Walk(ctx, live, func(l *labrecord.LabRecord, _ repo.Meta) error {
		visit(l)
		return nil
	})
}

// Topology answers a lab's file as it was read last; topology_unknown where none was.
func (q *Labs) Topology(ctx context.Context, id string) (api.LabTopology, error) {
	l, _, err := q.repo.Get(ctx, id)
	if err != nil {
		return api.LabTopology{}, err
	}
	if l.Topology.Hash == "" {
		return api.LabTopology{}, failure.New(failure.Conflict, "topology_unknown", "The lab's topology has not been read yet.")
	}
	yaml, err := q.blobs.Get(ctx, l.Topology.Hash)
	if err != nil {
		return api.LabTopology{}, err
	}
	return api.LabTopology{
		LabRecordID: l.ID, Revision: l.Revision, Hash: l.Topology.Hash, NodeCount: l.Topology.NodeCount, LinkCount: l.Topology.LinkCount,
		YAML: string(yaml),
	}, nil
}

// Pending answers a page of the labs that wait for an action: for an import, or for anything else.
func (q *Labs) Pending(ctx context.Context, f api.PendingLabs, imports bool) (page.Page[api.PendingLabAction], error) {
	wanted := []string{string(labrecord.ActionImport)}
	if !imports {
		wanted = []string{string(labrecord.ActionStart), string(labrecord.ActionStop), string(labrecord.ActionWipe), string(labrecord.ActionDelete)}
	}
	filter := store.Query{Equal: map[string][]string{command.FieldPending: wanted}}
	only(&filter, command.FieldWorker, f.WorkerID)
	return list(ctx, q.repo, filter, api.List(f.ModelList), labCursor, func(l repo.Loaded[labrecord.LabRecord]) api.PendingLabAction {
		m := l.Value.Model(l.Version, l.Generation)
		return api.PendingLabAction{
			LabRecordID: m.ID, WorkerID: m.WorkerID, LabID: m.LabID, Title: m.Title, TopologyRef: m.TopologyHash, Pending: *m.PendingAction,
			Generation: m.Generation,
		}
	})
}

func labSorts() map[string]string {
	return map[string]string{"created_at": byID, "status": command.FieldStatus, "worker_id": command.FieldWorker, "owner": command.FieldLabOwner}
}

func labFilter(f api.ListLabRecords) (store.Query, error) {
	wanted, err := statuses(f.Status, f.IncludeTerminal, lifecycle.LabRecords(), lifecycle.LabRecords().Parse)
	filter := store.Query{Desc: true, Equal: map[string][]string{}}
	if wanted != nil {
		filter.Equal[command.FieldStatus] = wanted
	}
	only(&filter, command.FieldWorker, f.WorkerID)
	only(&filter, command.FieldLabOwner, f.Owner)
	if bound, parseErr := strconv.ParseBool(f.Bound); parseErr == nil {
		filter.Equal[command.FieldBound] = []string{map[bool]string{true: command.Yes}[bound]}
	}
	return filter, err
}

// Ids are time-ordered, so that the order by id is the order of creation.
func labCursor(l repo.Loaded[labrecord.LabRecord]) store.Cursor { return store.Cursor{ID: l.Value.ID} }
