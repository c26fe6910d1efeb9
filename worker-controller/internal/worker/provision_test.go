package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestLaunchFailures(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		reason string
		status lifecycle.WorkerStatus
		least  time.Duration
	}{
		{"no capacity", failure.New(failure.Unavailable, CodeEC2Capacity, "no room"), "it comes back by itself, so it is no failure", lifecycle.WorkerProvisioning, 12 * time.Second},
		{"quota", failure.New(failure.Quota, CodeEC2Quota, "limit"), "only a person can raise it, so it is asked for seldom", lifecycle.WorkerProvisioning, 4 * time.Minute},
		{"throttled", failure.New(failure.Throttled, CodeEC2Throttled, "slow"), "soon again", lifecycle.WorkerProvisioning, 4 * time.Second},
		{"credentials", failure.New(failure.Unauthenticated, CodeEC2Credentials, "refused"), "an operator changes them, workers stay", lifecycle.WorkerProvisioning, 40 * time.Second},
		{"bad request", failure.New(failure.Invalid, CodeEC2BadRequest, "no such subnet"), "the same order will never pass", lifecycle.WorkerFailed, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.fuse.fail("Launch", test.err)
			w.until("refused", func() bool { return reasonOf(w.api.w, ConditionProvisioned) == failure.CodeOf(test.err) })
			require.Equal(t, test.status, w.api.w.Status, test.reason)
			c := w.condition(ConditionProvisioned)
			require.Equal(t, sentence(test.err), c.Message)
			if test.status == lifecycle.WorkerFailed {
				w.until("let go", func() bool { return len(w.api.w.Finalizers) == 0 })
				require.Empty(t, w.ec2.machines)
				return
			}
			require.Equal(t, 1, c.Attempts)
			require.GreaterOrEqual(t, c.NextTry.Sub(c.Since), test.least)
			w.restart() // the pause outlives the process
			w.untilLicensed()
			require.Equal(t, 2, w.fuse.count("Launch"))
			require.Len(t, w.ec2.machines, 1)
		})
	}
}

func TestCapacityIsWaitedForLongerThanABootMayTake(t *testing.T) {
	w := newWorld(t)
	for range 40 {
		w.fuse.fail("Launch", failure.New(failure.Unavailable, CodeEC2Capacity, "no room"))
	}
	w.run(2 * time.Hour)
	require.Equal(t, lifecycle.WorkerProvisioning, w.api.w.Status)
	require.Greater(t, w.condition(ConditionProvisioned).Attempts, 5, "attempts are counted on")
	require.Less(t, w.fuse.count("Launch"), 41, "with growing pauses")
	w.fuse.errs = nil
	w.untilLicensed()
	require.Equal(t, 1, w.api.attempts, "one intent all along")
}

func TestAMachineIsAdoptedByItsTag(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.WorkerProvisioning)
	w.ec2.add(LaunchOrder{WorkerID: "w1", Launch: *w.api.w.Launch})
	w.untilStatus(lifecycle.WorkerRunning)
	require.Zero(t, w.fuse.count("Launch"))
	require.Equal(t, "i-1", w.api.w.EC2InstanceID)
}

func TestOfTwoMachinesTheOldestStays(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.WorkerProvisioning)
	w.ec2.add(LaunchOrder{WorkerID: "w1", Launch: *w.api.w.Launch})
	w.at = w.at.Add(time.Second)
	w.ec2.add(LaunchOrder{WorkerID: "w1", Launch: *w.api.w.Launch})
	w.untilStatus(lifecycle.WorkerRunning)
	require.Equal(t, "i-1", w.api.w.EC2InstanceID)
	require.Equal(t, 1, w.ec2.living())
}

func TestAMachineThatDoesNotShowIsNotGone(t *testing.T) {
	w := newWorld(t)
	w.ec2.hidden = 4 * time.Minute
	w.untilStatus(lifecycle.WorkerRunning)
	require.Len(t, w.ec2.machines, 1)
}

func TestEndingWaitsForALaunchThatMayStillShow(t *testing.T) {
	w := newWorld(t)
	w.ec2.hidden = 3 * time.Minute
	// The launch takes effect and its answer is lost with the process.
	w.until("about to launch", func() bool {
		return reasonOf(w.api.w, ConditionProvisioned) == "" && w.api.w.Status == lifecycle.WorkerProvisioning
	})
	w.fuse.at, w.fuse.after, w.fuse.kill = len(w.fuse.names)+3, true, true
	w.until("launched", func() bool { return len(w.ec2.machines) == 1 })
	require.Empty(t, w.api.w.EC2InstanceID)
	w.api.want(lifecycle.WorkerTerminated)
	w.untilGone()
	require.Zero(t, w.ec2.living(), "it was not forgotten while EC2 did not show it")
}

func TestBootTimeouts(t *testing.T) {
	t.Run("machine", func(t *testing.T) {
		w := newWorld(t)
		w.untilStatus(lifecycle.WorkerProvisioning)
		w.until("launched", func() bool { return len(w.ec2.machines) == 1 })
		stuck := w.ec2.machines[0]
		w.until("failed", func() bool {
			if stuck.State == MachinePending {
				stuck.since = w.at // it never comes up
			}
			return w.api.w.Status == lifecycle.WorkerFailed
		})
		require.Equal(t, "boot_timeout", w.condition(ConditionProvisioned).Reason)
		w.until("cleaned up", func() bool { return len(w.api.w.Finalizers) == 0 })
		require.Zero(t, w.ec2.living(), "a failed worker keeps no machine")
		w.api.want(lifecycle.WorkerTerminated)
		w.untilGone()
	})
	t.Run("CML", func(t *testing.T) {
		w := newWorld(t)
		w.cml.never = true
		w.untilStatus(lifecycle.WorkerFailed)
		require.Equal(t, "cml_boot_timeout", w.condition(ConditionCMLReady).Reason)
		w.until("cleaned up", func() bool { return len(w.api.w.Finalizers) == 0 })
		require.Zero(t, w.ec2.living())
	})
}

func TestEC2EndsTheMachineWhileItBoots(t *testing.T) {
	end := func(w *world, code string) {
		w.until("launched", func() bool { return w.api.w.EC2InstanceID != "" })
		m := w.ec2.machines[0]
		m.State, m.since, m.ReasonCode, m.Reason = MachineShuttingDown, w.at, code, code+": told"
	}
	t.Run("for want of capacity", func(t *testing.T) {
		w := newWorld(t)
		end(w, "Server.InsufficientInstanceCapacity")
		w.untilLicensed()
		require.Equal(t, 2, w.api.attempts, "another attempt, since the first machine was seen gone")
		require.Len(t, w.ec2.machines, 2)
		require.Equal(t, 1, w.ec2.living())
		require.NotContains(t, w.api.history, lifecycle.WorkerFailed)
	})
	t.Run("for another reason", func(t *testing.T) {
		w := newWorld(t)
		end(w, "Client.InvalidSnapshot.NotFound")
		w.untilStatus(lifecycle.WorkerFailed)
		require.Contains(t, w.condition(ConditionProvisioned).Message, "InvalidSnapshot")
		w.until("cleaned up", func() bool { return len(w.api.w.Finalizers) == 0 })
	})
}

func TestWhatKeepsALaunchFromBeingPlanned(t *testing.T) {
	for _, test := range []struct {
		name, want string
		change     func(*world)
	}{
		{"unknown region", "region_not_configured", func(w *world) { w.api.w.AWSRegion = "eu-north-1" }},
		{"no image", CodeEC2NotFound, func(w *world) { w.ec2.images = nil }},
		{"no pattern", "no_image", func(w *world) { w.api.w.AMINamePattern = "" }},
		{"not wanted", "not_wanted", func(w *world) { w.api.w.DesiredStatus = lifecycle.WorkerStopped }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.change(w)
			w.run(10 * time.Minute)
			require.Equal(t, test.want, w.condition(ConditionProvisioned).Reason)
			require.Equal(t, lifecycle.WorkerPending, w.api.w.Status, "an operator can put it right")
			require.Less(t, len(w.fuse.names), 60)
			w.api.want(lifecycle.WorkerTerminated)
			w.untilGone()
		})
	}
}

func TestAChangedWorkerIsDecidedOnAnew(t *testing.T) {
	w := newWorld(t)
	w.fuse.fail("PlanLaunch", failure.New(failure.Precondition, "generation_changed", "changed"))
	w.step()
	require.Equal(t, lifecycle.WorkerPending, w.api.w.Status)
	w.untilLicensed()
}

func TestAnOldLeaderLaunchesNothing(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.WorkerProvisioning)
	w.fuse.fail("Conditions", failure.New(failure.StaleTerm, "stale_term", "another leads"))
	_, err := w.under.Reconcile(t.Context(), "w1")
	require.True(t, failure.Is(err, failure.StaleTerm), "so that leadership is given up")
	require.Empty(t, w.ec2.machines)
}

func TestFindPicksByAttempt(t *testing.T) {
	launch := &readmodel.Launch{Attempt: 2}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, reason string
		all          []Machine
		id           string
		strays       int
	}{
		{"nothing", "", nil, "", 0},
		{"an old attempt's", "attempt 1 was seen gone before attempt 2 began", []Machine{{ID: "a", Attempt: 1, State: MachineRunning}}, "", 1},
		{"old and present", "", []Machine{{ID: "a", Attempt: 1, State: MachineTerminated}, {ID: "b", Attempt: 2, State: MachinePending}}, "b", 0},
		{"dead and alive", "the one that is alive counts", []Machine{{ID: "a", Attempt: 2, State: MachineTerminated}, {ID: "b", Attempt: 2, State: MachineRunning, LaunchedAt: at}}, "b", 0},
		{"two alive", "the oldest counts", []Machine{{ID: "b", Attempt: 2, State: MachineRunning, LaunchedAt: at.Add(1)}, {ID: "a", Attempt: 2, State: MachineRunning, LaunchedAt: at}}, "a", 1},
		{"without an attempt", "tagged by hand", []Machine{{ID: "a", State: MachineRunning}}, "a", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := pick(test.all, launch)
			require.Equal(t, test.id, s.machine.ID, test.reason)
			require.Equal(t, test.id != "", s.seen)
			require.Len(t, s.strays, test.strays)
		})
	}
}
