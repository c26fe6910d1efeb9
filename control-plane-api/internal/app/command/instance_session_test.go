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

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

type sessionCommand func(context.Context, api.ChangeInstance) (*instance.Instance, repo.Meta, error)

func TestOnlyOwnersAndManagersChangeASession(t *testing.T) {
	w := apptest.New(t)
	i := w.Running(w.ReadyWorker(20).ID, w.Definition(4).ID)
	for name, do := range map[string]sessionCommand{
		"collect": w.Commands.StartCollection, "grade": w.Commands.StartGrading, "both": w.Commands.CollectAndGrade,
		"stop": w.Commands.StopInstance, "resume": w.Commands.ResumeInstance,
	} {
		_, _, err := do(apptest.As("bob"), api.ChangeInstance{ID: i.ID})
		require.Equal(t, "instance_not_found", failure.CodeOf(err), name)
		_, _, err = do(apptest.As("ann"), api.ChangeInstance{ID: "none"})
		require.Equal(t, "instance_not_found", failure.CodeOf(err), name)
	}
}

func TestAStoppedSessionKeepsItsBookingAndGoesOn(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(20)
	i := w.Running(machine.ID, w.Definition(4).ID)
	stopping, _, err := w.Commands.StopInstance(apptest.As("ann"), api.ChangeInstance{ID: i.ID})
	require.NoError(t, err)
	require.Equal(t, lifecycle.InstanceStopping, stopping.Status)
	_, err = w.Move(i.ID, "stopped", "lab_stopped")
	require.NoError(t, err)
	held, ok := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: i.ID, Attempt: 1})
	require.True(t, ok)
	require.Equal(t, booking.Held, held.State)
	_, err = w.Move(i.ID, "archived", "cleaned_up")
	require.Equal(t, "session_kept", failure.CodeOf(err))
	_, err = w.Move(i.ID, "running", "")
	require.Equal(t, "not_resumed", failure.CodeOf(err))

	resumed, _, err := w.Commands.ResumeInstance(apptest.As("may", api.Manager), api.ChangeInstance{ID: i.ID, Body: &api.Why{Reason: "go on"}})
	require.NoError(t, err)
	require.Equal(t, lifecycle.InstanceStopped, resumed.Status)
	require.Equal(t, lifecycle.InstanceRunning, resumed.DesiredStatus)
	_, err = w.Move(i.ID, "running", "resumed")
	require.NoError(t, err)

	_, _, err = w.Commands.StopInstance(apptest.As("ann"), api.ChangeInstance{ID: i.ID})
	require.NoError(t, err)
	_, err = w.Move(i.ID, "stopped", "lab_stopped")
	require.NoError(t, err)
	w.Clock.Move(2 * time.Hour)
	_, _, err = w.Commands.ResumeInstance(apptest.As("ann"), api.ChangeInstance{ID: i.ID})
	require.Equal(t, "timeslot_over", failure.CodeOf(err))
	_, err = w.Move(i.ID, "archived", "cleaned_up")
	require.NoError(t, err)
}

func TestCollectingAndGradingByHand(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(20)
	i := w.Running(machine.ID, w.Definition(4).ID)
	ann := apptest.As("ann")
	_, _, err := w.Commands.StartGrading(ann, api.ChangeInstance{ID: i.ID})
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
	collecting, _, err := w.Commands.StartCollection(ann, api.ChangeInstance{ID: i.ID})
	require.NoError(t, err)
	require.Equal(t, "start_collection", collecting.StateHistory[len(collecting.StateHistory)-1].Reason)
	_, _, err = w.Commands.StartGrading(ann, api.ChangeInstance{ID: i.ID})
	require.Equal(t, "evidence_missing", failure.CodeOf(err))
	_, err = w.Commands.RecordStep(apptest.Service("lablet-controller", ""), api.RecordStep{ID: i.ID, Body: api.RecordStepBody{
		Step: "collect", Attempt: 1, Status: "done", EvidenceURI: "s3://evidence/x",
	}})
	require.NoError(t, err)
	grading, _, err := w.Commands.CollectAndGrade(ann, api.ChangeInstance{ID: i.ID})
	require.NoError(t, err)
	require.Equal(t, lifecycle.InstanceGrading, grading.Status)
	_, _, err = w.Commands.StopInstance(ann, api.ChangeInstance{ID: i.ID})
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
	_, _, err = w.Commands.ResumeInstance(ann, api.ChangeInstance{ID: i.ID})
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
}

func TestRequeueByHand(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(40)
	d := w.Definition(4)
	scheduled := w.Book(d.ID, time.Hour, 2*time.Hour)
	w.Place(machine.ID, scheduled.ID)
	waiting := w.Book(d.ID, time.Hour, 2*time.Hour)
	running := w.Running(machine.ID, d.ID)
	manager := apptest.As("may", api.Manager)
	result, err := w.Commands.BulkRequeue(manager, api.BulkRequeue{Body: api.BulkRequeueBody{
		InstanceIDs: []string{scheduled.ID, waiting.ID, running.ID, "none"}, Reason: "maintenance",
	}})
	require.NoError(t, err)
	require.Equal(t, 2, result.Succeeded)
	require.Equal(t, 2, result.Failed)
	require.Equal(t, "pending", result.Outcomes[0].Status)
	require.Equal(t, "pending", result.Outcomes[1].Status, "it waits already")
	require.Equal(t, "invalid_transition", result.Outcomes[2].Code, "a session is not given up")
	require.Equal(t, "instance_not_found", result.Outcomes[3].Code)
	_, booked := w.Worker(machine.ID).Book.Find(booking.Holder{InstanceID: scheduled.ID, Attempt: 1})
	require.False(t, booked, "the time is free for others")
	found, _ := w.Instance(scheduled.ID)
	require.Equal(t, "maintenance", found.Conditions[0].Message)
	_, _, err = w.Commands.RequeueInstance(manager, running.ID, "")
	require.Equal(t, "invalid_transition", failure.CodeOf(err))
}

func TestAForcedFinalizerEndsABooking(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(20)
	i := w.Running(machine.ID, w.Definition(4).ID)
	_, _, err := w.Commands.TerminateInstance(apptest.As("ann"), i.ID, "")
	require.NoError(t, err)
	holder := booking.Holder{InstanceID: i.ID, Attempt: 1}
	_, booked := w.Worker(machine.ID).Book.Find(holder)
	require.True(t, booked, "its lab may be there")
	admin := apptest.As("ada", api.Admin)
	_, _, err = w.Commands.ForceDropFinalizer(admin, api.ForceDropFinalizer{ID: i.ID, Kind: "ec2", Attempt: 1})
	require.Equal(t, "bad_finalizer", failure.CodeOf(err))
	_, _, err = w.Commands.ForceDropFinalizer(admin, api.ForceDropFinalizer{ID: "none", Kind: "lab", Attempt: 1})
	require.Equal(t, "instance_not_found", failure.CodeOf(err))
	dropped, _, err := w.Commands.ForceDropFinalizer(admin, api.ForceDropFinalizer{ID: i.ID, Kind: "lab", Attempt: 1, Reason: "seen by hand"})
	require.NoError(t, err)
	require.Empty(t, dropped.Finalizers)
	_, booked = w.Worker(machine.ID).Book.Find(holder)
	require.False(t, booked)
}
