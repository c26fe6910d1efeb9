package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

func TestBookHoldExtendRelease(t *testing.T) {
	w := ready(t)
	holder := booking.Holder{InstanceID: "a", Attempt: 1}
	refusals := w.BookEach([]booking.Request{request("a", 6, 0, time.Hour), request("b", 6, 0, time.Hour), request("c", 4, 0, time.Hour)}, 0, at(5))
	require.Nil(t, refusals[0])
	require.Equal(t, booking.InsufficientCPU, refusals[1].Code)
	require.Nil(t, refusals[2], "a refusal does not keep the next one out")
	require.Equal(t, []string{EventInstanceAssigned, EventPortsAllocated, EventInstanceAssigned, EventPortsAllocated}, types(w))
	_, _, raises := w.Changes()
	require.False(t, raises, "a booking made raises no generation")

	w = fresh(w)
	require.Nil(t, w.BookEach([]booking.Request{request("a", 6, 0, time.Hour)}, 0, at(6))[0])
	_, changed, _ := w.Changes()
	require.False(t, changed, "booked already")

	require.NoError(t, w.Hold(holder, 0, at(7)))
	require.Equal(t, []string{EventBookingHeld}, types(w))
	_, _, raises = w.Changes()
	require.False(t, raises, "a booking held raises no generation")
	require.NoError(t, fresh(w).Hold(holder, 0, at(8)))
	require.Equal(t, string(booking.NotBooked), failure.CodeOf(fresh(w).Hold(booking.Holder{InstanceID: "x", Attempt: 1}, 0, at(8))))

	w = fresh(w)
	require.NoError(t, w.ExtendBooking(holder, noon.Add(2*time.Hour), 0, at(9)))
	require.Equal(t, []string{EventBookingExtended}, types(w))
	require.Nil(t, w.BookEach([]booking.Request{request("d", 4, time.Hour, 2*time.Hour)}, 0, at(10))[0])
	require.Error(t, w.ExtendBooking(booking.Holder{InstanceID: "c", Attempt: 1}, noon.Add(90*time.Minute), 0, at(11)), "d holds the time")

	w = fresh(w)
	w.Release(at(12), holder, booking.Holder{InstanceID: "nobody"})
	require.Equal(t, []string{EventInstanceRemoved, EventPortsReleased}, types(w))
	_, _, raises = w.Changes()
	require.True(t, raises, "an entry that ends raises the generation")
	w = fresh(w)
	w.Release(at(13), holder)
	_, changed, _ = w.Changes()
	require.False(t, changed, "released already")
}

func TestAWorkerInUseIsNotStopped(t *testing.T) {
	for _, c := range []struct {
		reason  string
		prepare func(*Worker)
		inUse   bool
	}{
		{"nothing booked", func(*Worker) {}, false},
		{"booked for tomorrow", func(w *Worker) { w.BookEach([]booking.Request{request("a", 1, 24*time.Hour, 25*time.Hour)}, 0, at(5)) }, false},
		{"booked within the boot time", func(w *Worker) { w.BookEach([]booking.Request{request("a", 1, 19*time.Minute, time.Hour)}, 0, at(5)) }, true},
		{"held", func(w *Worker) {
			w.BookEach([]booking.Request{request("a", 1, 5, time.Hour)}, 0, at(5))
			require.NoError(t, w.Hold(booking.Holder{InstanceID: "a", Attempt: 1}, 0, at(5)))
		}, true},
	} {
		for _, to := range []lifecycle.WorkerStatus{lifecycle.WorkerStopped, lifecycle.WorkerTerminated} {
			t.Run(c.reason+"/"+string(to), func(t *testing.T) {
				w := ready(t)
				c.prepare(w)
				w = fresh(w)
				err := w.Want(to, false, boot, at(6))
				if !c.inUse {
					require.NoError(t, err)
					require.Equal(t, to, w.DesiredStatus)
					require.False(t, w.Placeable, "what is wanted away takes nothing more")
					return
				}
				require.Equal(t, "worker_in_use", failure.CodeOf(err))
				require.Equal(t, lifecycle.WorkerRunning, w.DesiredStatus)
				require.NoError(t, w.Want(to, true, boot, at(7)), "force overrides")
				require.True(t, w.Forced)
				require.Contains(t, types(w), EventDesiredUpdated)
			})
		}
	}
}

func TestOnlyAnIntentCanBeRefused(t *testing.T) {
	w := ready(t)
	require.Nil(t, w.BookEach([]booking.Request{request("a", 1, 5, time.Hour)}, 0, at(5))[0])
	require.NoError(t, w.Hold(booking.Holder{InstanceID: "a", Attempt: 1}, 0, at(5)))
	for _, to := range []lifecycle.WorkerStatus{lifecycle.WorkerStopping, lifecycle.WorkerStopped, lifecycle.WorkerTerminating, lifecycle.WorkerTerminated} {
		require.Equal(t, "worker_in_use", failure.CodeOf(fresh(w).Observe(Observation{Status: to, Intent: true}, at(6))), to)
		require.NoError(t, fresh(w).Observe(Observation{Status: to}, at(6)), "what is seen is seen")
		forced := fresh(w)
		require.NoError(t, forced.Want(lifecycle.WorkerTerminated, true, boot, at(6)))
		require.NoError(t, forced.Observe(Observation{Status: to, Intent: true}, at(7)))
	}
}

func TestATerminatedWorkerIsNotTakenBack(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.Want(lifecycle.WorkerTerminated, false, boot, at(5)))
	require.Equal(t, lifecycle.LicenseDeregister, w.License.PendingOperation, "a licence is given back on the way out")
	require.Equal(t, "worker_terminated", failure.CodeOf(w.Want(lifecycle.WorkerRunning, false, boot, at(6))))
	w = fresh(w)
	require.NoError(t, w.Want(lifecycle.WorkerTerminated, false, boot, at(7)))
	_, changed, _ := w.Changes()
	require.False(t, changed)
	require.Equal(t, "bad_status", failure.CodeOf(ready(t).Want(lifecycle.WorkerDraining, false, boot, at(8))))
}
