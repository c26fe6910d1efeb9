package query_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
)

func TestLabsAreFiltered(t *testing.T) {
	w := apptest.New(t)
	worker := w.ReadyWorker(10)
	ctx := apptest.Service("lablet-controller", "")
	_, err := w.Commands.DiscoverLabs(ctx, api.DiscoverLabsBody{WorkerID: worker.ID, Labs: []api.SeenLab{
		{LabID: "a", Title: "one", State: "STARTED", OwnerUsername: "ann"}, {LabID: "b", Title: "two", State: "STOPPED"},
	}})
	require.NoError(t, err)
	q := query.NewLabs(w.LabRecords, w.Workers, w.Blobs)
	ids := func(f api.ListLabRecords) (found []string) {
		page, err := q.List(ctx, f)
		require.NoError(t, err)
		for _, l := range page.Items {
			found = append(found, l.LabID)
		}
		return found
	}
	require.Equal(t, []string{"b", "a"}, ids(api.ListLabRecords{}))
	require.Equal(t, []string{"a"}, ids(api.ListLabRecords{Owner: "ann"}))
	require.Equal(t, []string{"b"}, ids(api.ListLabRecords{Status: "stopped,paused"}))
	require.Empty(t, ids(api.ListLabRecords{WorkerID: "other"}))
	require.Empty(t, ids(api.ListLabRecords{Bound: "true"}))
	require.Len(t, ids(api.ListLabRecords{Bound: "false"}), 2)
	_, err = q.List(ctx, api.ListLabRecords{Status: "asleep"})
	require.Equal(t, "bad_status", failure.CodeOf(err))

	at := api.WorkerOfRegion{Region: worker.AWSRegion, WorkerID: worker.ID}
	older, err := q.InRegion(ctx, at)
	require.NoError(t, err)
	require.Len(t, older, 2)
	id, err := q.Find(ctx, api.LabOfWorker{WorkerOfRegion: at, LabID: "b"})
	require.NoError(t, err)
	for _, lab := range []api.LabOfWorker{
		{WorkerOfRegion: api.WorkerOfRegion{Region: "elsewhere", WorkerID: worker.ID}, LabID: "b"},
		{WorkerOfRegion: api.WorkerOfRegion{Region: worker.AWSRegion, WorkerID: "none"}, LabID: "b"},
	} {
		_, err := q.Find(ctx, lab)
		require.Equal(t, "worker_not_found", failure.CodeOf(err))
	}
	_, err = q.Find(ctx, api.LabOfWorker{WorkerOfRegion: at, LabID: "c"})
	require.Equal(t, "lab_record_not_found", failure.CodeOf(err))
	_, err = q.Topology(ctx, id)
	require.Equal(t, "topology_unknown", failure.CodeOf(err))

	_, err = w.Commands.RequestLabAction(apptest.As("may", api.Manager), id, "start", "")
	require.NoError(t, err)
	waiting, err := q.Pending(ctx, api.PendingLabs{}, false)
	require.NoError(t, err)
	require.Len(t, waiting.Items, 1)
	require.Equal(t, "start", waiting.Items[0].Pending.Action)
	imports, err := q.Pending(ctx, api.PendingLabs{}, true)
	require.NoError(t, err)
	require.Empty(t, imports.Items)
}

func TestALabShowsWhereItIsAndWhichPortsItHas(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	ctx := apptest.Service("lablet-controller", "")
	_, err := w.Commands.ReportWorkerStatus(apptest.Service("worker-controller", ""), api.ReportWorkerStatus{
		ID: machine.ID, Body: api.ReportWorkerStatusBody{Status: "running", PublicIP: "203.0.113.7"},
	})
	require.NoError(t, err)
	_, err = w.Commands.DiscoverLabs(ctx, api.DiscoverLabsBody{WorkerID: machine.ID, Labs: []api.SeenLab{{LabID: "a", Title: "one", State: "STARTED"}}})
	require.NoError(t, err)
	q := query.NewLabs(w.LabRecords, w.Workers, w.Blobs)
	page, err := q.List(ctx, api.ListLabRecords{})
	require.NoError(t, err)
	id := page.Items[0].ID
	shown, _, err := q.Get(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "203.0.113.7", shown.WorkerIP)
	require.Equal(t, &api.RuntimeBinding{EnvironmentType: "cml", WorkerID: machine.ID, WorkerIP: "203.0.113.7", LabID: "a"}, shown.RuntimeBinding)
	require.Equal(t, map[string]int{}, shown.AllocatedPorts)

	i := w.Running(machine.ID, w.Definition(4).ID)
	_, _, _, err = w.Commands.BindLab(ctx, api.BindLab{ID: id, Body: api.BindLabBody{LabletInstanceID: i.ID}})
	require.NoError(t, err)
	shown, _, err = q.Get(ctx, id)
	require.NoError(t, err)
	instance, _, err := w.Queries.Instance(apptest.As("ann"), i.ID)
	require.NoError(t, err)
	require.NotEmpty(t, shown.AllocatedPorts)
	require.Equal(t, instance.AllocatedPorts, shown.AllocatedPorts)
}

func TestDefinitionsAreFoundByNameAndVersion(t *testing.T) {
	w := apptest.New(t)
	first, second := w.Definition(2), w.Definition(2, "deprecated")
	q := query.NewDefinitions(w.Definitions, w.Blobs)
	names := func(f api.SearchDefinitions) (found []string) {
		list, err := q.Search(apptest.As("ann"), f)
		require.NoError(t, err)
		for _, d := range list {
			found = append(found, d.Name)
		}
		return found
	}
	require.Equal(t, []string{first.Name}, names(api.SearchDefinitions{Q: "LAB-"}))
	require.Len(t, names(api.SearchDefinitions{Q: "lab-", IncludeDeprecated: true}), 2)
	require.Len(t, names(api.SearchDefinitions{Q: "lab-", IncludeDeprecated: true, Limit: 1}), 1)
	require.Empty(t, names(api.SearchDefinitions{Q: "nothing"}))
	d, _, err := q.ByVersion(apptest.As("ann"), second.Name, "v1.0")
	require.NoError(t, err)
	require.Equal(t, second.ID, d.ID)
	_, _, err = q.ByVersion(apptest.As("ann"), second.Name, "2.0.0")
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
}
