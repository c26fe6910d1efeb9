package process_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/process"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func act(w *apptest.World) parts.Act { return parts.Act{By: "test", At: w.Clock.Now()} }

func TestABookingThatNobodyUsesIsFreedAfterAWhile(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	book := func(id string) {
		_, _, err := w.Workers.Update(context.Background(), machine.ID, func(m *worker.Worker) error {
			m.BookEach([]booking.Request{{
				Holder: booking.Holder{InstanceID: id, Attempt: 1}, Requirements: resource.Requirements{CPUCores: 1, MemoryGB: 1, StorageGB: 1},
				Window: resource.Window{From: apptest.Noon, Until: apptest.Noon.Add(time.Hour)},
			}}, 0, act(w))
			return nil
		})
		require.NoError(t, err)
	}
	book(i.ID)
	book("nobody")
	w.Clock.Move(2 * time.Minute)
	sweep(w)
	require.Len(t, w.Worker(machine.ID).Book.Entries, 2, "a saga may still be at work")
	w.Clock.Move(time.Second)
	sweep(w)
	require.Empty(t, w.Worker(machine.ID).Book.Entries)
}

func TestABookingThatIsNeededStays(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(20)
	d := w.Definition(4)
	running := w.Running(machine.ID, d.ID)
	scheduled := w.Book(d.ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, scheduled.ID)
	ended := w.Running(machine.ID, d.ID)
	_, _, err := w.Commands.TerminateInstance(apptest.As("ann"), ended.ID, "")
	require.NoError(t, err)
	w.Clock.Move(5 * time.Minute)
	sweep(w)
	for _, id := range []string{running.ID, scheduled.ID, ended.ID} {
		_, ok := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: id, Attempt: 1})
		require.True(t, ok)
	}
}

func TestAnInstanceWithoutItsBookingIsRequeued(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, i.ID)
	_, _, err := w.Workers.Update(context.Background(), machine.ID, func(m *worker.Worker) error {
		m.Release(act(w), booking.Holder{InstanceID: i.ID, Attempt: 1})
		return nil
	})
	require.NoError(t, err)
	w.Clock.Move(2 * time.Minute)
	sweep(w)
	found, _ := w.Instance(i.ID)
	require.Equal(t, lifecycle.InstanceScheduled, found.Status)
	w.Clock.Move(time.Second)
	sweep(w)
	found, _ = w.Instance(i.ID)
	require.Equal(t, lifecycle.InstancePending, found.Status)
	condition, _ := readmodel.FindCondition(found.Conditions, "Placed")
	require.Equal(t, "booking_lost", condition.Reason)
}

func TestASlotThatPassedIsMissed(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(20)
	d := w.Definition(4)
	waiting, scheduled := w.Book(d.ID, time.Minute, time.Hour), w.Book(d.ID, time.Minute, time.Hour)
	w.Place(machine.ID, scheduled.ID)
	running := w.Running(machine.ID, d.ID)
	minutes := 30.0
	asap, _, err := w.Commands.CreateInstance(apptest.As("ann"), api.CreateInstance{Body: api.CreateInstanceBody{DefinitionID: d.ID, DurationMinutes: &minutes}})
	require.NoError(t, err)
	w.Clock.Move(65 * time.Minute)
	sweep(w)
	found, _ := w.Instance(waiting.ID)
	require.Equal(t, lifecycle.InstancePending, found.Status, "the grace is not over")
	w.Clock.Move(time.Second)
	sweep(w)
	for id, want := range map[string]lifecycle.InstanceStatus{
		waiting.ID: lifecycle.InstanceTerminated, scheduled.ID: lifecycle.InstanceTerminated,
		running.ID: lifecycle.InstanceRunning, asap.ID: lifecycle.InstancePending,
	} {
		found, _ := w.Instance(id)
		require.Equal(t, want, found.Status)
	}
	found, _ = w.Instance(scheduled.ID)
	require.Equal(t, "timeslot_missed", found.StateHistory[len(found.StateHistory)-1].Reason)
	_, booked := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: scheduled.ID, Attempt: 1})
	require.False(t, booked)
}

func TestAnArchivedInstanceIsHeldAsLongAsIsWanted(t *testing.T) {
	w := apptest.New(t)
	w.Settings.Value.Timing.ArchiveHoldMinutes = 60
	i := w.Running(w.ReadyWorker(10).ID, w.Definition(4).ID)
	for _, to := range []string{"stopping", "stopped", "archived"} {
		_, err := w.Move(i.ID, to, "")
		require.NoError(t, err)
	}
	w.Clock.Move(2 * time.Hour)
	sweep(w)
	found, _ := w.Instance(i.ID)
	require.Equal(t, lifecycle.InstanceArchived, found.Status, "its lab is there still")
	_, _, err := w.Instances.Update(context.Background(), i.ID, func(i *instance.Instance) error {
		return i.DropFinalizer(readmodel.FinalizerLab, 1, act(w))
	})
	require.NoError(t, err)
	sweep(w)
	found, _ = w.Instance(i.ID)
	require.Equal(t, lifecycle.InstanceTerminated, found.Status)
}

func TestClaimsExpire(t *testing.T) {
	w := apptest.New(t)
	minutes := 30.0
	_, _, err := w.Commands.CreateInstance(apptest.Service("ann", "key"), api.CreateInstance{Body: api.CreateInstanceBody{
		DefinitionID: w.Definition(4).ID, DurationMinutes: &minutes,
	}})
	require.NoError(t, err)
	count := func() int {
		n, err := w.Store.Count(context.Background(), repo.Claims, store.Query{})
		require.NoError(t, err)
		return n
	}
	sweep(w)
	require.Equal(t, 1, count())
	w.Clock.Move(25 * time.Hour)
	sweep(w)
	require.Zero(t, count())
}

// shrink makes a worker carry less than it did.
func shrink(w *apptest.World, machine string, cpu int) {
	_, _, err := w.Workers.Update(context.Background(), machine, func(m *worker.Worker) error {
		m.DeclaredCapacity.CPUCores = cpu
		m.Refresh(act(w))
		return nil
	})
	require.NoError(w.T, err)
}

func TestWhatAWorkerCannotCarryAnyMoreMovesAway(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(4)
	running := w.Running(machine.ID, d.ID)
	w.Clock.Move(time.Second)
	scheduled := w.Book(d.ID, time.Minute, time.Hour)
	w.Place(machine.ID, scheduled.ID)
	shrink(w, machine.ID, 4)
	require.False(t, w.Worker(machine.ID).Placeable)
	sweep(w)
	found, _ := w.Instance(scheduled.ID)
	require.Equal(t, lifecycle.InstancePending, found.Status)
	condition, _ := readmodel.FindCondition(found.Conditions, "Placed")
	require.Equal(t, "overbooked", condition.Reason)
	found, _ = w.Instance(running.ID)
	require.Equal(t, lifecycle.InstanceRunning, found.Status, "nothing running is disturbed")
	require.True(t, w.Worker(machine.ID).Placeable, "the rest fits")
	requireConsistent(w)
}

func TestWhetherAWorkerIsPlaceableIsLookedAtAgain(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	_, _, err := w.Workers.Update(context.Background(), machine.ID, func(m *worker.Worker) error {
		m.Placeable = false
		m.Note("test.stale.v1", nil)
		return nil
	})
	require.NoError(t, err)
	sweep(w)
	require.True(t, w.Worker(machine.ID).Placeable)
}

func TestALabThatOverstaysDisplacesWhatComesAfterIt(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(6)
	overstays := w.Running(machine.ID, d.ID)
	next := w.Book(d.ID, 85*time.Minute, 2*time.Hour)
	w.Place(machine.ID, next.ID)
	w.Clock.Move(69 * time.Minute)
	sweep(w)
	found, _ := w.Instance(next.ID)
	require.Equal(t, lifecycle.InstanceScheduled, found.Status, "there is time yet")
	w.Clock.Move(2 * time.Minute)
	sweep(w)
	found, _ = w.Instance(next.ID)
	require.Equal(t, lifecycle.InstancePending, found.Status, "it is placed elsewhere")
	found, _ = w.Instance(overstays.ID)
	require.Equal(t, lifecycle.InstanceRunning, found.Status)
}

// failing is a store that removes nothing and says so.
type failing struct{ calls chan struct{} }

func (f failing) DeleteMany(context.Context, string, store.Query, int) (int, error) {
	select {
	case f.calls <- struct{}{}:
	default:
	}
	return 0, store.ErrUnavailable
}

func TestRunGoesOnAfterAFailure(t *testing.T) {
	w := apptest.New(t)
	calls := make(chan struct{})
	p := process.New(process.Deps{
		Workers: w.Workers, Instances: w.Instances, Commands: w.Commands, Settings: w.Settings, Expiring: failing{calls},
		Interval: time.Millisecond, Now: w.Clock.Now,
	})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		p.Run(ctx)
		close(done)
	}()
	for range 2 {
		select {
		case <-calls:
		case <-ctx.Done():
			require.Fail(t, "no second pass after a failed one")
		}
	}
	cancel()
	<-done
}
