package command_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// labs is an application with a worker whose labs are looked at.
type labs struct {
	*apptest.World
	worker string
}

func newLabs(t *testing.T) *labs {
	w := apptest.New(t)
	return &labs{World: w, worker: w.ReadyWorker(20).ID}
}

// controller is lablet-controller; manager is a person who manages.
func controller() context.Context { return apptest.Service("lablet-controller", "") }

func manager() context.Context { return apptest.As("may", api.Manager) }

func (w *labs) scan(partial bool, seen ...api.SeenLab) api.DiscoveredLabs {
	w.T.Helper()
	at := w.Clock.Now()
	found, err := w.Commands.DiscoverLabs(controller(), api.DiscoverLabsBody{WorkerID: w.worker, Labs: seen, PartialScan: partial, CollectedAt: &at})
	require.NoError(w.T, err)
	require.Empty(w.T, found.Errors)
	return found
}

func (w *labs) of(labID string) *labrecord.LabRecord {
	w.T.Helper()
	l, _, err := w.LabRecords.GetUnique(context.Background(), labrecord.Key(w.worker, labID))
	require.NoError(w.T, err)
	return l
}

func (w *labs) get(id string) *labrecord.LabRecord {
	w.T.Helper()
	l, _, err := w.LabRecords.Get(context.Background(), id)
	require.NoError(w.T, err)
	return l
}

func seenLab(id, state string) api.SeenLab { return api.SeenLab{LabID: id, Title: id, State: state} }

func TestAScanRecordsWhatItFinds(t *testing.T) {
	w := newLabs(t)
	require.Equal(t, api.DiscoveredLabs{Synced: 2, Discovered: 2, Errors: []api.LabScanError{}}, w.scan(false, seenLab("a", "STARTED"), seenLab("b", "STOPPED")))
	require.Equal(t, lifecycle.LabBooted, w.of("a").Status)
	require.Equal(t, api.DiscoveredLabs{Synced: 2, Errors: []api.LabScanError{}}, w.scan(false, seenLab("a", "STARTED"), seenLab("b", "STOPPED")), "nothing is new")
	w.Clock.Move(time.Minute)
	require.Equal(t, api.DiscoveredLabs{Synced: 1, Updated: 1, Errors: []api.LabScanError{}}, w.scan(true, seenLab("a", "STOPPED")), "a partial scan loses nothing")
	require.Equal(t, lifecycle.LabStopped, w.of("a").Status)
	w.Clock.Move(time.Minute)
	require.Equal(t, api.DiscoveredLabs{Synced: 1, Orphaned: 1, Errors: []api.LabScanError{}}, w.scan(false, seenLab("a", "STOPPED")))
	lost := w.of("b")
	require.Equal(t, lifecycle.LabOrphaned, lost.Status)
	w.Clock.Move(time.Minute)
	require.Equal(t, 1, w.scan(true, seenLab("b", "STOPPED")).Discovered, "it is back")
	require.Equal(t, lifecycle.LabArchived, w.get(lost.ID).Status)
	require.NotEqual(t, lost.ID, w.of("b").ID)
	_, err := w.Commands.DiscoverLabs(controller(), api.DiscoverLabsBody{WorkerID: "none"})
	require.Equal(t, "worker_not_found", failure.CodeOf(err))
}

func TestAnOldScanTakesNothingAway(t *testing.T) {
	w := newLabs(t)
	before := w.Clock.Now()
	w.Clock.Move(time.Minute)
	w.scan(false, seenLab("a", "STARTED"))
	found, err := w.Commands.DiscoverLabs(controller(), api.DiscoverLabsBody{WorkerID: w.worker, CollectedAt: &before})
	require.NoError(t, err)
	require.Zero(t, found.Orphaned, "the lab was seen after the scan began")
}

func TestAnActionOnALab(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STOPPED"))
	l := w.of("a")
	accepted, err := w.Commands.RequestLabAction(manager(), l.ID, "start", "class begins")
	require.NoError(t, err)
	require.NotEmpty(t, accepted.TaskID)
	_, err = w.Commands.RequestLabAction(manager(), l.ID, "wipe", "")
	require.Equal(t, "action_pending", failure.CodeOf(err))
	_, err = w.Commands.BeginLabAction(controller(), l.ID, "stop")
	require.Equal(t, "other_action", failure.CodeOf(err))
	_, err = w.Commands.BeginLabAction(controller(), l.ID, "start")
	require.NoError(t, err)
	require.NoError(t, w.Processes.Sweep(context.Background(), w.Clock.Now()))
	require.Equal(t, lifecycle.TaskInProgress, w.task(accepted.TaskID))
	ack, err := w.Commands.CompleteLabAction(controller(), l.ID, "", api.LabActionReportBody{CMLState: "STARTED"})
	require.NoError(t, err)
	require.Equal(t, "booted", ack.CurrentStatus)
	require.NoError(t, w.Processes.Sweep(context.Background(), w.Clock.Now()))
	require.Equal(t, lifecycle.TaskCompleted, w.task(accepted.TaskID))
	_, err = w.Commands.CompleteLabAction(controller(), l.ID, "stop", api.LabActionReportBody{})
	require.Equal(t, "no_pending_action", failure.CodeOf(err))
	_, err = w.Commands.FailLabAction(controller(), l.ID, api.LabActionReportBody{})
	require.Equal(t, "no_pending_action", failure.CodeOf(err))
	for _, action := range []string{"import", "dance"} {
		_, err = w.Commands.RequestLabAction(manager(), l.ID, action, "")
		require.Equal(t, "bad_action", failure.CodeOf(err))
	}
	_, err = w.Commands.RequestLabAction(manager(), "none", "start", "")
	require.Equal(t, "lab_record_not_found", failure.CodeOf(err))
}

func (w *labs) task(id string) lifecycle.TaskStatus {
	w.T.Helper()
	task, _, err := w.Tasks.Get(context.Background(), id)
	require.NoError(w.T, err)
	return task.Status
}

func TestAFailedActionFailsItsTask(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STOPPED"))
	accepted, err := w.Commands.RequestLabAction(manager(), w.of("a").ID, "start", "")
	require.NoError(t, err)
	_, err = w.Commands.FailLabAction(controller(), w.of("a").ID, api.LabActionReportBody{ErrorMessage: "no licence", TransitionToError: true})
	require.NoError(t, err)
	require.Equal(t, lifecycle.LabError, w.of("a").Status)
	require.NoError(t, w.Processes.Sweep(context.Background(), w.Clock.Now()))
	require.Equal(t, lifecycle.TaskFailed, w.task(accepted.TaskID))
}

func TestACancelledTaskClearsItsAction(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STOPPED"))
	accepted, err := w.Commands.RequestLabAction(manager(), w.of("a").ID, "start", "")
	require.NoError(t, err)
	_, _, err = w.Commands.CancelTask(manager(), api.CancelTask{ID: accepted.TaskID})
	require.NoError(t, err)
	require.Nil(t, w.of("a").Pending)
	require.Equal(t, lifecycle.TaskCancelled, w.task(accepted.TaskID))
	begun, err := w.Commands.RequestLabAction(manager(), w.of("a").ID, "start", "")
	require.NoError(t, err)
	_, err = w.Commands.BeginLabAction(controller(), w.of("a").ID, "start")
	require.NoError(t, err)
	_, _, err = w.Commands.CancelTask(manager(), api.CancelTask{ID: begun.TaskID})
	require.Equal(t, "task_not_cancellable", failure.CodeOf(err))
}

func TestAnActionThatNobodyCarriesOutTimesOut(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STOPPED"))
	_, err := w.Commands.RequestLabAction(manager(), w.of("a").ID, "start", "")
	require.NoError(t, err)
	w.Clock.Move(labrecord.ActionTimeout)
	waits, err := w.Commands.TimeOutLabActions(controller(), w.worker)
	require.NoError(t, err)
	require.Equal(t, api.TimedOutLabActions{Scanned: 1, Skipped: 1, Errors: []api.LabScanError{}}, waits)
	w.Clock.Move(time.Second)
	require.NoError(t, w.Processes.Sweep(context.Background(), w.Clock.Now()))
	require.Nil(t, w.of("a").Pending)
	require.NotEmpty(t, w.of("a").LastError)
}

func TestTheLabOfASessionIsLeftAlone(t *testing.T) {
	w := newLabs(t)
	i := w.Running(w.worker, w.Definition(4).ID)
	w.scan(false, seenLab(i.CMLLabID, "STARTED"))
	_, err := w.Commands.RequestLabAction(apptest.As("ada", api.Admin), w.of(i.CMLLabID).ID, "stop", "")
	require.Equal(t, "lab_in_use", failure.CodeOf(err))
}

func TestAnImportOfALab(t *testing.T) {
	w := newLabs(t)
	accepted, err := w.Commands.ImportLab(manager(), api.ImportLabBody{WorkerID: w.worker, TopologyYAML: lab("r1")})
	require.NoError(t, err)
	l := w.get(accepted.LabRecordID)
	require.Equal(t, "tiny", l.Facts.Title, "the file's title")
	require.Equal(t, hashOf("r1"), l.Topology.Hash)
	w.scan(false, seenLab("new", "DEFINED_ON_CORE"))
	twin := w.of("new")
	ack, err := w.Commands.CompleteLabAction(controller(), l.ID, "import", api.LabActionReportBody{LabID: "new"})
	require.NoError(t, err)
	require.Equal(t, "defined", ack.CurrentStatus)
	require.Equal(t, l.ID, w.of("new").ID, "the import's record is the lab's")
	require.Equal(t, lifecycle.LabArchived, w.get(twin.ID).Status)

	clone, err := w.Commands.CloneLab(manager(), api.CloneLab{ID: l.ID, Body: &api.CloneLabBody{Title: "second"}})
	require.NoError(t, err)
	require.Equal(t, "second", w.get(clone.LabRecordID).Facts.Title)
	_, err = w.Commands.CompleteLabAction(controller(), clone.LabRecordID, "import", api.LabActionReportBody{})
	require.Equal(t, "lab_id_missing", failure.CodeOf(err))

	for _, c := range []struct {
		body api.ImportLabBody
		code string
	}{
		{api.ImportLabBody{WorkerID: "none", TopologyYAML: lab("r1")}, "worker_not_found"},
		{api.ImportLabBody{WorkerID: w.worker, TopologyYAML: "lab: ["}, "bad_topology"},
	} {
		_, err := w.Commands.ImportLab(manager(), c.body)
		require.Equal(t, c.code, failure.CodeOf(err))
	}
	w.Observe(w.worker, "terminated")
	_, err = w.Commands.ImportLab(manager(), api.ImportLabBody{WorkerID: w.worker, TopologyYAML: lab("r1")})
	require.Equal(t, "worker_terminated", failure.CodeOf(err))
	w.scan(true, seenLab("bare", "STOPPED"))
	_, err = w.Commands.CloneLab(manager(), api.CloneLab{ID: w.of("bare").ID})
	require.Equal(t, "topology_unknown", failure.CodeOf(err))
	_, err = w.Commands.CloneLab(manager(), api.CloneLab{ID: "none"})
	require.Equal(t, "lab_record_not_found", failure.CodeOf(err))
}

func TestALabTellsTheAddressOfItsWorker(t *testing.T) {
	w := newLabs(t)
	address := func(public, private string) {
		_, _, err := w.Workers.Update(controller(), w.worker, func(m *worker.Worker) error {
			m.PublicIP, m.PrivateIP = public, private
			m.Note("test.moved.v1", nil)
			return nil
		})
		require.NoError(t, err)
		w.Clock.Move(time.Minute)
		w.scan(false, seenLab("a", "STARTED"))
	}
	address("", "10.0.0.7")
	require.Equal(t, "10.0.0.7", w.of("a").Facts.WorkerIP)
	address("203.0.113.7", "10.0.0.7")
	l := w.of("a")
	require.Equal(t, "203.0.113.7", l.Facts.WorkerIP, "the public one, as CML is called")
	require.Equal(t, []string{"worker_ip"}, l.Operations[len(l.Operations)-1].ChangedFields)
	address("", "")
	require.Equal(t, "203.0.113.7", w.of("a").Facts.WorkerIP, "where it was seen last")
}

func TestBindingALab(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STARTED"))
	l := w.of("a")
	i := w.Running(w.worker, w.Definition(4).ID)
	elsewhere := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	bind := func(instanceID string) error {
		_, _, _, err := w.Commands.BindLab(controller(), api.BindLab{ID: l.ID, Body: api.BindLabBody{LabletInstanceID: instanceID}})
		return err
	}
	require.Equal(t, "instance_not_found", failure.CodeOf(bind("none")))
	require.Equal(t, "other_worker", failure.CodeOf(bind(elsewhere.ID)))
	require.NoError(t, bind(i.ID))
	placed, _ := w.Instance(i.ID)
	require.NotEmpty(t, placed.Ports)
	for _, port := range placed.Ports {
		require.Equal(t, port.Number, w.get(l.ID).Ports[port.Name], "it has the ports of the instance")
	}
	_, err := w.Commands.RequestLabAction(manager(), l.ID, "stop", "")
	require.Equal(t, "lab_bound", failure.CodeOf(err))
	_, _, err = w.Commands.ArchiveLab(manager(), api.LabAction{ID: l.ID})
	require.Equal(t, "lab_bound", failure.CodeOf(err))
	_, _, _, err = w.Commands.UnbindLab(controller(), api.UnbindLab{ID: l.ID, Body: api.UnbindLabBody{LabletInstanceID: i.ID, Reason: "over"}})
	require.NoError(t, err)
	require.Nil(t, w.get(l.ID).Bound())
	require.Empty(t, w.get(l.ID).Ports)
	_, _, err = w.Commands.TerminateInstance(apptest.As("ann"), i.ID, "")
	require.NoError(t, err)
	require.Equal(t, "instance_terminated", failure.CodeOf(bind(i.ID)))
}

func TestReportsOnALab(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STARTED"))
	id := w.of("a").ID
	_, err := w.Commands.SetLabStatus(controller(), api.LabStatusReport{ID: id, Body: api.LabStatusBody{NewStatus: "asleep"}})
	require.Equal(t, "bad_status", failure.CodeOf(err))
	_, err = w.Commands.SetLabStatus(controller(), api.LabStatusReport{ID: id, Body: api.LabStatusBody{NewStatus: "deleted"}})
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
	_, err = w.Commands.SetLabStatus(controller(), api.LabStatusReport{ID: id, Body: api.LabStatusBody{NewStatus: "PAUSED"}})
	require.NoError(t, err)
	_, err = w.Commands.RecordLabTopology(controller(), api.LabTopologyReport{ID: id, Body: api.LabTopologyBody{TopologyData: "lab: ["}})
	require.Equal(t, "bad_topology", failure.CodeOf(err))
	_, err = w.Commands.RecordLabTopology(controller(), api.LabTopologyReport{ID: id, Body: api.LabTopologyBody{TopologyData: lab("r1"), ChangeSummary: "first"}})
	require.NoError(t, err)
	require.Equal(t, 1, w.of("a").Revision)
	end := w.Clock.Now().Add(-time.Hour)
	_, err = w.Commands.RecordLabRun(controller(), api.LabRunReport{ID: id, Body: api.LabRun{RunID: "1", StartedAt: w.Clock.Now(), EndedAt: &end}})
	require.Equal(t, "bad_run", failure.CodeOf(err))
	_, err = w.Commands.RecordLabRun(controller(), api.LabRunReport{ID: id, Body: api.LabRun{RunID: "1", StartedAt: w.Clock.Now()}})
	require.NoError(t, err)
	ack, err := w.Commands.OrphanLab(controller(), api.LabAction{ID: id})
	require.NoError(t, err)
	require.Equal(t, "orphaned", ack.CurrentStatus)
	_, _, err = w.Commands.ArchiveLab(manager(), api.LabAction{ID: id})
	require.NoError(t, err)
	_, err = w.Commands.RecordLabTopology(controller(), api.LabTopologyReport{ID: id, Body: api.LabTopologyBody{TopologyData: lab("r2")}})
	require.Equal(t, "lab_terminal", failure.CodeOf(err))
	for _, err := range []error{
		second(w.Commands.OrphanLab(controller(), api.LabAction{ID: "none"})),
		second(w.Commands.BeginLabAction(controller(), "none", "start")),
		second(w.Commands.CompleteLabAction(controller(), "none", "start", api.LabActionReportBody{})),
		second(w.Commands.FailLabAction(controller(), "none", api.LabActionReportBody{})),
	} {
		require.Equal(t, "lab_record_not_found", failure.CodeOf(err))
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheEntryOfALabThatIsOverIsFreed(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("a", "STOPPED"), seenLab("b", "STOPPED"))
	live, over := w.of("a").ID, w.of("b").ID
	_, _, err := w.Workers.Update(context.Background(), w.worker, func(m *worker.Worker) error {
		for _, id := range []string{live, over, "gone"} {
			m.Book.Entries = append(m.Book.Entries, booking.Entry{Holder: booking.Holder{LabRecordID: id}, State: booking.Held, From: w.Clock.Now(), Since: w.Clock.Now()})
		}
		m.Note("test.held.v1", nil)
		return nil
	})
	require.NoError(t, err)
	_, _, err = w.Commands.ArchiveLab(manager(), api.LabAction{ID: over})
	require.NoError(t, err)
	w.Clock.Move(3 * time.Minute)
	require.NoError(t, w.Processes.Sweep(context.Background(), w.Clock.Now()))
	entries := w.Worker(w.worker).Book.Entries
	require.Len(t, entries, 1)
	require.Equal(t, live, entries[0].Holder.LabRecordID)
}
