package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func terminated(t *testing.T) *world {
	w := newWorld(t).at(lifecycle.InstanceReady)
	w.instance.Status = lifecycle.InstanceTerminated
	w.instance.Generation++
	return w
}

func TestALabGoesWithItsWorker(t *testing.T) {
	cases := []struct {
		reason string
		change func(w *world)
	}{
		{"the worker is terminated", func(w *world) { w.worker.Status = lifecycle.WorkerTerminated }},
		{"the worker is not known any more, by the API either", func(w *world) { w.worker.ID = "another" }},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := terminated(t)
			c.change(w)
			w.until(w.settledDown)
			require.Zero(t, w.count("cml"))
			require.Zero(t, w.end().sessions, "LDS is somewhere else")
		})
	}
}

func TestAWorkerThatTheCacheDoesNotShowIsAskedFor(t *testing.T) {
	w := terminated(t)
	r := w.reconciler()
	r.Workers = source[readmodel.Worker]{func(string) (readmodel.Worker, bool) { return readmodel.Worker{}, false }}
	for range 20 {
		w.now = w.now.Add(2 * time.Second)
		_, err := r.Reconcile(t.Context(), theID)
		require.NoError(t, err)
	}
	require.Empty(t, w.cml.labs, "an empty cache proves nothing: the lab is removed")
	require.True(t, w.settledDown())
}

func TestALabOnAStoppedWorkerIsKeptInMind(t *testing.T) {
	w := terminated(t)
	w.worker.Status = lifecycle.WorkerStopped
	result, err := w.once()
	require.NoError(t, err)
	require.Equal(t, workerDownAgain, result.After)
	require.Equal(t, "worker_not_running", w.condition(conditionCleanup).Reason)
	require.Len(t, w.instance.Finalizers, 1, "the session is released meanwhile")
	w.worker.Status = lifecycle.WorkerRunning
	w.until(w.settledDown)
	require.Empty(t, w.cml.labs)
	require.Equal(t, readmodel.ConditionTrue, w.condition(conditionCleanup).Status)
}

func TestAnLDSThatIsDownKeepsOnlyItsFinalizer(t *testing.T) {
	w := terminated(t)
	w.lds.down = true
	w.until(func() bool { return len(w.instance.Finalizers) == 1 })
	require.Equal(t, readmodel.FinalizerLDS, w.instance.Finalizers[0].Kind)
	require.Empty(t, w.cml.labs)
	require.Equal(t, "lds_unavailable", w.condition(conditionCleanup).Reason)
	w.lds.down = false
	w.until(w.settledDown)
}

func TestAnIntentWithoutAResultIsGivenTimeToSettle(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceInstantiating)
	since := w.now
	w.instance.Finalizers = []readmodel.Finalizer{{Kind: readmodel.FinalizerLab, Attempt: 1, WorkerID: "w", Since: since}}
	w.instance.Status = lifecycle.InstanceTerminated
	result, err := w.once()
	require.NoError(t, err)
	require.Positive(t, result.After)
	require.Len(t, w.instance.Finalizers, 1, "a former leader's import may still be on its way")
	w.cml.add(theID + "-1")
	w.until(w.settledDown)
	require.Empty(t, w.cml.labs)
	require.False(t, w.now.Before(since.Add(10*time.Second)))
}

func TestAUsersStopKeepsEverythingUntilTheSlotIsOver(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceReady)
	w.instance.Status, w.instance.DesiredStatus = lifecycle.InstanceStopped, lifecycle.InstanceStopped
	result, err := w.once()
	require.NoError(t, err)
	require.Equal(t, w.instance.TimeslotEnd.Sub(w.now), result.After)
	require.Len(t, w.instance.Finalizers, 2)
	w.until(w.settledDown)
	require.Empty(t, w.cml.labs)
}

func TestAUsersStopPausesAndResumeGoesOn(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceRunning)
	w.instance.Status, w.instance.DesiredStatus = lifecycle.InstanceStopping, lifecycle.InstanceStopped
	w.untilStatus(lifecycle.InstanceStopped)
	require.True(t, w.lds.paused)
	_, err := w.once()
	require.NoError(t, err)
	require.Len(t, w.instance.Finalizers, 2, "lab and session are kept")

	w.instance.DesiredStatus = lifecycle.InstanceRunning
	w.untilStatus(lifecycle.InstanceRunning)
	require.False(t, w.lds.paused)
	require.Len(t, w.cml.labs, 1)
	require.Equal(t, 1, w.count("lds resume"))
}

func TestStoppingWithAWorkerThatIsDownGoesOn(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceStopping)
	w.worker.Status = lifecycle.WorkerStopped
	w.untilStatus(lifecycle.InstanceStopped)
	require.Zero(t, w.count("cml"))
}

func TestEveryStatusHasAHandler(t *testing.T) {
	for _, status := range lifecycle.Instances().Statuses() {
		w := newWorld(t)
		w.instance.Status = status
		_, err := w.once()
		require.NotContains(t, errorText(err), "unknown status", status)
	}
	w := newWorld(t)
	w.instance.Status = "odd"
	_, err := w.once()
	require.ErrorContains(t, err, "unknown status")
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
