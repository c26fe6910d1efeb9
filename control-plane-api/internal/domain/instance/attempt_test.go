package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestRequeueRaisesTheAttemptAndClearsThePlacement(t *testing.T) {
	i := inState(t, lifecycle.InstanceReady)
	require.NoError(t, i.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerLab, Attempt: 1}, at(20)))
	require.NoError(t, i.RecordStep(Step{Name: "import", Attempt: 1, Status: readmodel.StepDone}, at(21)))
	i = fresh(i)
	require.NoError(t, i.Requeue("hold_refused", "full", at(22)))

	require.Equal(t, 2, i.Attempt)
	require.Equal(t, 2, i.NextAttempt(), "the next placement takes the number that the requeue raised to")
	require.Empty(t, i.WorkerID)
	require.Empty(t, i.Ports)
	require.Empty(t, i.LoginURL)
	require.Empty(t, i.CMLLabID)
	require.Equal(t, 1, i.Requeues)
	require.True(t, i.Needed(1), "the old lab may still exist, so its booking stays")
	require.True(t, i.AttemptOver(1))
	events, _, raises := i.Changes()
	require.Equal(t, []string{EventPortsReleased, EventRequeued}, types(events))
	require.True(t, raises)

	condition, ok := readmodel.FindCondition(i.Conditions, ConditionPlaced)
	require.True(t, ok)
	require.Equal(t, "hold_refused", condition.Reason)

	require.NoError(t, i.Schedule("w-2", nil, at(23)))
	require.Equal(t, 2, i.Attempt)
	require.NoError(t, i.DropFinalizer(readmodel.FinalizerLab, 1, at(24)))
	require.False(t, i.Needed(1))
	require.True(t, i.Needed(2))
}

func TestFirstPlacementIsAttemptOne(t *testing.T) {
	i := pending(t)
	require.Equal(t, 0, i.Attempt)
	require.Equal(t, 1, i.NextAttempt())
	require.NoError(t, i.Schedule("w-1", nil, at(1)))
	require.Equal(t, 1, i.Attempt)
	require.NoError(t, fresh(i).Schedule("w-1", nil, at(2)), "being there already is no change")
}

func TestLosingAWorker(t *testing.T) {
	for status, want := range map[lifecycle.InstanceStatus]lifecycle.InstanceStatus{
		lifecycle.InstancePending:       lifecycle.InstancePending,
		lifecycle.InstanceScheduled:     lifecycle.InstancePending,
		lifecycle.InstanceInstantiating: lifecycle.InstancePending,
		lifecycle.InstanceReady:         lifecycle.InstancePending,
		lifecycle.InstanceRunning:       lifecycle.InstanceTerminated,
		lifecycle.InstanceCollecting:    lifecycle.InstanceTerminated,
		lifecycle.InstanceGrading:       lifecycle.InstanceTerminated,
		lifecycle.InstanceStopping:      lifecycle.InstanceStopping,
		lifecycle.InstanceStopped:       lifecycle.InstanceStopped,
		lifecycle.InstanceArchived:      lifecycle.InstanceArchived,
		lifecycle.InstanceTerminated:    lifecycle.InstanceTerminated,
	} {
		t.Run(string(status), func(t *testing.T) {
			i := inState(t, status)
			require.NoError(t, i.LoseWorker(i.Attempt, at(30)))
			require.Equal(t, want, i.Status)
			if want != status {
				require.Equal(t, ReasonWorkerLost, i.StateHistory[len(i.StateHistory)-1].Reason)
			}
			require.Nil(t, i.Score)
		})
	}
}

func TestAWorkerIsLostThreeTimesAtMost(t *testing.T) {
	i := pending(t)
	for n := range MaxWorkersLost {
		require.NoError(t, i.Schedule("w", nil, at(0)))
		require.NoError(t, i.LoseWorker(i.Attempt, at(1)))
		require.Equal(t, lifecycle.InstancePending, i.Status, "loss %d", n+1)
	}
	require.NoError(t, i.Requeue("other", "", at(2)))
	require.NoError(t, i.Schedule("w", nil, at(3)))
	require.NoError(t, i.LoseWorker(i.Attempt-1, at(4)))
	require.Equal(t, lifecycle.InstanceScheduled, i.Status, "the worker of another attempt does not matter")
	require.NoError(t, i.LoseWorker(i.Attempt, at(5)))
	require.Equal(t, lifecycle.InstanceTerminated, i.Status)
}

func TestFinalizers(t *testing.T) {
	lab := readmodel.Finalizer{Kind: readmodel.FinalizerLab, Attempt: 1}
	i := inState(t, lifecycle.InstanceInstantiating)
	require.NoError(t, i.PutFinalizer(lab, at(20)))
	events, _, raises := i.Changes()
	require.Equal(t, []string{EventFinalizerPut}, types(events))
	require.False(t, raises, "nobody has to act on a finalizer")
	require.Equal(t, "w-1", i.Finalizers[0].WorkerID, "a lab is on the attempt's worker")

	again := fresh(i)
	require.NoError(t, again.PutFinalizer(lab, at(21)))
	_, changed, _ := again.Changes()
	require.False(t, changed)

	for _, c := range []struct {
		reason string
		f      readmodel.Finalizer
		code   string
	}{
		{"an attempt that never was", readmodel.Finalizer{Kind: readmodel.FinalizerLDS, Attempt: 2}, "attempt_over"},
		{"a worker's kind", readmodel.Finalizer{Kind: readmodel.FinalizerEC2, Attempt: 1}, "bad_finalizer"},
	} {
		require.Equal(t, c.code, failure.CodeOf(fresh(i).PutFinalizer(c.f, at(21))), c.reason)
	}

	require.NoError(t, i.Terminate(at(22)))
	require.False(t, i.Settled())
	require.Equal(t, "attempt_over", failure.CodeOf(i.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerLDS, Attempt: 1}, at(23))))
	lab.Ref = "lab-7"
	require.NoError(t, i.PutFinalizer(lab, at(23)), "the ref of what was made is always taken")
	require.Equal(t, "lab-7", i.Finalizers[0].Ref)
	require.NoError(t, i.DropFinalizer(readmodel.FinalizerLab, 1, at(24)))
	require.True(t, i.Settled())
	require.NoError(t, i.DropFinalizer(readmodel.FinalizerLab, 1, at(25)))
}

func TestArchivedEndsByItself(t *testing.T) {
	i := inState(t, lifecycle.InstanceArchived)
	i.Finalizers = []readmodel.Finalizer{{Kind: readmodel.FinalizerLDS, Attempt: 1}}
	require.NoError(t, i.Complete(0, at(20)))
	require.Equal(t, lifecycle.InstanceArchived, i.Status, "something is left outside")
	require.NoError(t, i.DropFinalizer(readmodel.FinalizerLDS, 1, at(21)))
	require.NoError(t, i.Complete(time.Hour, at(21)))
	require.Equal(t, lifecycle.InstanceArchived, i.Status, "it is held")
	require.NoError(t, i.Complete(time.Hour, at(2*time.Hour)))
	require.Equal(t, lifecycle.InstanceTerminated, i.Status)
	require.Equal(t, ReasonCompleted, i.StateHistory[len(i.StateHistory)-1].Reason)
}

func TestMissingASlot(t *testing.T) {
	for _, status := range lifecycle.Instances().Statuses() {
		i := inState(t, status)
		require.NoError(t, i.Miss(5*time.Minute, at(2*time.Hour+5*time.Minute)))
		require.Equal(t, status, i.Status, "the grace is not over")
		require.NoError(t, i.Miss(5*time.Minute, at(2*time.Hour+6*time.Minute)))
		if status == lifecycle.InstancePending || status == lifecycle.InstanceScheduled {
			require.Equal(t, lifecycle.InstanceTerminated, i.Status)
		} else {
			require.Equal(t, status, i.Status)
		}
	}
}
