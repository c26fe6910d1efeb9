package worker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestLaunchIsAnIntent(t *testing.T) {
	for _, status := range lifecycle.Workers().Statuses() {
		w := newWorker()
		w.Status = status
		err := w.PlanLaunch(launch, at(1))
		if status == lifecycle.WorkerPending || status == lifecycle.WorkerFailed {
			require.NoError(t, err, status)
			require.Equal(t, lifecycle.WorkerProvisioning, w.Status)
			require.Contains(t, types(w), EventLaunchPlanned)
			require.Equal(t, w.ID+"-1", w.Launch.ClientToken)
			require.Equal(t, []readmodel.Finalizer{{Kind: readmodel.FinalizerEC2, Attempt: 1, Since: noon.Add(1)}}, w.Finalizers)
			require.Zero(t, w.Jumps, "a retry goes by way of pending")
			again := fresh(w)
			require.NoError(t, again.PlanLaunch(launch, at(2)))
			_, changed, _ := again.Changes()
			require.False(t, changed, "the same launch again is no change")
		} else {
			require.Equal(t, "invalid_transition", failure.CodeOf(err), status)
		}
	}
}

func TestANewAttemptWaitsUntilTheLastMachineIsGone(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.PinCertificate(strings.Repeat("a", 64), at(4)))
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerFailed}, at(5)))
	require.Equal(t, "invalid_transition", failure.CodeOf(w.PlanLaunch(launch, at(6))))
	require.NoError(t, w.DropFinalizer(readmodel.FinalizerEC2, 1, at(7)))
	require.NoError(t, w.PlanLaunch(launch, at(8)))
	require.Equal(t, 2, w.Launch.Attempt)
	require.Equal(t, w.ID+"-2", w.Launch.ClientToken)
	require.Empty(t, w.TLSPin, "another machine has another certificate")
	require.Empty(t, w.EC2InstanceID)
	require.Equal(t, lifecycle.LicenseUnregistered, w.License.Status)

	unwanted := newWorker()
	require.NoError(t, unwanted.Want(lifecycle.WorkerTerminated, false, boot, at(1)))
	require.Equal(t, "worker_not_wanted", failure.CodeOf(unwanted.PlanLaunch(launch, at(2))))
}

func TestClientTokenFitsEC2(t *testing.T) {
	long := strings.Repeat("x", 70)
	require.LessOrEqual(t, len(clientToken(long, 1)), 64)
	require.NotEqual(t, clientToken(long, 1), clientToken(long, 2))
}

func TestCertificateIsPinnedOnce(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.PinCertificate("a", at(5)))
	require.Equal(t, []string{EventCertificatePinned}, types(w))
	w = fresh(w)
	require.NoError(t, w.PinCertificate("a", at(6)))
	_, changed, _ := w.Changes()
	require.False(t, changed)
	require.Equal(t, "certificate_pinned", failure.CodeOf(w.PinCertificate("b", at(7))))
}

func TestWorkerFinalizersAndConditions(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerLicense}, at(5)))
	require.NoError(t, w.SetConditions([]readmodel.Condition{{Type: "EC2", Status: readmodel.ConditionFalse, Reason: "quota"}}, at(5)))
	require.Equal(t, []string{EventFinalizerPut, EventConditionsUpdated}, types(w))
	_, _, raises := w.Changes()
	require.False(t, raises)
	require.Equal(t, "bad_finalizer", failure.CodeOf(w.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerLab}, at(6))))
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerTerminated}, at(7)))
	require.Equal(t, "attempt_over", failure.CodeOf(w.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerEC2, Attempt: 2}, at(8))))
	require.NoError(t, w.PutFinalizer(readmodel.Finalizer{Kind: readmodel.FinalizerEC2, Attempt: 1, Ref: "i-1"}, at(8)))
}
