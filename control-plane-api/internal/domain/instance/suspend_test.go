package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// suspended is an instance that its user stopped, with its lab still there.
func suspended(t *testing.T, status lifecycle.InstanceStatus) *Instance {
	t.Helper()
	i := inState(t, lifecycle.InstanceRunning)
	require.NoError(t, i.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerLab, Attempt: 1}, at(5)))
	require.NoError(t, i.Suspend(at(6)))
	if status == lifecycle.InstanceStopped {
		require.NoError(t, i.MarkStopped(at(7)))
	}
	require.Equal(t, status, i.Status)
	return fresh(i)
}

func TestSuspendInEveryState(t *testing.T) {
	for _, from := range lifecycle.Instances().Statuses() {
		i := inState(t, from)
		err := i.Suspend(at(60))
		events, changed, raises := i.Changes()
		if from != lifecycle.InstanceRunning {
			require.Equal(t, "invalid_transition", failure.CodeOf(err), from)
			require.False(t, changed, from)
			continue
		}
		require.NoError(t, err)
		require.True(t, raises)
		require.Equal(t, []string{EventStopping}, types(events))
		require.Equal(t, lifecycle.InstanceStopping, i.Status)
		require.Equal(t, lifecycle.InstanceStopped, i.DesiredStatus)
		require.NotEmpty(t, i.Ports, "the ports are kept")
		require.Equal(t, ReasonUserStop, i.StateHistory[len(i.StateHistory)-1].Reason)
	}
}

func TestResumeInEveryState(t *testing.T) {
	for _, from := range lifecycle.Instances().Statuses() {
		i := inState(t, from)
		err := i.Resume(at(60))
		_, changed, _ := i.Changes()
		require.False(t, changed, from)
		if from == lifecycle.InstanceRunning {
			require.NoError(t, err, "it runs")
			continue
		}
		require.Equal(t, "invalid_transition", failure.CodeOf(err), "%s: nobody stopped it to go on later", from)
	}
	for _, from := range []lifecycle.InstanceStatus{lifecycle.InstanceStopping, lifecycle.InstanceStopped} {
		i := suspended(t, from)
		require.NoError(t, i.Resume(at(60)))
		events, _, raises := i.Changes()
		require.True(t, raises, "a controller has to act on it")
		require.Equal(t, []string{EventDesiredStatus}, types(events))
		require.Equal(t, from, i.Status, "it runs when its lab does")
		require.True(t, i.Resuming())
		again := fresh(i)
		require.NoError(t, again.Resume(at(61)))
		_, changed, _ := again.Changes()
		require.False(t, changed, "asking again is no change")
	}
}

func TestASuspendedSessionIsKeptUntilItsSlotIsOver(t *testing.T) {
	i := suspended(t, lifecycle.InstanceStopped)
	require.Equal(t, "session_kept", failure.CodeOf(i.Archive(at(time.Hour))))
	require.NoError(t, i.Resume(at(time.Hour)))
	require.Equal(t, "session_kept", failure.CodeOf(fresh(i).Archive(at(time.Hour))))
	require.NoError(t, fresh(i).Archive(at(2*time.Hour-keptTolerance)), "a controller's clock may be ahead")
	require.NoError(t, i.Run(at(time.Hour)))
	require.Equal(t, lifecycle.InstanceRunning, i.Status)
	require.Nil(t, i.EndedAt)
	require.NoError(t, i.Stop(at(90*time.Minute)))
	require.NoError(t, i.MarkStopped(at(91*time.Minute)))
	require.NoError(t, i.Archive(at(92*time.Minute)), "a stop for good keeps nothing")
}

func TestWhatIsOverOrGoneDoesNotGoOn(t *testing.T) {
	running := inState(t, lifecycle.InstanceRunning)
	require.Equal(t, "timeslot_over", failure.CodeOf(running.Suspend(at(3*time.Hour))))
	require.Equal(t, "timeslot_over", failure.CodeOf(suspended(t, lifecycle.InstanceStopped).Resume(at(3*time.Hour))))
	gone := suspended(t, lifecycle.InstanceStopped)
	require.NoError(t, gone.DropFinalizer(readmodel.FinalizerLab, 1, at(8)))
	require.Equal(t, "lab_gone", failure.CodeOf(gone.Resume(at(9))))
}

func TestSuspendingAgainIsNoChange(t *testing.T) {
	for _, status := range []lifecycle.InstanceStatus{lifecycle.InstanceStopping, lifecycle.InstanceStopped} {
		i := suspended(t, status)
		require.NoError(t, i.Suspend(at(60)))
		_, changed, _ := i.Changes()
		require.False(t, changed)
	}
}

func TestCollectAndGradeInEveryState(t *testing.T) {
	for _, from := range lifecycle.Instances().Statuses() {
		i := inState(t, from)
		err := i.CollectAndGrade(at(60))
		_, changed, _ := i.Changes()
		switch from {
		case lifecycle.InstanceRunning:
			require.NoError(t, err)
			require.Equal(t, lifecycle.InstanceCollecting, i.Status)
		case lifecycle.InstanceCollecting, lifecycle.InstanceGrading:
			require.NoError(t, err, "it is on its way")
			require.False(t, changed)
		default:
			require.Equal(t, "invalid_transition", failure.CodeOf(err), from)
			require.False(t, changed)
		}
	}
	collected := inState(t, lifecycle.InstanceCollecting)
	collected.EvidenceURI = "s3://evidence/x"
	require.NoError(t, collected.CollectAndGrade(at(60)))
	require.Equal(t, lifecycle.InstanceGrading, collected.Status)
}

func TestGradingNeedsEvidence(t *testing.T) {
	for _, from := range lifecycle.Instances().Statuses() {
		i := inState(t, from)
		err := i.GradeNow(at(60))
		switch from {
		case lifecycle.InstanceCollecting:
			require.Equal(t, "evidence_missing", failure.CodeOf(err))
			i.EvidenceURI = "s3://evidence/x"
			require.NoError(t, i.GradeNow(at(61)))
			require.Equal(t, lifecycle.InstanceGrading, i.Status)
		case lifecycle.InstanceGrading:
			require.NoError(t, err)
		default:
			require.Equal(t, "invalid_transition", failure.CodeOf(err), from)
		}
	}
}

func TestAFinalizerFallsByForce(t *testing.T) {
	i := suspended(t, lifecycle.InstanceStopped)
	require.Equal(t, "bad_finalizer", failure.CodeOf(i.ForceDropFinalizer(readmodel.FinalizerEC2, 1, at(9))))
	require.NoError(t, i.ForceDropFinalizer(readmodel.FinalizerLab, 1, at(9)))
	require.Empty(t, i.Finalizers)
	events, _, _ := i.Changes()
	require.Equal(t, []string{EventFinalizerDropped}, types(events))
	again := fresh(i)
	require.NoError(t, again.ForceDropFinalizer(readmodel.FinalizerLab, 1, at(10)))
	_, changed, _ := again.Changes()
	require.False(t, changed)
}
