package settings

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestDefaults(t *testing.T) {
	d := Defaults()
	require.Equal(t, 300, d.Monitoring.MetricsPollSeconds)
	require.Equal(t, Idle{Enabled: true, TimeoutMinutes: 60}, d.Idle)
	require.Equal(t, readmodel.Discovery{Enabled: true, Regions: []string{"us-east-1"}, AMINamePattern: "cisco-cml2.9*", ScanIntervalSeconds: 300}, d.Discovery)
	require.Equal(t, Timing{
		WorkerBootMinutes: 20, InstantiationMinutes: 15, TeardownMarginMinutes: 5, MissedGraceMinutes: 5, GradingTimeoutMinutes: 30,
	}, d.Timing)
	require.True(t, d.Provisioning.AutoRegisterLicense)
	_, err := New(Settings{
		Provisioning: &d.Provisioning, Monitoring: &d.Monitoring, Idle: &d.Idle, Discovery: &d.Discovery, Timing: &d.Timing, Audit: &d.Audit,
	}, "ann", noon)
	require.NoError(t, err, "the defaults are settings that one may give")
}

func TestEachGroupIsLaidOverTheEnvironment(t *testing.T) {
	environment := Defaults()
	timing, idle := Timing{WorkerBootMinutes: 1, GradingTimeoutMinutes: 2}, Idle{TimeoutMinutes: 7}
	provisioning, monitoring := Provisioning{MaxWorkersPerRegion: 3}, Monitoring{MetricsPollSeconds: 9}
	discovery := readmodel.Discovery{Regions: []string{"eu-west-1"}}
	for _, c := range []struct {
		reason string
		stored *Settings
		want   func(*Effective)
	}{
		{"no document", nil, func(*Effective) {}},
		{"nothing set", &Settings{}, func(*Effective) {}},
		{"audit", &Settings{Audit: &Audit{RetentionDays: 91}}, func(e *Effective) { e.Audit = Audit{RetentionDays: 91} }},
		{"timing", &Settings{Timing: &timing}, func(e *Effective) { e.Timing = timing }},
		{"idle detection", &Settings{Idle: &idle}, func(e *Effective) { e.Idle = idle }},
		{"provisioning", &Settings{Provisioning: &provisioning}, func(e *Effective) { e.Provisioning = provisioning }},
		{"monitoring", &Settings{Monitoring: &monitoring}, func(e *Effective) { e.Monitoring = monitoring }},
		{"discovery", &Settings{Discovery: &discovery}, func(e *Effective) { e.Discovery = discovery }},
	} {
		want := Defaults()
		c.want(&want)
		require.Equal(t, want, c.stored.Over(environment), c.reason)
	}
	require.Equal(t, Defaults(), environment, "what the environment gave stays as it is")
}

func TestNew(t *testing.T) {
	made, err := New(Settings{Idle: &Idle{Enabled: true, TimeoutMinutes: 5}}, "ann", noon)
	require.NoError(t, err)
	require.Equal(t, readmodel.SettingsID, made.ID)
	require.Equal(t, "ann", made.UpdatedBy)
	require.Equal(t, noon, made.UpdatedAt)
	events, _, raises := made.Changes()
	require.True(t, raises)
	require.Len(t, events, 1)
	require.Equal(t, "system_settings.created.v1", events[0].Type)
	require.Equal(t, map[string]any{"aggregate_id": readmodel.SettingsID, "created_by": "ann", "created_at": noon}, events[0].Data)
}

func TestWhatCannotBeSet(t *testing.T) {
	timing := func(change func(*Timing)) Settings {
		whole := Defaults().Timing
		change(&whole)
		return Settings{Timing: &whole}
	}
	for reason, s := range map[string]Settings{
		"a negative boot":             timing(func(t *Timing) { t.WorkerBootMinutes = -1 }),
		"a negative lead":             timing(func(t *Timing) { t.InstantiationMinutes = -1 }),
		"a negative margin":           timing(func(t *Timing) { t.TeardownMarginMinutes = -1 }),
		"a negative grace":            timing(func(t *Timing) { t.MissedGraceMinutes = -1 }),
		"a negative hold":             timing(func(t *Timing) { t.ArchiveHoldMinutes = -1 }),
		"a time that is no number":    timing(func(t *Timing) { t.WorkerBootMinutes = math.NaN() }),
		"no time for grading":         timing(func(t *Timing) { t.GradingTimeoutMinutes = 0 }),
		"an audit log cut short":      {Audit: &Audit{RetentionDays: 89}},
		"an audit log without end":    {Audit: &Audit{RetentionDays: 366}},
		"half a group":                {Timing: &Timing{WorkerBootMinutes: 1}},
		"a negative number of worker": {Provisioning: &Provisioning{MaxWorkersPerRegion: -1}},
		"polling without a pause":     {Monitoring: &Monitoring{}},
		"idle at once":                {Idle: &Idle{Enabled: true}},
		"discovery nowhere":           {Discovery: &readmodel.Discovery{Enabled: true, AMINamePattern: "x", ScanIntervalSeconds: 1}},
		"discovery without a pause":   {Discovery: &readmodel.Discovery{Enabled: true, AMINamePattern: "x", Regions: []string{"r"}}},
		"discovery of anything":       {Discovery: &readmodel.Discovery{Enabled: true, Regions: []string{"r"}, ScanIntervalSeconds: 1}},
	} {
		_, err := New(s, "ann", noon)
		require.Equal(t, "bad_settings", failure.CodeOf(err), reason)
		require.Equal(t, failure.Invalid, failure.KindOf(err), reason)
	}
	for reason, s := range map[string]Settings{
		"no new workers":            {Provisioning: &Provisioning{}},
		"idle detection off":        {Idle: &Idle{}},
		"discovery off":             {Discovery: &readmodel.Discovery{}},
		"the shortest audit log":    {Audit: &Audit{RetentionDays: 90}},
		"the longest audit log":     {Audit: &Audit{RetentionDays: 365}},
		"slots of seconds in tests": timing(func(t *Timing) { t.GradingTimeoutMinutes, t.TeardownMarginMinutes = 0.1, 0 }),
	} {
		_, err := New(s, "ann", noon)
		require.NoError(t, err, reason)
	}
}

func TestModel(t *testing.T) {
	m := Defaults().Model("s", 3, 2)
	require.Equal(t, readmodel.Settings{
		ID: "s", Version: 3, Generation: 2, Discovery: Defaults().Discovery, MetricsPollSeconds: 300, WorkerBootMinutes: 20,
		InstantiationMinutes: 15, TeardownMarginMinutes: 5, MaxWorkersPerRegion: 10,
		IdleDetection: true, IdleCheckSeconds: 1800,
	}, m)
}
