package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestStopAndStartRefreshTheAddress(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.api.want(lifecycle.WorkerStopped)
	w.untilStatus(lifecycle.WorkerStopped)
	require.Equal(t, MachineStopped, w.machine().State)
	calls := len(w.fuse.names)
	w.run(10 * time.Minute)
	require.Less(t, len(w.fuse.names)-calls, 12, "a stopped worker rests")

	w.api.want(lifecycle.WorkerRunning)
	w.until("ready", w.licensed)
	require.Equal(t, "203.0.113.1", w.api.w.PublicIP, "EC2 gave another public address")
	require.Equal(t, 1, w.cml.taken, "the licence is still there")
}

func TestNothingIsStoppedUnderALab(t *testing.T) {
	for _, wanted := range []lifecycle.WorkerStatus{lifecycle.WorkerStopped, lifecycle.WorkerTerminated} {
		for _, status := range []lifecycle.WorkerStatus{lifecycle.WorkerRunning, lifecycle.WorkerDraining} {
			t.Run(string(status)+" wanted "+string(wanted), func(t *testing.T) {
				w := newWorld(t)
				w.untilLicensed()
				w.api.w.Status, w.api.inUse = status, true
				w.api.want(wanted)
				w.run(20 * time.Minute)
				require.Equal(t, MachineRunning, w.machine().State)
				require.Equal(t, status, w.api.w.Status)
				kind := map[lifecycle.WorkerStatus]string{lifecycle.WorkerStopped: ConditionPower, lifecycle.WorkerTerminated: ConditionTerminated}[wanted]
				require.Equal(t, "worker_in_use", w.condition(kind).Reason)
				w.api.inUse = false
				w.untilStatus(wanted)
			})
		}
	}
}

func TestStartWaitsForCapacity(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.api.want(lifecycle.WorkerStopped)
	w.untilStatus(lifecycle.WorkerStopped)
	for range 20 {
		w.fuse.fail("Start", failure.New(failure.Unavailable, CodeEC2Capacity, "no room"))
	}
	w.api.want(lifecycle.WorkerRunning)
	w.run(40 * time.Minute)
	require.Equal(t, lifecycle.WorkerStarting, w.api.w.Status, "no false failure")
	require.Equal(t, CodeEC2Capacity, w.condition(ConditionPower).Reason)
	w.step()
	w.at = w.condition(ConditionPower).NextTry.Add(-time.Second)
	w.restart()
	tries := w.fuse.count("Start")
	w.step()
	require.Equal(t, tries, w.fuse.count("Start"), "the pause outlives the process")
	w.fuse.errs = nil
	w.until("ready", w.licensed)
}

func TestASecondThoughtWhileStarting(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.api.want(lifecycle.WorkerStopped)
	w.untilStatus(lifecycle.WorkerStopped)
	w.fuse.fail("Start", failure.New(failure.Unavailable, CodeEC2Capacity, "no room"))
	w.api.want(lifecycle.WorkerRunning)
	w.until("refused", func() bool { return reasonOf(w.api.w, ConditionPower) == CodeEC2Capacity })
	w.api.want(lifecycle.WorkerStopped)
	w.untilStatus(lifecycle.WorkerStopped)
	require.Zero(t, w.machine().started)
}

func TestWhatHappensBehindOurBack(t *testing.T) {
	t.Run("stopped", func(t *testing.T) {
		w := newWorld(t)
		w.untilLicensed()
		m := w.machine()
		m.State, m.since, m.Reason = MachineStopping, w.at, "Client.UserInitiatedShutdown"
		w.untilStatus(lifecycle.WorkerStopping)
		w.until("ready again", w.licensed)
		require.Equal(t, 1, m.started, "it is wanted running, so it is started")
	})
	t.Run("terminated", func(t *testing.T) {
		w := newWorld(t)
		w.untilLicensed()
		m := w.machine()
		m.State, m.since = MachineShuttingDown, w.at
		w.untilGone()
		require.Equal(t, reasonSeatLost, w.condition(ConditionLicenseReturned).Reason, "the seat must be freed by hand, which is told")
	})
	t.Run("forgotten", func(t *testing.T) {
		w := newWorld(t)
		w.untilLicensed()
		w.run(10 * time.Minute)
		w.ec2.machines = nil
		w.untilGone()
	})
	t.Run("started", func(t *testing.T) {
		w := newWorld(t)
		w.untilLicensed()
		w.api.want(lifecycle.WorkerStopped)
		w.untilStatus(lifecycle.WorkerStopped)
		m := w.machine()
		m.State, m.since = MachineRunning, w.at
		w.untilStatus(lifecycle.WorkerRunning)
		w.untilStatus(lifecycle.WorkerStopped)
	})
	t.Run("another address", func(t *testing.T) {
		w := newWorld(t)
		w.untilLicensed()
		w.machine().PublicIP = "203.0.113.77"
		w.until("seen", func() bool { return w.api.w.PublicIP == "203.0.113.77" })
	})
	t.Run("unknown", func(t *testing.T) {
		w := newWorld(t)
		w.untilLicensed()
		w.api.w.Status = lifecycle.WorkerUnknown
		w.untilStatus(lifecycle.WorkerRunning)
	})
}

func TestEC2CannotBeAsked(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.fuse.fail("Describe", failure.New(failure.Unauthenticated, CodeEC2Credentials, "refused"))
	w.until("told", func() bool { return reasonOf(w.api.w, ConditionEC2) == CodeEC2Credentials })
	require.Equal(t, lifecycle.WorkerRunning, w.api.w.Status)
	w.until("well again", func() bool { return reasonOf(w.api.w, ConditionEC2) == "" })
	require.Equal(t, readmodel.ConditionTrue, w.condition(ConditionEC2).Status)
}

func TestEndFromEveryStatus(t *testing.T) {
	for _, status := range []lifecycle.WorkerStatus{
		lifecycle.WorkerPending, lifecycle.WorkerProvisioning, lifecycle.WorkerRunning, lifecycle.WorkerStopping, lifecycle.WorkerStopped, lifecycle.WorkerStarting,
	} {
		t.Run(string(status), func(t *testing.T) {
			w := newWorld(t)
			switch status {
			case lifecycle.WorkerStopping, lifecycle.WorkerStopped:
				w.untilLicensed()
				w.api.want(lifecycle.WorkerStopped)
			case lifecycle.WorkerStarting:
				w.untilLicensed()
				w.api.want(lifecycle.WorkerStopped)
				w.untilStatus(lifecycle.WorkerStopped)
				w.api.want(lifecycle.WorkerRunning)
			}
			w.untilStatus(status)
			w.api.want(lifecycle.WorkerTerminated)
			w.untilGone()
			require.Zero(t, w.ec2.living())
			require.Empty(t, w.cml.seats, "a stopped machine is started once more to give back its licence")
		})
	}
}

func TestATerminatedWorkerWithFinalizersIsStillCleaned(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.api.move(lifecycle.WorkerTerminated)
	w.untilGone()
	require.Equal(t, MachineTerminated, w.machine().State)
}

func TestEndProtection(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.fuse.fail("Terminate", failure.New(failure.Conflict, CodeEC2State, "protected"))
	w.api.want(lifecycle.WorkerTerminated)
	w.until("told", func() bool { return reasonOf(w.api.w, ConditionTerminated) == CodeEC2State })
	w.untilGone()
}
