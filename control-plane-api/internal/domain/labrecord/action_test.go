package labrecord

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

type st = lifecycle.LabRecordStatus

// taken says, in the test's own words, in which statuses an action may be asked for.
func taken() map[ActionKind][]st {
	return map[ActionKind][]st{
		ActionStart:  {lifecycle.LabDiscovered, lifecycle.LabDefined, lifecycle.LabPaused, lifecycle.LabStopped, lifecycle.LabWiped, lifecycle.LabError},
		ActionStop:   {lifecycle.LabDiscovered, lifecycle.LabStarting, lifecycle.LabQueued, lifecycle.LabBooted, lifecycle.LabPaused, lifecycle.LabError},
		ActionWipe:   {lifecycle.LabDiscovered, lifecycle.LabDefined, lifecycle.LabStopped, lifecycle.LabError},
		ActionDelete: {lifecycle.LabDiscovered, lifecycle.LabDefined, lifecycle.LabStopped, lifecycle.LabWiped, lifecycle.LabError},
	}
}

func TestEveryActionInEveryStatus(t *testing.T) {
	for kind, in := range taken() {
		for _, from := range statuses() {
			l := inStatus(t, from)
			err := l.Request(kind, at(time.Minute))
			_, changed, raises := l.Changes()
			switch {
			case slices.Contains(in, from):
				require.NoError(t, err, "%s %s", kind, from)
				require.True(t, raises)
				require.Equal(t, []string{EventActionRequested}, told(l))
				require.Equal(t, &Action{Kind: kind, RequestedBy: "ann", RequestedAt: noon.Add(time.Minute)}, l.Pending)
				require.Equal(t, from, l.Status, "asking moves nothing")
			case lifecycle.LabRecords().Terminal(from):
				require.Equal(t, "lab_terminal", failure.CodeOf(err), "%s %s", kind, from)
				require.Equal(t, failure.Invalid, failure.KindOf(err))
				require.False(t, changed)
			default:
				require.Equal(t, "invalid_transition", failure.CodeOf(err), "%s %s", kind, from)
				require.False(t, changed)
			}
		}
	}
}

func TestEveryActionLeadsToItsEnd(t *testing.T) {
	reaches := map[ActionKind]struct {
		end   st
		event string
	}{
		ActionStart: {lifecycle.LabBooted, EventStarted}, ActionStop: {lifecycle.LabStopped, EventStopped},
		ActionWipe: {lifecycle.LabWiped, EventWiped}, ActionDelete: {lifecycle.LabDeleted, EventDeleted},
	}
	for kind, in := range taken() {
		for _, from := range in {
			for _, begun := range []bool{false, true} {
				l := doing(t, from, kind)
				if begun {
					require.NoError(t, l.Begin(kind, at(1)))
					require.NotNil(t, l.Pending.StartedAt)
					l = stored(t, l)
				}
				require.NoError(t, l.Complete(kind, "", at(2)), "%s from %s", kind, from)
				require.Equal(t, reaches[kind].end, l.Status, "%s from %s", kind, from)
				require.Nil(t, l.Pending)
				require.Equal(t, EventActionCompleted, told(l)[0])
				require.Contains(t, told(l), reaches[kind].event)
				again := stored(t, l)
				require.NoError(t, again.Complete(kind, "", at(3)), "the effect is there")
				require.Empty(t, told(again))
			}
		}
	}
}

func TestOnlyOneActionAtATime(t *testing.T) {
	l := doing(t, lifecycle.LabStopped, ActionStart)
	require.Equal(t, "action_pending", failure.CodeOf(l.Request(ActionDelete, at(1))))
	require.Equal(t, "action_pending", failure.CodeOf(l.Archive(at(1))))
	require.Equal(t, "action_pending", failure.CodeOf(l.Bind("b", "i", "", nil, at(1))))
	require.Equal(t, "other_action", failure.CodeOf(l.Begin(ActionStop, at(1))))
	require.Equal(t, "other_action", failure.CodeOf(l.Complete(ActionStop, "", at(1))))
	require.Empty(t, told(l))
	require.NoError(t, l.Begin("", at(1)), "without a name it is the one that is pending")
	require.Equal(t, lifecycle.LabStarting, l.Status)
	require.Equal(t, []string{EventActionStarted, EventStateChanged}, told(l))
	again := stored(t, l)
	require.NoError(t, again.Begin(ActionStart, at(2)))
	require.Empty(t, told(again))
	require.Equal(t, "bad_action", failure.CodeOf(inStatus(t, lifecycle.LabStopped).Request(ActionImport, at(1))))
	require.Equal(t, "bad_action", failure.CodeOf(inStatus(t, lifecycle.LabStopped).Request("dance", at(1))))
}

func TestWithoutAnActionThereIsNothingToReport(t *testing.T) {
	for _, status := range statuses() {
		l := inStatus(t, status)
		require.Equal(t, "no_pending_action", failure.CodeOf(l.Begin(ActionStart, at(1))))
		require.Equal(t, "no_pending_action", failure.CodeOf(l.Fail("x", true, at(1))))
		if status != lifecycle.LabBooted {
			require.Equal(t, "no_pending_action", failure.CodeOf(l.Complete(ActionStart, "", at(1))), status)
		}
		l.Clear(at(1))
		timedOut, err := l.TimeOut(at(time.Hour))
		require.NoError(t, err)
		require.False(t, timedOut)
		require.Empty(t, told(l))
	}
}

func TestAFailedActionKeepsItsError(t *testing.T) {
	l := doing(t, lifecycle.LabStopped, ActionStart)
	require.NoError(t, l.Fail("CML said no", false, at(1)))
	require.Equal(t, []string{EventActionFailed}, told(l))
	require.Equal(t, "CML said no", payload(t, l, EventActionFailed)["error_message"])
	require.Equal(t, lifecycle.LabStopped, l.Status)
	require.Equal(t, "CML said no", l.LastError)

	l = doing(t, lifecycle.LabStopped, ActionStart)
	require.NoError(t, l.Begin(ActionStart, at(1)))
	require.NoError(t, l.Fail("CML said no", true, at(2)))
	require.Equal(t, lifecycle.LabError, l.Status)
	require.Equal(t, lifecycle.LabStarting, l.StatusBeforeError)
	require.Equal(t, "starting", payload(t, l, EventError)["previous_status"])
	require.NoError(t, l.Request(ActionStart, at(3)), "it can be tried again")
	require.NoError(t, l.Complete(ActionStart, "", at(4)))
	require.Empty(t, l.LastError)
}

func TestAnActionTimesOut(t *testing.T) {
	l := doing(t, lifecycle.LabStopped, ActionStart)
	timedOut, err := l.TimeOut(at(ActionTimeout))
	require.NoError(t, err)
	require.False(t, timedOut, "half an hour is allowed")
	timedOut, err = l.TimeOut(at(ActionTimeout + 1))
	require.NoError(t, err)
	require.True(t, timedOut)
	require.Nil(t, l.Pending)
	require.Equal(t, []string{EventActionFailed}, told(l))

	begun := doing(t, lifecycle.LabStopped, ActionStart)
	require.NoError(t, begun.Begin(ActionStart, at(20*time.Minute)))
	require.False(t, begun.Overdue(noon.Add(49*time.Minute)), "the time counts from the beginning")
}

func TestClearingIsTold(t *testing.T) {
	l := doing(t, lifecycle.LabStopped, ActionStart)
	l.Clear(at(1).Because("changed my mind"))
	require.Equal(t, []string{EventActionCleared}, told(l))
	require.Nil(t, l.Pending)
	waiting := stored(t, Import("r2", "w1", "two", Topology{Hash: "h"}, at(0)))
	waiting.Clear(at(1))
	require.Equal(t, lifecycle.LabArchived, waiting.Status, "nothing is left of an import that was taken back")
}

func TestALabThatServesSomeoneIsLeftAlone(t *testing.T) {
	l := inStatus(t, lifecycle.LabBooted)
	require.NoError(t, l.Bind("b1", "i1", "", nil, at(1)))
	require.Equal(t, "lab_bound", failure.CodeOf(l.Request(ActionStop, at(2))))
	l.Unbind("i1", at(3))
	require.NoError(t, l.Request(ActionStop, at(4)))
}
