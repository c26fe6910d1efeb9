package command_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// crowd is how many writers come at once.
const crowd = 100

// atOnce lets all writers do the same at once and gives what each was answered.
func atOnce(do func(writer int) error) []error {
	answers, begin := make([]error, crowd), make(chan struct{})
	var all sync.WaitGroup
	for n := range crowd {
		all.Go(func() {
			<-begin
			answers[n] = do(n)
		})
	}
	close(begin)
	all.Wait()
	return answers
}

// requireOneWon checks that one was answered well and all others that the state is another by now (409 or 412).
func requireOneWon(t *testing.T, answers []error) {
	t.Helper()
	won := 0
	for _, err := range answers {
		if err == nil {
			won++
			continue
		}
		require.Contains(t, []failure.Kind{failure.Conflict, failure.Precondition}, failure.KindOf(err), "%v", err)
	}
	require.Equal(t, 1, won)
}

// Row 13: of 100 writers on one instance, each of which has seen it as it is, exactly one wins.
func TestRow13AHundredWritersOnOneInstance(t *testing.T) {
	w := apptest.New(t)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	w.Place(w.ReadyWorker(10).ID, i.ID)
	placed, generation := w.Instance(i.ID)
	answers := atOnce(func(int) error {
		_, err := w.Commands.Requeue(apptest.Service("lablet-controller", ""), api.Requeue{ID: i.ID, Body: api.GenerationBody{Generation: generation}})
		return err
	})
	requireOneWon(t, answers)
	requeued, after := w.Instance(i.ID)
	require.Equal(t, placed.Attempt+1, requeued.Attempt, "it was requeued once")
	require.Equal(t, generation+1, after)
}

// Row 13: of 100 instances that want the last free slot, each by a writer of its own, exactly one gets it.
func TestRow13AHundredWritersOnTheLastFreeSlot(t *testing.T) {
	w := apptest.New(t)
	machine, d := w.ReadyWorker(10), w.Definition(6)
	ids := make([]string, crowd)
	for n := range ids {
		ids[n] = w.Book(d.ID, time.Hour, 2*time.Hour).ID
	}
	answers := atOnce(func(n int) error {
		result, err := w.Commands.Schedule(apptest.Service("resource-scheduler", fmt.Sprintf("key-%d", n)), api.Schedule{
			WorkerID: machine.ID, Body: api.ScheduleBody{Instances: []api.ScheduleItem{{InstanceID: ids[n], Generation: 1}}},
		})
		if err == nil && result.Outcomes[0].Code != "" {
			require.Equal(t, string(booking.InsufficientCPU), result.Outcomes[0].Code)
			return failure.New(failure.Conflict, result.Outcomes[0].Code, "refused")
		}
		return err
	})
	requireOneWon(t, answers)
	book := w.Worker(machine.ID).Book.Entries
	require.Len(t, book, 1)
	for n, id := range ids {
		i, _ := w.Instance(id)
		if answers[n] == nil {
			require.Equal(t, lifecycle.InstanceScheduled, i.Status)
			require.Equal(t, id, book[0].Holder.InstanceID)
			continue
		}
		require.Equal(t, lifecycle.InstancePending, i.Status)
	}
}

// Row 32: a definition gets another version, and is withdrawn, while an instance of it waits. The instance is placed and begun
// by the version that it was booked with; no new one can be.
func TestRow32ADefinitionIsChangedOrWithdrawnWhileQueued(t *testing.T) {
	w := apptest.New(t)
	definitions := command.NewDefinitions(w.Definitions, w.Blobs, w.Clock.Now)
	d := w.Definition(4)
	i := w.Book(d.ID, time.Hour, 2*time.Hour)

	next, _, err := definitions.Update(author(), revise(d.ID, api.ReviseDefinitionBody{CPUCores: given(9), NodeCount: given(7)}))
	require.NoError(t, err)
	require.NotEqual(t, d.ID, next.ID)
	_, _, err = definitions.Deprecate(author(), api.DeprecateDefinition{ID: d.ID, Body: &api.DeprecateDefinitionBody{Reason: "withdrawn"}})
	require.NoError(t, err)
	_, _, err = w.Commands.DeleteDefinition(author(), d.ID)
	require.Equal(t, "definition_in_use", failure.CodeOf(err), "it is kept for who waits")

	machine := w.ReadyWorker(8)
	placed := w.Place(machine.ID, i.ID)
	require.Equal(t, d.ID, placed.Definition.ID)
	require.Equal(t, "1.0.0", placed.Definition.Version)
	entry, found := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: i.ID, Attempt: 1})
	require.True(t, found, "nine vCPU would not fit")
	require.Equal(t, []int{4, 2}, []int{entry.Requirements.CPUCores, entry.Nodes}, "what the pinned version needs")
	w.Clock.Move(time.Hour)
	_, err = w.Start(i.ID)
	require.NoError(t, err)

	start, end := w.Clock.Now().Add(time.Hour), w.Clock.Now().Add(2*time.Hour)
	_, _, err = w.Commands.CreateInstance(apptest.As("ann"), api.CreateInstance{Body: api.CreateInstanceBody{
		DefinitionID: d.ID, TimeslotStart: &start, TimeslotEnd: &end,
	}})
	require.Equal(t, "definition_not_active", failure.CodeOf(err))
}

// F-43: looks at the same labs that race each other make one record each, and none fails.
func TestF43RacingLooksMakeOneRecordPerLab(t *testing.T) {
	w := newLabs(t)
	at := w.Clock.Now()
	answers := atOnce(func(n int) error {
		found, err := w.Commands.DiscoverLabs(controller(), api.DiscoverLabsBody{
			WorkerID: w.worker, Labs: []api.SeenLab{seenLab("lab-1", "STARTED"), seenLab(fmt.Sprintf("lab-%d", 2+n%3), "STOPPED")}, PartialScan: true, CollectedAt: &at,
		})
		if err == nil && len(found.Errors) > 0 {
			return failure.New(failure.Internal, found.Errors[0].Code, "%s", found.Errors[0].Message)
		}
		return err
	})
	for _, err := range answers {
		require.NoError(t, err)
	}
	records, err := w.LabRecords.Find(controller(), store.Query{})
	require.NoError(t, err)
	require.Len(t, records, 4)
}

// F-43: what is deleted is gone from the store, and its place is free again.
func TestF43WhatIsDeletedIsGone(t *testing.T) {
	w := newLabs(t)
	w.scan(false, seenLab("lab-1", "STARTED"))
	record := w.of("lab-1")
	require.NoError(t, w.LabRecords.Delete(controller(), record.ID, func(l *labrecord.LabRecord) error {
		l.Note("test.deleted.v1", nil)
		return nil
	}))
	_, err := w.Store.Get(t.Context(), command.LabRecordKind().Stored().Collection.Name, record.ID)
	require.ErrorIs(t, err, store.ErrNotFound, "in the store itself")
	_, _, err = w.LabRecords.Get(controller(), record.ID)
	require.True(t, failure.Is(err, failure.NotFound))

	w.scan(false, seenLab("lab-1", "STARTED"))
	require.NotEqual(t, record.ID, w.of("lab-1").ID, "a lab that is seen again gets another record")
}
