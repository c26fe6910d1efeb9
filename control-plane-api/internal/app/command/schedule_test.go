package command_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
)

func TestScheduleBooksManyInOneWrite(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	_, before, err := w.Workers.Get(apptest.As("x"), machine.ID)
	require.NoError(t, err)
	d := w.Definition(4)
	a, b, c := w.Book(d.ID, time.Hour, 2*time.Hour), w.Book(d.ID, time.Hour, 2*time.Hour), w.Book(d.ID, time.Hour, 2*time.Hour)
	ctx, written := repo.WithWritten(apptest.Service("resource-scheduler", "k"))
	result, err := w.Schedule(ctx, machine.ID, a.ID, b.ID, c.ID)
	require.NoError(t, err)
	require.Len(t, result.Outcomes, 3)
	require.Empty(t, result.Outcomes[0].Code)
	require.Equal(t, string(lifecycle.InstanceScheduled), result.Outcomes[0].Ack.CurrentStatus)
	require.Equal(t, 1, result.Outcomes[0].Ack.Attempt)
	require.Equal(t, []booking.Port{{Name: "pc", Number: 2000}, {Name: "r1", Number: 2001}}, result.Outcomes[0].Ack.AllocatedPorts)
	require.Equal(t, []booking.Port{{Name: "pc", Number: 2002}, {Name: "r1", Number: 2003}}, result.Outcomes[1].Ack.AllocatedPorts)
	require.Equal(t, string(booking.InsufficientCPU), result.Outcomes[2].Code)
	require.NotEmpty(t, result.Outcomes[2].Message)
	_, after, err := w.Workers.Get(ctx, machine.ID)
	require.NoError(t, err)
	require.Equal(t, before.Version+1, after.Version, "one write on the worker")
	require.Equal(t, before.Generation, after.Generation)
	require.Len(t, written.All(), 3, "the worker and two instances")
	i, _ := w.Instance(c.ID)
	require.Equal(t, lifecycle.InstancePending, i.Status)

	entry, ok := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: a.ID, Attempt: 1})
	require.True(t, ok)
	require.Equal(t, apptest.Noon.Add(45*time.Minute), entry.From, "the lead is booked")
	require.Equal(t, apptest.Noon.Add(125*time.Minute), entry.Until, "and the margin")
}

func TestScheduleOutcomes(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	schedule := func(id string, generation int64) api.ScheduleOutcome {
		result, err := w.Commands.Schedule(apptest.Service("resource-scheduler", ""), api.Schedule{
			WorkerID: machine.ID, Body: api.ScheduleBody{Instances: []api.ScheduleItem{{InstanceID: id, Generation: generation}}},
		})
		require.NoError(t, err)
		return result.Outcomes[0]
	}
	require.Equal(t, "instance_not_found", schedule("nobody", 1).Code)
	require.Equal(t, repo.CodeGenerationChanged, schedule(i.ID, 7).Code)
	require.Empty(t, w.Worker(machine.ID).Book.Entries, "nothing was booked on an old decision")
	require.Empty(t, schedule(i.ID, 1).Code)
	require.Equal(t, repo.CodeGenerationChanged, schedule(i.ID, 1).Code)
	_, generation := w.Instance(i.ID)
	again := schedule(i.ID, generation)
	require.Empty(t, again.Code)
	require.False(t, again.Ack.Changed, "the effect is there already")

	_, err := w.Schedule(apptest.Service("resource-scheduler", ""), "nobody", i.ID)
	require.Equal(t, "worker_not_found", failure.CodeOf(err))
	stopped := w.ReadyWorker(10)
	w.Observe(stopped.ID, "stopped")
	other := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	_, err = w.Schedule(apptest.Service("resource-scheduler", ""), stopped.ID, other.ID)
	require.Equal(t, "worker_not_placeable", failure.CodeOf(err))
}

func TestAScheduleIsRepeatable(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	req := api.Schedule{WorkerID: machine.ID, Body: api.ScheduleBody{Instances: []api.ScheduleItem{{InstanceID: i.ID, Generation: 1}}}}
	ctx := apptest.Service("resource-scheduler", "key-1")
	first, err := w.Commands.Schedule(ctx, req)
	require.NoError(t, err)
	again, err := w.Commands.Schedule(ctx, req)
	require.NoError(t, err)
	require.Empty(t, again.Outcomes[0].Code, "the same key is the same answer, though the generation has risen")
	require.Equal(t, first.Outcomes[0].Ack.Version, again.Outcomes[0].Ack.Version)
	require.Len(t, w.Worker(machine.ID).Book.Entries, 1)
}

func TestAGroupIsBookedWholeOrNotAtAll(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(4)
	var ids []string
	for range 3 {
		start, end := apptest.Noon.Add(time.Hour), apptest.Noon.Add(2*time.Hour)
		i, _, err := w.Commands.CreateInstance(apptest.As("teacher"), api.CreateInstance{Body: api.CreateInstanceBody{
			DefinitionID: d.ID, TimeslotStart: &start, TimeslotEnd: &end, GroupID: "class",
		}})
		require.NoError(t, err)
		ids = append(ids, i.ID)
	}
	alone := w.Book(d.ID, time.Hour, 2*time.Hour)
	result, err := w.Schedule(apptest.Service("resource-scheduler", ""), machine.ID, append(ids, alone.ID)...)
	require.NoError(t, err)
	for n := range ids {
		require.Equal(t, string(booking.InsufficientCPU), result.Outcomes[n].Code, "two would fit, three do not")
	}
	require.Empty(t, result.Outcomes[3].Code)
	require.Len(t, w.Worker(machine.ID).Book.Entries, 1)
	result, err = w.Schedule(apptest.Service("resource-scheduler", ""), w.ReadyWorker(12).ID, ids...)
	require.NoError(t, err)
	for _, outcome := range result.Outcomes {
		require.Empty(t, outcome.Code)
	}
}

func TestAsSoonAsPossibleStartsAtOnce(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i, _, err := w.Commands.CreateInstance(apptest.As("ann"), asap(w.Definition(4).ID))
	require.NoError(t, err)
	w.Clock.Move(time.Hour)
	placed := w.Place(machine.ID, i.ID)
	require.Equal(t, apptest.Noon.Add(75*time.Minute), *placed.Slot.Start)
	require.Equal(t, apptest.Noon.Add(105*time.Minute), *placed.Slot.End)
	_, err = w.Start(i.ID)
	require.NoError(t, err)
}

func TestStartHoldsTheBooking(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, i.ID)
	_, err := w.Start(i.ID)
	require.Equal(t, "too_early", failure.CodeOf(err))
	w.Clock.Move(44*time.Minute + 31*time.Second)
	ack, err := w.Start(i.ID)
	require.NoError(t, err, "half a minute of skew is allowed")
	require.Equal(t, string(lifecycle.InstanceInstantiating), ack.CurrentStatus)
	entry, _ := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: i.ID, Attempt: 1})
	require.Equal(t, booking.Held, entry.State)
	again, err := w.Start(i.ID)
	require.NoError(t, err)
	require.False(t, again.Changed)
	pending := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	_, err = w.Start(pending.ID)
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
}

func TestARefusedHoldRequeues(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Minute, time.Hour)
	w.Place(machine.ID, i.ID)
	w.Observe(machine.ID, "draining")
	_, generation := w.Instance(i.ID)
	req := api.StartInstantiation{ID: i.ID, Body: api.GenerationBody{Generation: generation}}
	_, err := w.Commands.StartInstantiation(apptest.Service("lablet-controller", "k"), req)
	require.Equal(t, "hold_refused", failure.CodeOf(err))
	require.Equal(t, failure.Conflict, failure.KindOf(err))
	requeued, _ := w.Instance(i.ID)
	require.Equal(t, lifecycle.InstancePending, requeued.Status)
	require.Equal(t, 2, requeued.Attempt)
	condition, _ := readmodel.FindCondition(requeued.Conditions, "Placed")
	require.Equal(t, "hold_refused", condition.Reason)
	require.Contains(t, condition.Message, "draining", "the user sees why")
	require.Empty(t, w.Worker(machine.ID).Book.Entries, "nothing was made for the attempt, so its booking ends")
	_, err = w.Commands.StartInstantiation(apptest.Service("lablet-controller", "k"), req)
	require.Equal(t, failure.Precondition, failure.KindOf(err))
}
