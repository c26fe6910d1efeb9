package labrecord

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

func TestAnImport(t *testing.T) {
	l := Import("r1", "w1", "mine", Topology{Hash: "h1", NodeCount: 3, LinkCount: 2}, at(0))
	require.Equal(t, []string{EventCreated, EventRevisionCreated, EventActionRequested}, told(l))
	require.Equal(t, lifecycle.LabImporting, l.Status)
	require.Empty(t, l.Unique(), "there is no lab yet")
	require.Equal(t, 1, l.Revision)
	l = stored(t, l)
	require.Equal(t, "lab_id_missing", failure.CodeOf(l.Complete(ActionImport, "", at(1))))
	require.NoError(t, l.Begin(ActionImport, at(1)))
	require.NoError(t, l.Complete(ActionImport, "lab9", at(2)))
	require.Equal(t, lifecycle.LabDefined, l.Status)
	require.Equal(t, Key("w1", "lab9"), l.Unique())
	data := payload(t, l, EventImported)
	require.Equal(t, "lab9", data["lab_id"])
	require.Equal(t, "h1", data["topology_checksum"])
	again := stored(t, l)
	require.NoError(t, again.Complete(ActionImport, "lab9", at(3)))
	require.Empty(t, told(again))
	require.Equal(t, "no_pending_action", failure.CodeOf(again.Complete(ActionImport, "another", at(3))))
}

func TestAnImportThatComesLateIsTaken(t *testing.T) {
	l := stored(t, Import("r1", "w1", "mine", Topology{Hash: "h1"}, at(0)))
	timedOut, err := l.TimeOut(at(time.Hour))
	require.NoError(t, err)
	require.True(t, timedOut)
	require.Equal(t, lifecycle.LabError, l.Status)
	require.NoError(t, l.Complete(ActionImport, "lab9", at(2*time.Hour)))
	require.Equal(t, lifecycle.LabDefined, l.Status)
}

func TestACloneInEveryStatus(t *testing.T) {
	for _, from := range statuses() {
		l := inStatus(t, from)
		made, err := l.Clone("r2", "", at(1))
		if lifecycle.LabRecords().Terminal(from) {
			require.Equal(t, "lab_terminal", failure.CodeOf(err))
			continue
		}
		require.NoError(t, err, from)
		require.Empty(t, told(l), "the original is not touched")
		require.Equal(t, "one (copy)", made.Facts.Title)
		require.Equal(t, "h1", made.Topology.Hash)
		require.Equal(t, "w1", made.WorkerID)
		require.Equal(t, ActionImport, made.Pending.Kind)
		require.Equal(t, "r1", payload(t, made, EventCloned)["source_lab_record_id"])
	}
	bare := inStatus(t, lifecycle.LabBooted)
	bare.Topology = Topology{}
	_, err := bare.Clone("r2", "x", at(1))
	require.Equal(t, "topology_unknown", failure.CodeOf(err))
}

func TestRevisions(t *testing.T) {
	l := inStatus(t, lifecycle.LabBooted)
	made, err := l.Revise(Topology{Hash: "h1"}, "", at(1))
	require.NoError(t, err)
	require.False(t, made, "the same topology")
	made, err = l.Revise(Topology{Hash: "h2", NodeCount: 5, LinkCount: 4}, "two more", at(2))
	require.NoError(t, err)
	require.True(t, made)
	require.Equal(t, map[string]any{
		"aggregate_id": "r1", "worker_id": "w1", "lab_id": "lab1", "revision": 2.0, "topology_checksum": "h2", "previous_checksum": "h1",
		"change_summary": "two more", "node_count": 5.0, "link_count": 4.0, "created_at": "2026-03-02T12:00:00.000000002Z",
	}, payload(t, l, EventRevisionCreated))
	for n := range 2 * maxRevisions {
		_, err := l.Revise(Topology{Hash: fmt.Sprint("g", n)}, "", at(3))
		require.NoError(t, err)
	}
	require.Len(t, l.Revisions, maxRevisions)
	require.Equal(t, 2+2*maxRevisions, l.Revision)
	require.Len(t, l.Blobs(), maxRevisions+1)
	_, err = inStatus(t, lifecycle.LabDeleted).Revise(Topology{Hash: "h3"}, "", at(4))
	require.Equal(t, "lab_terminal", failure.CodeOf(err))
}

func TestRuns(t *testing.T) {
	l := inStatus(t, lifecycle.LabBooted)
	end := noon.Add(time.Hour)
	run := Run{ID: "run-1", InstanceID: "i1", StartedAt: noon}
	require.NoError(t, l.RecordRun(run, at(1)))
	require.Equal(t, "ann", l.Runs[0].StartedBy, "who reports started it, unless it says otherwise")
	require.NoError(t, stored(t, l).RecordRun(run, at(2)))
	run.EndedAt, run.Outcome = &end, "completed"
	require.NoError(t, l.RecordRun(run, at(3)))
	require.Len(t, l.Runs, 1)
	require.Equal(t, []string{EventRunRecorded, EventRunRecorded}, told(l))
	again := stored(t, l)
	require.NoError(t, again.RecordRun(run, at(4)))
	require.Empty(t, told(again))
	before := noon.Add(-1)
	require.Equal(t, "bad_run", failure.CodeOf(l.RecordRun(Run{ID: "run-2", StartedAt: noon, EndedAt: &before}, at(5))))
	for n := range 2 * maxRuns {
		require.NoError(t, l.RecordRun(Run{ID: fmt.Sprint("r", n), StartedAt: noon}, at(6)))
	}
	require.Len(t, l.Runs, maxRuns)
}

func TestBindingInEveryStatus(t *testing.T) {
	for _, from := range statuses() {
		l := inStatus(t, from)
		err := l.Bind("b1", "i1", "", map[string]string{"k": "v"}, at(1))
		switch {
		case lifecycle.LabRecords().Terminal(from):
			require.Equal(t, "lab_terminal", failure.CodeOf(err))
			continue
		case from == lifecycle.LabOrphaned:
			require.Equal(t, "invalid_transition", failure.CodeOf(err))
			continue
		}
		require.NoError(t, err, from)
		require.Equal(t, RolePrimary, payload(t, l, EventBound)["binding_role"])
		l = stored(t, l)
		require.NoError(t, l.Bind("b2", "i1", "", nil, at(2)))
		require.Empty(t, told(l), "it is bound already")
		require.Equal(t, "lab_bound", failure.CodeOf(l.Bind("b2", "i2", "", nil, at(2))))
		l.Unbind("i2", at(3))
		require.Empty(t, told(l), "it does not serve that one")
		l.Unbind("i1", at(3).Because("done"))
		require.Equal(t, "done", payload(t, l, EventUnbound)["reason"])
		require.Nil(t, l.Bound())
		require.Equal(t, BindingReleased, l.Bindings[0].Status)
	}
	require.Equal(t, "bad_role", failure.CodeOf(inStatus(t, lifecycle.LabBooted).Bind("b", "i", "king", nil, at(1))))
}

func TestALabThatIsOverServesNobody(t *testing.T) {
	l := inStatus(t, lifecycle.LabStopped)
	require.NoError(t, l.Bind("b1", "i1", "", nil, at(1)))
	require.NoError(t, l.SetStatus(lifecycle.LabDeleted, "", at(2)))
	require.Nil(t, l.Bound())
	require.Contains(t, told(l), EventUnbound)
}

func TestTheModel(t *testing.T) {
	l := doing(t, lifecycle.LabStopped, ActionStart)
	l.Bindings = []Binding{{ID: "b1", InstanceID: "i1", Status: BindingActive}}
	m := l.Model(3, 2)
	require.Equal(t, "start", m.PendingAction.Action)
	require.Equal(t, "i1", m.ActiveInstanceID)
	require.Equal(t, "h1", m.TopologyHash)
	require.Equal(t, int64(3), m.Version)
	require.Equal(t, int64(2), m.Generation)
}
