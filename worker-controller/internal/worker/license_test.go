package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

func TestRegistrationFailures(t *testing.T) {
	for _, test := range []struct {
		name, code string
		breakIt    func(*world)
	}{
		{"the licence server says no", "cml_registration_failed: CML could not register: no seat left", func(w *world) { w.cml.failure = "no seat left" }},
		{"not authorised", "license_not_authorized", func(w *world) { w.cml.unauthorized = true }},
		{"CML refuses", "cml_forbidden", func(w *world) {
			w.fuse.fail("Register", failure.New(failure.Forbidden, "cml_forbidden", "no right"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.breakIt(w)
			w.until("failed", func() bool { return w.api.w.License.Attempts == 1 })
			require.Contains(t, w.api.w.License.LastError, test.code)
			require.False(t, w.api.w.License.InProgress)
			w.cml.failure, w.cml.unauthorized = "", false
			w.untilLicensed()
			require.LessOrEqual(t, w.cml.taken, 1)
		})
	}
}

func TestAFailedRegistrationDoesNotSpin(t *testing.T) {
	w := newWorld(t)
	w.cml.failure = "expired token"
	w.until("given up", func() bool { return w.api.w.License.Attempts == 5 })
	w.run(3 * time.Hour)
	require.Equal(t, 5, w.cml.posts)
}

func TestNoSeat(t *testing.T) {
	w := newWorld(t)
	w.api.noSeat = true
	w.until("told", func() bool { return reasonOf(w.api.w, "Licensed") == "no_seat" })
	fetched := w.fuse.count("LicenseToken")
	w.run(5 * time.Minute)
	require.LessOrEqual(t, w.fuse.count("LicenseToken")-fetched, 6, "as often as the API says")
	require.Zero(t, w.cml.posts)
	require.Empty(t, finalizersOf(w.api.w, readmodel.FinalizerLicense), "nothing was taken")
	w.api.noSeat = false
	w.untilLicensed()
}

func TestRegisterAgainOnDemand(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.api.w.License.PendingOperation, w.api.w.License.Reregister = lifecycle.LicenseRegister, true
	w.api.raise()
	w.until("done", func() bool { return w.api.w.License.PendingOperation == "" })
	require.Equal(t, 2, w.cml.posts)
	require.Equal(t, 1, w.cml.taken)
}

func TestDeregisterOnDemand(t *testing.T) {
	ask := func(w *world) {
		w.untilLicensed()
		w.api.w.License.PendingOperation = lifecycle.LicenseDeregister
		w.api.raise()
	}
	t.Run("done", func(t *testing.T) {
		w := newWorld(t)
		ask(w)
		w.until("done", func() bool { return w.api.w.License.PendingOperation == "" })
		require.Empty(t, w.cml.seats)
		require.Empty(t, finalizersOf(w.api.w, readmodel.FinalizerLicense))
		require.Equal(t, lifecycle.LicenseUnregistered, w.api.w.License.Status)
		require.Equal(t, lifecycle.WorkerRunning, w.api.w.Status)
	})
	t.Run("refused while nodes run", func(t *testing.T) {
		w := newWorld(t)
		w.cml.nodes = 3
		ask(w)
		w.until("failed", func() bool { return w.api.w.License.Attempts == 1 })
		require.Contains(t, w.api.w.License.LastError, "nodes are running")
		require.Len(t, w.cml.seats, 1)
	})
	t.Run("answer lost", func(t *testing.T) {
		w := newWorld(t)
		ask(w)
		w.fuse.fail("Deregister", down(), down())
		w.until("done", func() bool { return w.api.w.License.PendingOperation == "" })
		require.Zero(t, w.fuse.count("FailDeregistration"))
	})
}

func TestTheEndWaitsForNodesThenForNothing(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.cml.nodes = 2
	w.api.want(lifecycle.WorkerTerminated)
	w.run(10 * time.Minute)
	require.Equal(t, MachineRunning, w.machine().State, "no end before the licence is back")
	require.Contains(t, w.condition(ConditionLicenseReturned).Message, "2 nodes")
	w.cml.nodes = 0
	w.untilGone()
	require.Empty(t, w.cml.seats)
}

func TestALicenceThatCannotBeReturnedIsGivenUp(t *testing.T) {
	for _, test := range []struct {
		name    string
		breakIt func(*world)
	}{
		{"CML is dead", func(w *world) { w.api.w.TLSPin = "pin-of-another" }},
		{"nodes never stop", func(w *world) { w.cml.nodes = 1 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.untilLicensed()
			test.breakIt(w)
			begun := w.at
			w.api.want(lifecycle.WorkerTerminated)
			w.run(20 * time.Minute)
			w.restart() // the wait outlives the process
			w.untilGone()
			require.Equal(t, reasonSeatLost, w.condition(ConditionLicenseReturned).Reason)
			require.WithinDuration(t, begun.Add(30*time.Minute), w.at, 5*time.Minute)
			require.Zero(t, w.ec2.living())
		})
	}
}

func TestASeatThatTheLicenceServerKeepsIsTold(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	w.cml.local = true
	w.api.want(lifecycle.WorkerTerminated)
	w.untilGone()
	require.Equal(t, reasonSeatLost, w.condition(ConditionLicenseReturned).Reason)
	require.Contains(t, w.condition(ConditionLicenseReturned).Message, "by hand")
}

func TestEndWhileARegistrationIsUnderWay(t *testing.T) {
	for _, failing := range []string{"", "no seat left"} {
		t.Run("outcome "+failing, func(t *testing.T) {
			w := newWorld(t)
			w.cml.failure = failing
			w.until("registering", func() bool { return w.cml.posts == 1 })
			w.api.want(lifecycle.WorkerTerminated)
			w.untilGone()
			require.Empty(t, w.cml.seats)
		})
	}
}

func TestARegistrationThatArrivesLateIsGivenBack(t *testing.T) {
	w := newWorld(t)
	w.fuse.fail("Register", down())
	w.until("sent", func() bool { return w.fuse.count("Register") == 1 })
	w.api.want(lifecycle.WorkerTerminated)
	w.until("waits", func() bool { return reasonOf(w.api.w, ConditionLicenseReturned) == reasonReturning })
	client, err := w.cml.connect(Contact{Address: w.machine().PublicIP, Pin: w.api.w.TLSPin})
	require.NoError(t, err)
	require.NoError(t, client.Register(t.Context(), secret.New(goodToken), false), "what the caller gave up arrives after all")
	w.untilGone()
	require.Empty(t, w.cml.seats)
	require.Equal(t, 1, w.cml.taken)
}

func TestEveryConditionIsASentence(t *testing.T) {
	w := newWorld(t)
	wholeLife(w)
	for _, c := range w.api.w.Conditions {
		require.NotEmpty(t, c.Reason)
		require.Regexp(t, `^[A-Z].*\.$`, c.Message, c.Type)
	}
}
