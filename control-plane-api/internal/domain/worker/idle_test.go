package worker

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

func policy() IdlePolicy {
	return IdlePolicy{
		Enabled: true, AutoPause: true, Timeout: time.Hour, Snooze: time.Hour, CheckEvery: 30 * time.Minute, Boot: boot,
		Categories: []string{"start_lab", "user_activity"}, Excluded: regexp.MustCompile("^00000000-0000-"), Keep: 10,
	}
}

func did(category string, ago time.Duration, user string) ActivityEvent {
	return ActivityEvent{Category: category, At: noon.Add(-ago), UserID: user}
}

func TestRelevantTelemetry(t *testing.T) {
	kept := policy().Relevant([]ActivityEvent{
		did("user_activity", 3*time.Minute, "ann"), did("cpuinfo", 0, ""), did("user_activity", 1*time.Minute, "00000000-0000-4000-a000-000000000000"),
		did("start_lab", 2*time.Minute, ""), did("start_lab", 2*time.Minute, ""),
	})
	require.Equal(t, []ActivityEvent{did("start_lab", 2*time.Minute, ""), did("user_activity", 3*time.Minute, "ann")}, kept, "newest first, each once, ours left out")
	var many []ActivityEvent
	for i := range 30 {
		many = append(many, did("start_lab", time.Duration(i)*time.Minute, fmt.Sprint(i)))
	}
	require.Len(t, policy().Relevant(many), 10)
	few := policy()
	few.Keep = 3
	w := ready(t)
	w.CheckActivity(many, few, at(0))
	w.SetActivity(Activity{Recent: many[10:20]}, few.Keep, at(time.Minute))
	require.Equal(t, many[:3], w.Activity.Recent, "no more than the settings say, whoever reports")
}

func TestCheckActivity(t *testing.T) {
	w := ready(t)
	w.CheckActivity([]ActivityEvent{did("start_lab", 20*time.Minute, "ann")}, policy(), at(0))
	require.Equal(t, []string{EventActivityUpdated}, types(w))
	_, changed, raises := w.Changes()
	require.True(t, changed)
	require.False(t, raises, "activity is nothing to reconcile")
	require.Equal(t, noon.Add(-20*time.Minute), *w.Activity.LastAt)
	require.Equal(t, noon.Add(40*time.Minute), *w.Activity.TargetPauseAt)
	require.Equal(t, noon.Add(30*time.Minute), *w.Activity.NextCheckAt)
	w.CheckActivity(nil, policy(), at(time.Minute))
	require.Equal(t, noon.Add(-20*time.Minute), *w.Activity.LastAt, "silence forgets nothing")
	require.Len(t, w.Activity.Recent, 1)
	w.CheckActivity([]ActivityEvent{did("start_lab", -time.Hour, "")}, policy(), at(2*time.Minute))
	require.Equal(t, noon.Add(2*time.Minute), *w.Activity.LastAt, "a clock that is ahead keeps nobody up")
	w.SetActivity(Activity{LastAt: &noon}, 10, at(3*time.Minute))
	require.Equal(t, noon.Add(2*time.Minute), *w.Activity.LastAt, "it never goes back")
}

func TestWhetherAWorkerIsIdle(t *testing.T) {
	now := noon.Add(10 * time.Hour)
	long, short := noon.Add(8*time.Hour), now.Add(-59*time.Minute)
	for _, c := range []struct {
		reason   string
		make     func(*testing.T) *Worker
		change   func(*Worker, *IdlePolicy)
		idle     bool
		eligible bool
	}{
		{"nobody ever did anything", ready, func(*Worker, *IdlePolicy) {}, true, true},
		{"long ago", ready, func(w *Worker, _ *IdlePolicy) { w.Activity.LastAt = &long }, true, true},
		{"a minute short of it", ready, func(w *Worker, _ *IdlePolicy) { w.Activity.LastAt = &short }, false, false},
		{"just resumed, never used", ready, func(w *Worker, _ *IdlePolicy) { w.Pauses.LastResumedAt = &short }, false, false},
		{"in snooze", ready, func(w *Worker, _ *IdlePolicy) { w.Activity.LastAt, w.Pauses.LastResumedAt = &long, &short }, true, false},
		{"switched off for all", ready, func(_ *Worker, p *IdlePolicy) { p.Enabled = false }, true, false},
		{"switched off for it", ready, func(w *Worker, _ *IdlePolicy) { w.IdleDetectionOff = true }, true, false},
		{"not running", ready, func(w *Worker, _ *IdlePolicy) { w.Status = lifecycle.WorkerStarting }, true, false},
		{"on its way down", ready, func(w *Worker, _ *IdlePolicy) { w.DesiredStatus = lifecycle.WorkerStopped }, true, false},
		{"a lab is held", held, func(*Worker, *IdlePolicy) {}, true, false},
	} {
		w, p := c.make(t), policy()
		c.change(w, &p)
		got := w.Idle(p, now)
		require.Equal(t, c.idle, got.IsIdle, c.reason)
		require.Equal(t, c.eligible, got.Eligible, c.reason)
		require.Equal(t, c.eligible, got.Reason == "", c.reason)
	}
	w := due(t)
	require.False(t, w.Idle(IdlePolicy{Enabled: true, Boot: boot}, noon.Add(time.Second)).Eligible, "a lab begins before it could be up again")
}
