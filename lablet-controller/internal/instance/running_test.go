package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

func TestACandidateWhoDoesNotComeIsANoShow(t *testing.T) {
	w := newWorld(t)
	w.lds.idle = true
	w.untilStatus(lifecycle.InstanceStopping)
	require.Contains(t, w.api.reasons, "stopping:no_show")
	require.WithinDuration(t, *w.instance.TimeslotEnd, w.now, time.Second, "not a poll later")
	w.until(w.settledDown)
	require.Zero(t, w.end().sessions)
	require.Nil(t, w.api.score)
}

func TestASessionThatRanWhileNobodyLookedIsNoNoShow(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceReady)
	w.now = w.instance.TimeslotEnd.Add(time.Minute)
	w.until(w.settledDown)
	require.Contains(t, w.api.reasons, "running:session_started")
	require.NotNil(t, w.api.score.Score, "the work counts")
}

func TestAtTheEndOfTheSlotTheWorkIsCollected(t *testing.T) {
	w := newWorld(t)
	*w.instance.TimeslotEnd = w.now.Add(3 * time.Minute)
	w.untilStatus(lifecycle.InstanceCollecting)
	require.Contains(t, w.api.reasons, "collecting:timeslot_end")
	require.True(t, w.lds.sessions[0].finished, "the candidate is out before the work is taken")
}

func TestAnLDSThatIsDownAtTheEndIsWaitedForAWhile(t *testing.T) {
	w := newWorld(t)
	*w.instance.TimeslotEnd = w.now.Add(3 * time.Minute)
	w.untilStatus(lifecycle.InstanceRunning)
	w.lds.down = true
	w.untilStatus(lifecycle.InstanceCollecting)
	require.False(t, w.now.Before(w.instance.TimeslotEnd.Add(2*time.Minute)))
	w.lds.down = false
	w.until(w.settledDown)
}

func TestALabStoppedByHandIsStartedAgain(t *testing.T) {
	for _, status := range []lifecycle.InstanceStatus{lifecycle.InstanceReady, lifecycle.InstanceRunning} {
		t.Run(string(status), func(t *testing.T) {
			w := newWorld(t).at(status)
			w.cml.labs["lab-1"].lab.State = cmllabs.Stopped
			w.until(func() bool { return w.count("cml start") == 1 })
			require.Equal(t, status, w.instance.Status)
			require.Equal(t, 1, w.cml.made)
		})
	}
}

func TestALabDeletedDuringTheSessionIsLost(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceRunning)
	delete(w.cml.labs, "lab-1")
	w.until(w.settledDown)
	require.Contains(t, w.api.reasons, "stopping:lab_lost")
	require.Equal(t, "lab_lost", w.condition(conditionLab).Reason)
	require.Equal(t, 1, w.cml.made, "the candidate's work cannot be made again")
}

func TestTheLabIsKeptUpWhileLDSIsDown(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceRunning)
	w.lds.down = true
	w.cml.labs["lab-1"].lab.State = cmllabs.Stopped
	_, err := w.once()
	require.Error(t, err)
	require.Equal(t, 1, w.count("cml start"))
	require.Equal(t, "lds_unavailable", w.condition(conditionLDS).Reason)
}

func TestASessionThatLDSForgotIsToldAndTheSlotGoesOn(t *testing.T) {
	w := newWorld(t).at(lifecycle.InstanceRunning)
	w.lds.sessions = nil
	result, err := w.once()
	require.NoError(t, err)
	require.Positive(t, result.After)
	require.Equal(t, "session_gone", w.condition(conditionLDS).Reason)
	w.untilStatus(lifecycle.InstanceCollecting)
	require.Contains(t, w.api.reasons, "collecting:timeslot_end")
}

func TestWithNothingToCollectOrGradeItStops(t *testing.T) {
	cases := []struct {
		reason string
		change func(w *world)
	}{
		{"the definition wants neither", func(w *world) { w.definition.CollectionEnabled, w.definition.GradingEnabled = false, false }},
		{"nothing is configured", func(w *world) { w.evidence, w.grader = nil, nil }},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			w := newWorld(t)
			w.untilStatus(lifecycle.InstanceRunning)
			c.change(w)
			w.until(w.settledDown)
			require.NotContains(t, w.api.reasons, "collecting:user_finished")
			require.Equal(t, "not_configured", w.condition(conditionCollection).Reason)
		})
	}
}
