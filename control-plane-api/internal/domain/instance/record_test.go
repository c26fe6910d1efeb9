package instance

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestReadyNeedsALaunchURL(t *testing.T) {
	i := inState(t, lifecycle.InstanceInstantiating)
	require.Equal(t, "login_url_missing", failure.CodeOf(i.MarkReady(Ready{CMLLabID: "l"}, at(20))))
	require.NoError(t, fresh(i).MarkReady(Ready{CMLLabID: "l", NoLDS: true}, at(20)))
	require.NoError(t, i.RecordStep(Step{Name: "lds", Attempt: 1, Status: readmodel.StepDone, LoginURL: "https://secret", LDSSessionID: "s"}, at(20)))
	require.NoError(t, i.MarkReady(Ready{CMLLabID: "l"}, at(21)), "a URL that is stored will do")
	events, _, _ := i.Changes()
	text, err := json.Marshal(events)
	require.NoError(t, err)
	require.NotContains(t, string(text), "secret", "a launch URL is in no event")
	model, err := json.Marshal(i.Model(1, 1))
	require.NoError(t, err)
	require.NotContains(t, string(model), "secret", "nor in the read model")
	require.Contains(t, string(model), `"login_ready":true`)
}

func TestStepsCountTheirFailures(t *testing.T) {
	i := inState(t, lifecycle.InstanceInstantiating)
	step := Step{Name: "import", Attempt: 1, Status: readmodel.StepFailed, Error: "boom"}
	require.NoError(t, i.RecordStep(step, at(20)))
	require.NoError(t, i.RecordStep(step, at(21)))
	recorded, ok := readmodel.FindStep(i.Steps, "import", 1)
	require.True(t, ok)
	require.Equal(t, 2, recorded.Tries)

	step.Status, step.Error = readmodel.StepDone, ""
	require.NoError(t, i.RecordStep(step, at(22)))
	i = fresh(i)
	require.NoError(t, i.RecordStep(step, at(23)))
	_, changed, raises := i.Changes()
	require.False(t, changed, "a result that is there already is no change")
	require.False(t, raises)
	require.Equal(t, "attempt_over", failure.CodeOf(i.RecordStep(Step{Name: "x", Attempt: 2, Status: readmodel.StepDone}, at(24))))
}

func TestConditionsKeepTheirSince(t *testing.T) {
	i := inState(t, lifecycle.InstanceInstantiating)
	lds := readmodel.Condition{Type: "LDS", Status: readmodel.ConditionFalse, Reason: "down", Message: "no answer"}
	require.NoError(t, i.SetConditions([]readmodel.Condition{lds}, at(20)))
	lds.Message = "still no answer"
	require.NoError(t, i.SetConditions([]readmodel.Condition{lds}, at(30)))
	have, _ := readmodel.FindCondition(i.Conditions, "LDS")
	require.Equal(t, noon.Add(20), have.Since)
	require.Equal(t, "still no answer", have.Message)
	i = fresh(i)
	require.NoError(t, i.SetConditions([]readmodel.Condition{lds}, at(40)))
	_, changed, _ := i.Changes()
	require.False(t, changed)
	lds.Reason = "refused"
	require.NoError(t, i.SetConditions([]readmodel.Condition{lds}, at(50)))
	have, _ = readmodel.FindCondition(i.Conditions, "LDS")
	require.Equal(t, noon.Add(50), have.Since)
}

func TestScore(t *testing.T) {
	for _, status := range lifecycle.Instances().Statuses() {
		i := inState(t, status)
		err := i.RecordScore(1, &Score{Earned: 3, Possible: 4}, "", "", at(20))
		if status == lifecycle.InstanceCollecting || status == lifecycle.InstanceGrading {
			require.NoError(t, err, status)
			require.InDelta(t, 75, i.Score.Percentage, 0.001)
			require.True(t, i.Graded)
			require.NoError(t, i.RecordScore(1, &Score{Earned: 3, Possible: 4}, "", "", at(21)))
			require.Error(t, i.RecordScore(1, &Score{Earned: 4, Possible: 4}, "", "", at(21)), "a score is not changed")
		} else {
			require.Equal(t, failure.Conflict, failure.KindOf(err), status)
		}
	}
	i := inState(t, lifecycle.InstanceGrading)
	require.Equal(t, "bad_score", failure.CodeOf(i.RecordScore(1, &Score{Earned: 5, Possible: 4}, "", "", at(20))))
	require.Equal(t, "reason_missing", failure.CodeOf(i.RecordScore(1, nil, "", "", at(20))))
	require.Equal(t, "attempt_over", failure.CodeOf(i.RecordScore(2, nil, "x", "", at(20))))
	require.NoError(t, i.RecordScore(1, nil, "grading_timeout", "no answer in 30 minutes", at(20)))
	require.Nil(t, i.Score)
	condition, _ := readmodel.FindCondition(i.Conditions, ConditionGraded)
	require.Equal(t, "grading_timeout", condition.Reason)
}

func TestExtend(t *testing.T) {
	for _, status := range lifecycle.Instances().Statuses() {
		err := inState(t, status).Extend(noon.Add(3*time.Hour), at(time.Hour))
		if status == lifecycle.InstanceTerminated || status == lifecycle.InstanceArchived {
			require.Equal(t, "instance_terminated", failure.CodeOf(err), status)
		} else {
			require.NoError(t, err, status)
		}
	}
	i := inState(t, lifecycle.InstanceRunning)
	require.Equal(t, "not_later", failure.CodeOf(i.Extend(noon.Add(time.Hour), at(time.Hour))))
	require.Equal(t, "not_later", failure.CodeOf(i.Extend(noon.Add(150*time.Minute), at(160*time.Minute))), "in the past by now")
	require.Equal(t, "timeslot_too_long", failure.CodeOf(i.Extend(noon.Add(5*time.Hour), at(time.Hour))))
	require.Equal(t, "timeslot_too_far", failure.CodeOf(i.Extend(noon.AddDate(11, 0, 0), at(time.Hour))))
	require.NoError(t, i.Extend(noon.Add(3*time.Hour), at(time.Hour)))
	events, _, raises := i.Changes()
	require.Equal(t, []string{EventTimeslotExtended}, types(events))
	require.True(t, raises)
	require.Equal(t, 2*time.Hour, i.Slot.Duration)
}

func TestResumeKeepsTheFirstStart(t *testing.T) {
	i := suspended(t, lifecycle.InstanceStopped)
	started := *i.StartedAt
	require.NotNil(t, i.EndedAt)
	require.NoError(t, i.Resume(at(21)))
	require.NoError(t, i.Run(at(22)))
	require.Equal(t, started, *i.StartedAt)
	require.Nil(t, i.EndedAt)
}

func TestHistoryIsBounded(t *testing.T) {
	i := pending(t)
	for range 150 {
		require.NoError(t, i.Schedule("w", nil, at(1)))
		require.NoError(t, i.Requeue("hold_refused", "", at(2)))
	}
	require.Len(t, i.StateHistory, 200)
	require.Empty(t, i.StateHistory[0].From, "the creation stays")
}
