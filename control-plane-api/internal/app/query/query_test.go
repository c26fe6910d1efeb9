package query_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
)

func TestWhoSeesWhichInstances(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(4)
	mine := w.Running(machine.ID, d.ID)
	manager := apptest.As("boss", api.Manager)
	start, end := apptest.Noon.Add(time.Hour), apptest.Noon.Add(2*time.Hour)
	theirs, _, err := w.Commands.CreateInstance(manager, api.CreateInstance{Body: api.CreateInstanceBody{
		DefinitionID: d.ID, TimeslotStart: &start, TimeslotEnd: &end, OwnerID: "bob",
	}})
	require.NoError(t, err)

	for _, c := range []struct {
		reason string
		as     string
		roles  []api.Role
		filter api.ListInstances
		want   []string
	}{
		{"a person sees their own", "ann", nil, api.ListInstances{}, []string{mine.ID}},
		{"and cannot ask for another's", "ann", nil, api.ListInstances{OwnerID: "bob"}, nil},
		{"a manager sees all, newest first", "boss", []api.Role{api.Manager}, api.ListInstances{}, []string{theirs.ID, mine.ID}},
		{"by owner", "boss", []api.Role{api.Manager}, api.ListInstances{OwnerID: "bob"}, []string{theirs.ID}},
		{"by worker", "boss", []api.Role{api.Admin}, api.ListInstances{WorkerID: machine.ID}, []string{mine.ID}},
		{"by definition", "boss", []api.Role{api.Admin}, api.ListInstances{DefinitionID: "x"}, nil},
		{"by several statuses", "boss", []api.Role{api.Admin}, api.ListInstances{Status: "PENDING, grading"}, []string{theirs.ID}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			found, err := w.Queries.Instances(apptest.As(c.as, c.roles...), c.filter)
			require.NoError(t, err)
			var ids []string
			for _, item := range found.Items {
				ids = append(ids, item.ID)
			}
			require.Equal(t, c.want, ids)
			require.Equal(t, len(c.want), found.Total)
		})
	}
	_, err = w.Queries.Instances(manager, api.ListInstances{Status: "nonsense"})
	require.Equal(t, "bad_status", failure.CodeOf(err))
	own, err := w.Queries.MyInstances(manager, api.ListInstances{})
	require.NoError(t, err)
	require.Empty(t, own.Items, "a manager's own are their own")

	for subject, sees := range map[string]bool{"ann": true, "bob": false} {
		dto, _, err := w.Queries.Instance(apptest.As(subject), mine.ID)
		require.Equal(t, sees, err == nil)
		require.Equal(t, sees, dto.LDSLoginURL != "")
	}
}

func TestTheLaunchURLIsInNoModel(t *testing.T) {
	w := apptest.New(t)
	i := w.Running(w.ReadyWorker(10).ID, w.Definition(4).ID)
	require.NotEmpty(t, i.LoginURL)
	model, err := w.Queries.InstanceModel(apptest.Service("x", ""), i.ID)
	require.NoError(t, err)
	text, err := json.Marshal(model)
	require.NoError(t, err)
	require.NotContains(t, string(text), "launch?token")
	stored, err := w.Store.Get(apptest.As("x"), "lablet_instances", i.ID)
	require.NoError(t, err)
	for _, change := range stored.Changes {
		require.NotContains(t, string(change), "launch?token", "nor in the audit record")
	}
}

func TestPagesFollowOneAnother(t *testing.T) {
	w := apptest.New(t)
	d := w.Definition(4)
	for range 5 {
		w.Book(d.ID, time.Hour, 2*time.Hour)
	}
	seen := map[string]bool{}
	filter := api.ListInstances{List: api.List{Limit: 2}}
	for range 3 {
		found, err := w.Queries.Instances(apptest.As("ann"), filter)
		require.NoError(t, err)
		require.Equal(t, 5, found.Total)
		for _, item := range found.Items {
			require.False(t, seen[item.ID])
			seen[item.ID] = true
		}
		filter.Cursor = found.Next
	}
	require.Len(t, seen, 5)
	require.Empty(t, filter.Cursor)
}

func TestTerminatedOnesAreShownWhenAskedFor(t *testing.T) {
	w := apptest.New(t)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	_, _, err := w.Commands.TerminateInstance(apptest.As("ann"), i.ID, "")
	require.NoError(t, err)
	w.Observe(w.ReadyWorker(10).ID, "terminated")
	for _, all := range []bool{false, true} {
		instances, err := w.Queries.Instances(apptest.As("ann"), api.ListInstances{IncludeTerminated: all})
		require.NoError(t, err)
		workers, err := w.Queries.Workers(apptest.As("ann"), api.ListWorkers{IncludeTerminated: all})
		require.NoError(t, err)
		models, err := w.Queries.InstanceModels(apptest.Service("x", ""), api.InstanceModelQuery{ModelQuery: api.ModelQuery{IncludeTerminated: all}})
		require.NoError(t, err)
		machines, err := w.Queries.WorkerModels(apptest.Service("x", ""), api.WorkerModelQuery{ModelQuery: api.ModelQuery{IncludeTerminated: all}})
		require.NoError(t, err)
		want := 0
		if all {
			want = 1
		}
		for _, n := range []int{len(instances.Items), len(workers.Items), len(models.Items), len(machines.Items)} {
			require.Equal(t, want, n)
		}
	}
}

func TestAWorkerShowsWhatHoldsNow(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(4)
	running, later := w.Running(machine.ID, d.ID), w.Book(d.ID, 3*time.Hour, 4*time.Hour)
	w.Place(machine.ID, later.ID)
	dto, version, err := w.Queries.Worker(apptest.As("ann"), machine.ID)
	require.NoError(t, err)
	require.Equal(t, version, dto.StateVersion)
	require.Equal(t, 2, dto.Bookings)
	require.Equal(t, []string{running.ID}, dto.InstanceIDs)
	require.Equal(t, 4, dto.AllocatedCapacity.CPUCores)
	require.Equal(t, 6, dto.AvailableCapacity.CPUCores)
	require.Equal(t, 2, dto.AllocatedPortCount)
	require.Equal(t, 7998, dto.AvailablePortCount)
	require.True(t, dto.Placeable)
	require.Equal(t, "COMPLETED", dto.CMLLicenseInfo.RegistrationStatus)
	model, err := w.Queries.WorkerModel(apptest.Service("x", ""), machine.ID)
	require.NoError(t, err)
	require.Len(t, model.Book, 2)
	require.Equal(t, lifecycle.WorkerRunning, model.Status)
	_, _, err = w.Queries.Worker(apptest.As("ann"), "nobody")
	require.Equal(t, "worker_not_found", failure.CodeOf(err))
	_, err = w.Queries.Workers(apptest.As("ann"), api.ListWorkers{Status: "nonsense"})
	require.Equal(t, "bad_status", failure.CodeOf(err))
	found, err := w.Queries.Workers(apptest.As("ann"), api.ListWorkers{Status: "running", AWSRegion: "us-east-1"})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
}
