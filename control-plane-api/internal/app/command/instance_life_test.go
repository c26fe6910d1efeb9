package command_test

import (
	"context"
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
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestAWholeLife(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Running(machine.ID, w.Definition(4).ID)
	service := apptest.Service("lablet-controller", "")
	w.Clock.Move(30 * time.Minute)
	_, err := w.Move(i.ID, "collecting", "user_finished")
	require.NoError(t, err)
	_, err = w.Commands.RecordStep(service, api.RecordStep{ID: i.ID, Body: api.RecordStepBody{Step: "collect", Attempt: 1, Status: "done", EvidenceURI: "s3://e/1"}})
	require.NoError(t, err)
	_, err = w.Move(i.ID, "grading", "")
	require.NoError(t, err)
	_, err = w.Commands.RecordScore(service, api.RecordScore{ID: i.ID, Body: api.RecordScoreBody{Attempt: 1, Score: &api.GradingScore{
		TotalPointsEarned: 8, TotalPointsPossible: 10, CheckResults: []api.GradingCheck{{CheckID: "c", Passed: true, PointsEarned: 8, PointsPossible: 10}},
	}}})
	require.NoError(t, err)
	for _, to := range []string{"stopping", "stopped", "archived"} {
		_, err = w.Move(i.ID, to, "")
		require.NoError(t, err, to)
	}
	require.Len(t, w.Worker(machine.ID).Book.Entries, 1, "the lab is there still")
	w.Drop(i.ID, readmodel.FinalizerLab, 1)
	require.Empty(t, w.Worker(machine.ID).Book.Entries, "finalizer first, then the booking")
	dto, _, err := w.Queries.Instance(apptest.As("ann"), i.ID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.InstanceTerminated, dto.Status, "with the last finalizer it ends by itself")
	require.Equal(t, "completed", dto.LastTransition.Reason)
	require.InDelta(t, 80, dto.GradingScore.Percentage, 0.001)
	require.InDelta(t, 8, dto.GradingScore.Score, 0.001)
	require.Equal(t, "s3://e/1", dto.EvidenceURI)
	require.InDelta(t, 30, *dto.ActualDurationMinutes, 0.001)
	require.Equal(t, 11, dto.TransitionCount)
	require.Nil(t, dto.StateHistory[0].FromState)
}

func TestTerminateKeepsTheBookingWhileTheLabIsThere(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(4)
	scheduled := w.Book(d.ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, scheduled.ID)
	running := w.Running(machine.ID, d.ID)

	_, _, err := w.Commands.TerminateInstance(apptest.As("bob"), scheduled.ID, "")
	require.Equal(t, "instance_not_found", failure.CodeOf(err), "another person's instance is not to be seen")
	ended, _, err := w.Commands.TerminateInstance(apptest.As("ann"), scheduled.ID, "not needed")
	require.NoError(t, err)
	require.Equal(t, "not needed", ended.StateHistory[len(ended.StateHistory)-1].Reason)
	_, booked := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: scheduled.ID, Attempt: 1})
	require.False(t, booked, "nothing was made, so the booking ends at once")
	_, _, err = w.Commands.TerminateInstance(apptest.As("ann"), scheduled.ID, "")
	require.Equal(t, "instance_terminated", failure.CodeOf(err))

	_, _, err = w.Commands.TerminateInstance(apptest.As("boss", api.Manager), running.ID, "")
	require.NoError(t, err)
	_, held := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: running.ID, Attempt: 1})
	require.True(t, held)
	w.Drop(running.ID, readmodel.FinalizerLab, 1)
	require.Empty(t, w.Worker(machine.ID).Book.Entries)
	w.Drop(running.ID, readmodel.FinalizerLab, 1)
}

func TestExtendBooksTheTime(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	d := w.Definition(6)
	a, b := w.Book(d.ID, time.Hour, 2*time.Hour), w.Book(d.ID, 3*time.Hour, 4*time.Hour)
	w.Place(machine.ID, a.ID)
	w.Place(machine.ID, b.ID)
	extend := func(end time.Duration) error {
		_, _, err := w.Commands.ExtendInstance(apptest.As("ann"), a.ID, apptest.Noon.Add(end))
		return err
	}
	err := extend(3 * time.Hour)
	require.Equal(t, "timeslot_taken", failure.CodeOf(err))
	require.Equal(t, failure.Conflict, failure.KindOf(err))
	require.NoError(t, extend(2*time.Hour+30*time.Minute))
	entry, _ := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: a.ID, Attempt: 1})
	require.Equal(t, apptest.Noon.Add(2*time.Hour+35*time.Minute), entry.Until)
	i, _ := w.Instance(a.ID)
	require.Equal(t, apptest.Noon.Add(2*time.Hour+30*time.Minute), *i.Slot.End)
	require.Equal(t, "not_later", failure.CodeOf(extend(2*time.Hour)))
	require.Equal(t, "timeslot_too_long", failure.CodeOf(extend(9*time.Hour)))
	entry, _ = w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: a.ID, Attempt: 1})
	require.Equal(t, apptest.Noon.Add(2*time.Hour+35*time.Minute), entry.Until, "a refusal leaves the booking as it was")

	waiting := w.Book(d.ID, time.Hour, 2*time.Hour)
	_, _, err = w.Commands.ExtendInstance(apptest.As("ann"), waiting.ID, apptest.Noon.Add(3*time.Hour))
	require.NoError(t, err, "what has no place needs no booking")
	_, _, err = w.Commands.ExtendInstance(apptest.As("bob"), waiting.ID, apptest.Noon.Add(4*time.Hour))
	require.Equal(t, "instance_not_found", failure.CodeOf(err))
}

func TestAnExtensionThatFailsGivesTheTimeBack(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(6).ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, i.ID)
	broken := storetest.Fault{Fail: store.ErrUnavailable}
	w.Store.SetHook(func(_ context.Context, call storetest.Call) storetest.Fault {
		if call.Op == storetest.Replace && call.Collection == "lablet_instances" {
			return broken
		}
		return storetest.Fault{}
	})
	_, _, err := w.Commands.ExtendInstance(apptest.As("ann"), i.ID, apptest.Noon.Add(3*time.Hour))
	require.Equal(t, failure.Unavailable, failure.KindOf(err))
	w.Store.SetHook(nil)
	entry, _ := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: i.ID, Attempt: 1})
	require.Equal(t, apptest.Noon.Add(2*time.Hour+5*time.Minute), entry.Until)
}

func TestFinalizersNeedTheirGeneration(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	i := w.Book(w.Definition(4).ID, time.Minute, time.Hour)
	w.Place(machine.ID, i.ID)
	_, err := w.Start(i.ID)
	require.NoError(t, err)
	_, generation := w.Instance(i.ID)
	put := func(generation int64, attempt int, ref string) error {
		_, err := w.Commands.PutInstanceFinalizer(apptest.Service("lablet-controller", ""), api.PutFinalizer{ID: i.ID, Body: api.PutFinalizerBody{
			Kind: readmodel.FinalizerLab, Attempt: attempt, Ref: ref, Generation: generation,
		}})
		return err
	}
	require.Equal(t, "generation_required", failure.CodeOf(put(0, 1, "")))
	require.Equal(t, repo.CodeGenerationChanged, failure.CodeOf(put(generation-1, 1, "")))
	require.NoError(t, put(generation, 1, ""))
	require.NoError(t, put(generation, 1, ""), "a finalizer raises no generation")
	require.NoError(t, put(0, 1, "lab-1"), "a ref needs none")
	_, err = w.Commands.Requeue(apptest.Service("lablet-controller", ""), api.Requeue{ID: i.ID, Body: api.GenerationBody{Generation: generation}})
	require.NoError(t, err)
	_, generation = w.Instance(i.ID)
	require.Equal(t, "attempt_over", failure.CodeOf(put(generation, 2, "")), "an attempt that has no place yet")
	require.NoError(t, put(0, 1, "lab-2"), "what the old attempt made is still told")
	require.Len(t, w.Worker(machine.ID).Book.Entries, 1)
	w.Drop(i.ID, readmodel.FinalizerLab, 1)
	require.Empty(t, w.Worker(machine.ID).Book.Entries)
}

func TestMovesThatRestOnTime(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(20)
	d := w.Definition(4)
	i := w.Running(machine.ID, d.ID)
	_, err := w.Move(i.ID, "collecting", "timeslot_end")
	require.Equal(t, "clock_skew", failure.CodeOf(err))
	require.Equal(t, []string{"lablet-controller"}, w.Meter.Skews, "it is counted by who was wrong")
	w.Clock.Move(59*time.Minute + 31*time.Second)
	_, err = w.Move(i.ID, "collecting", "timeslot_end")
	require.NoError(t, err)
	_, err = w.Move(i.ID, "grading", "")
	require.NoError(t, err)
	_, err = w.Move(i.ID, "stopping", "grading_timeout")
	require.Equal(t, "clock_skew", failure.CodeOf(err))
	w.Clock.Move(30 * time.Minute)
	_, err = w.Move(i.ID, "stopping", "grading_timeout")
	require.NoError(t, err)
}

func TestTransitionRefusals(t *testing.T) {
	w := apptest.New(t)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	for _, to := range []string{"ready", "scheduled", "instantiating", "pending", "nonsense"} {
		_, err := w.Move(i.ID, to, "")
		require.Equal(t, "bad_status", failure.CodeOf(err), to)
	}
	_, err := w.Move(i.ID, "running", "")
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
	_, err = w.Commands.Transition(apptest.Service("x", ""), api.Transition{ID: i.ID, Body: api.TransitionBody{Status: "terminated", Generation: 9}})
	require.Equal(t, repo.CodeGenerationChanged, failure.CodeOf(err))
	ack, err := w.Commands.Transition(apptest.Service("x", ""), api.Transition{ID: i.ID, Body: api.TransitionBody{
		Status: "TERMINATED", Generation: 1, Condition: &readmodel.Condition{Type: "Lab", Status: readmodel.ConditionFalse, Reason: "r"},
	}})
	require.NoError(t, err)
	require.True(t, ack.Changed)
	require.Equal(t, "pending", ack.PreviousStatus)
	ack, err = w.Move(i.ID, "terminated", "")
	require.NoError(t, err)
	require.False(t, ack.Changed, "the effect is there already")
}

func TestAnUnknownSession(t *testing.T) {
	w := apptest.New(t)
	for _, session := range []string{"nobody", ""} {
		_, err := w.Commands.SessionStarted(apptest.Service("x", ""), api.SessionStarted{Body: api.SessionStartedBody{LDSSessionID: session}})
		require.Equal(t, "instance_not_found", failure.CodeOf(err))
	}
}
