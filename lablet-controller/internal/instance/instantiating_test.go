package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
)

func TestTheLabGetsItsOwnPortsAndTitleAndTheSessionItsDevices(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceReady)
	require.Contains(t, w.cml.texts[0], `"serial:2000", "vnc:2001"`)
	require.Contains(t, w.cml.texts[0], `vnc:2002`)
	require.Contains(t, w.cml.texts[0], theID+"-1")
	require.NotContains(t, w.cml.texts[0], "5041", "a placeholder could be someone else's port")
	require.Equal(t, []lds.Device{
		{Label: "r1", Protocol: "vnc", Host: "192.0.2.9", Port: 2001}, {Label: "pc 1", Protocol: "vnc", Host: "192.0.2.9", Port: 2002},
	}, w.lds.devices, "one device a node, the better protocol")
	require.Equal(t, "lab-1", w.step(stepImport).Result[resultLab])
	require.Equal(t, readmodel.ConditionTrue, w.condition(conditionLDS).Status)
}

func TestALabThatWasImportedBeforeIsAdoptedAndItsTwinsGo(t *testing.T) {
	w := newWorld(t)
	w.at(lifecycle.InstanceInstantiating)
	w.instance.Finalizers = []readmodel.Finalizer{{Kind: readmodel.FinalizerLab, Attempt: 1, WorkerID: "w", Since: w.now}}
	w.cml.add(theID + "-1")
	w.cml.add(theID + "-1")
	w.cml.add("someone else's")
	w.untilStatus(lifecycle.InstanceReady)
	require.Zero(t, w.count("cml import"))
	require.Contains(t, w.cml.labs, "lab-1", "the oldest stays")
	require.NotContains(t, w.cml.labs, "lab-2")
	require.Contains(t, w.cml.labs, "lab-3")
}

func TestALabThatDoesNotComeUpIsImportedAgainAndThenGivenUp(t *testing.T) {
	w := newWorld(t)
	w.cml.stuck = true
	w.untilStatus(lifecycle.InstanceStopping)
	require.Equal(t, maxTries, w.cml.made)
	require.Equal(t, "lab_start_timeout", w.condition(conditionLab).Reason)
	require.Equal(t, maxTries-1, w.step(stepStart).Tries)
	w.until(w.settledDown)
	require.Empty(t, w.cml.labs)
}

func TestASecondTryMaySucceed(t *testing.T) {
	w := newWorld(t)
	w.cml.stuck = true
	w.until(func() bool { return w.step(stepStart).Tries == 1 })
	w.cml.stuck = false
	w.untilStatus(lifecycle.InstanceReady)
	require.Equal(t, 2, w.cml.made)
	require.Len(t, w.cml.labs, 1)
	require.Equal(t, readmodel.ConditionTrue, w.condition(conditionLab).Status, "the trouble is over")
}

func TestABadLabFileEndsTheAttemptAtOnce(t *testing.T) {
	w := newWorld(t)
	w.definition.TopologyHash, w.api.text = "", "lab: [\n"
	w.untilStatus(lifecycle.InstanceStopping)
	require.Zero(t, w.cml.made)
	require.Equal(t, "invalid_topology", w.condition(conditionLab).Reason)
	w.until(w.settledDown)
}

func TestAPortThatWasNotAllocatedIsNotImported(t *testing.T) {
	w := newWorld(t)
	w.instance.AllocatedPorts = w.instance.AllocatedPorts[:1]
	w.untilStatus(lifecycle.InstanceStopping)
	require.Zero(t, w.cml.made)
	require.Equal(t, "port_not_allocated", w.condition(conditionLab).Reason)
}

func TestALabFileThatIsNotTheDefinitionsIsNotUsed(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceInstantiating)
	w.definition.TopologyHash = "another"
	_, err := w.once()
	require.Equal(t, "topology_mismatch", failure.CodeOf(err))
	require.Zero(t, w.cml.made)
}

func TestAnImportThatCMLRefusesIsTriedThreeTimes(t *testing.T) {
	w := newWorld(t)
	w.cml.importErr = failure.New(failure.Invalid, "cml_invalid", "CML answered Bad Request to POST /import: unknown node definition")
	w.untilStatus(lifecycle.InstanceStopping)
	require.Equal(t, maxTries, w.count("cml import"))
	require.Equal(t, "import_refused", w.condition(conditionLab).Reason)
	require.Contains(t, w.condition(conditionLab).Message, "unknown node definition")
}

func TestALabDeletedByHandIsImportedAgain(t *testing.T) {
	for _, status := range []lifecycle.InstanceStatus{lifecycle.InstanceInstantiating, lifecycle.InstanceReady} {
		t.Run(string(status), func(t *testing.T) {
			w := newWorld(t)
			w.untilStatus(status)
			w.until(func() bool { return w.cml.made == 1 })
			delete(w.cml.labs, "lab-1")
			w.until(func() bool { return w.cml.made == 2 && w.cml.labs["lab-2"].lab.State == cmllabs.Started })
			f, _ := readmodel.FindFinalizer(w.instance.Finalizers, readmodel.FinalizerLab, 1)
			require.Equal(t, "lab-2", f.Ref)
			w.until(w.settledDown)
			require.Empty(t, w.cml.labs)
		})
	}
}

func TestWhileLDSIsDownTheInstanceWaitsAndIsNeverReady(t *testing.T) {
	w := newWorld(t)
	w.lds.down = true
	w.until(func() bool { return w.condition(conditionLDS).Status == readmodel.ConditionFalse })
	require.Equal(t, lifecycle.InstanceInstantiating, w.instance.Status)
	require.Equal(t, "lds_unavailable", w.condition(conditionLDS).Reason)

	w.lds.down = false
	w.untilStatus(lifecycle.InstanceReady)
	require.Equal(t, readmodel.ConditionTrue, w.condition(conditionLDS).Status)
	require.Len(t, w.lds.sessions, 1)
}

func TestASlotThatEndsBeforeTheLabIsReadyIsMissed(t *testing.T) {
	w := newWorld(t)
	w.lds.down = true
	w.untilStatus(lifecycle.InstanceStopping)
	require.Contains(t, w.api.reasons, "stopping:timeslot_missed")
	require.False(t, w.now.Before(*w.instance.TimeslotEnd))
	w.lds.down = false
	w.until(w.settledDown)
	require.Empty(t, w.cml.labs)
}

func TestWithoutAnLDSForTheRegionItSaysSo(t *testing.T) {
	w := newWorld(t)
	w.lds.none = true
	w.until(func() bool { return w.condition(conditionLDS).Reason == "not_configured" })
	require.Equal(t, lifecycle.InstanceInstantiating, w.instance.Status)
}

func TestAnUnclearSessionIsMadeAgainAndTheTwinReleased(t *testing.T) {
	w := newWorld(t)
	w.lds.unsure = true
	w.fault = func(_ int, call string) moment {
		if call == "lds create" && len(w.lds.sessions) == 0 {
			return after
		}
		return never
	}
	w.until(func() bool { return len(w.lds.sessions) == 2 })
	require.Contains(t, w.api.told, "LDS:unclear")
	w.lds.unsure = false
	w.until(w.settledDown)
	require.True(t, w.lds.sessions[0].released, "the one that was never told of is released when it is seen")
	require.True(t, w.lds.sessions[1].released)
}

func TestAnUnreachableWorkerIsToldAndWaitedFor(t *testing.T) {
	cases := []struct {
		reason string
		break_ func(w *world)
		code   string
	}{
		{"the connection fails", func(w *world) { w.cml.openErr = failure.New(failure.Unavailable, "cml_unavailable", "no answer") }, "cml_unavailable"},
		{"EC2 has not started it", func(w *world) { w.worker.Status = lifecycle.WorkerStarting }, "worker_not_running"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := newWorld(t).at(lifecycle.InstanceInstantiating)
			c.break_(w)
			_, err := w.once()
			require.Error(t, err, "it is tried again with back-off")
			require.Equal(t, c.code, w.condition(conditionLab).Reason)
			told := len(w.calls)
			_, _ = w.once()
			require.Len(t, w.calls, told, "the same is not told twice")
		})
	}
}

func TestWithoutAFormThereIsNoSession(t *testing.T) {
	w := newWorld(t).withoutLDS().at(lifecycle.InstanceReady)
	require.Zero(t, w.count("lds"))
	w.untilStatus(lifecycle.InstanceRunning)
	require.Contains(t, w.api.reasons, "running:no_lds")
	require.WithinDuration(t, *w.instance.TimeslotStart, w.now, time.Second)
	w.until(w.settledDown)
	require.Equal(t, "not_configured", w.api.score.Reason, "nobody can grade a lab without a form")
	require.NotEmpty(t, w.api.evidence)
}
