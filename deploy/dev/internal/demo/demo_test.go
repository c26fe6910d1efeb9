package demo

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

func TestEveryDemoHasItsOwnForm(t *testing.T) {
	name := FormName(noon.Add(1234 * time.Millisecond))
	require.Regexp(t, `^Exam Associate LCM v1\.0 LAB [0-9.]+$`, name, "six parts that a bucket's name can be made of")
	require.NotEqual(t, FormName(noon), name)
}

func TestWhatALifeNeeds(t *testing.T) {
	whole := api.Instance{GradingScore: &api.GradingScore{}}
	for _, status := range life() {
		whole.StateHistory = append(whole.StateHistory, api.StateTransition{ToState: string(status)})
	}
	require.NoError(t, checkLife(whole))
	ungraded := whole
	ungraded.GradingScore = nil
	require.ErrorContains(t, checkLife(ungraded), "no score")
	for n, status := range life() {
		short := whole
		short.StateHistory = append(append([]api.StateTransition{}, whole.StateHistory[:n]...), whole.StateHistory[n+1:]...)
		require.ErrorContains(t, checkLife(short), string(status))
	}
}

func TestALaunchURLIsShownWithoutItsToken(t *testing.T) {
	require.Equal(t, "https://lds.example/launch?…", hideToken("https://lds.example/launch?token=abc"))
	require.NotContains(t, hideToken("https://lds.example/x?a=1&token=abc"), "abc")
}

func TestAStepIsToldBeforeItIsPrinted(t *testing.T) {
	var out bytes.Buffer
	var told []lifecycle.InstanceStatus
	o := Options{Out: &out, OnStatus: func(s lifecycle.InstanceStatus) {
		require.NotContains(t, out.String(), string(s))
		told = append(told, s)
	}}
	i := api.Instance{}
	i.WorkerID = "w1"
	o.step(i, api.StateTransition{ToState: "scheduled", TransitionedAt: noon, Reason: "fits"})
	require.Equal(t, []lifecycle.InstanceStatus{lifecycle.InstanceScheduled}, told)
	require.Equal(t, "12:00:00.000  scheduled     on worker w1 (fits)\n", out.String())
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		looks := 0
		began := time.Now()
		require.NoError(t, Until(ctx, func() (bool, error) { looks++; return looks == 4, nil }))
		require.Equal(t, 3*poll, time.Since(began))

		broken := errors.New("broken")
		require.ErrorIs(t, Until(ctx, func() (bool, error) { return false, broken }), broken)
		err := Until(ctx, func() (bool, error) { return false, nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "not in time")
	})
}

func TestAKillerWithoutAServiceKillsNothing(t *testing.T) {
	k := NewKiller(nil, "", 0, &bytes.Buffer{})
	k.OnStatus(lifecycle.InstanceReady)
	require.NoError(t, k.Check())
	require.ErrorContains(t, NewKiller(nil, "lablet-controller", 2, nil).Check(), "2 kills", "a demo that was over too soon proves nothing")
}
