package settings

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

var act = parts.Act{By: "ann", At: noon.Add(time.Hour)}

func TestUpdateBeginsWithWhatHolds(t *testing.T) {
	environment := Defaults()
	environment.Idle.TimeoutMinutes = 45
	s := &Settings{Root: aggregate.Root{ID: readmodel.SettingsID}}
	require.NoError(t, s.Update(Patch{
		Idle:      func(i *Idle) { i.CheckIntervalSeconds = 600 },
		Discovery: func(d *readmodel.Discovery) { d.Regions = []string{"eu-west-1"} },
	}, environment, act))
	require.Equal(t, Idle{Enabled: true, TimeoutMinutes: 45, CheckIntervalSeconds: 600}, *s.Idle, "the rest of the group is the environment's")
	require.Equal(t, []string{"eu-west-1"}, s.Discovery.Regions)
	require.Equal(t, 300, s.Discovery.ScanIntervalSeconds)
	require.Nil(t, s.Timing, "a group that nobody touches stays the environment's")
	require.Equal(t, "ann", s.UpdatedBy)
	require.Equal(t, 600, s.Over(environment).CheckSeconds())
	events, _, raises := s.Changes()
	require.True(t, raises)
	require.Len(t, events, 1)
	require.Equal(t, updated{AggregateID: "default", Groups: []string{"idle_detection", "discovery"}, UpdatedBy: "ann", UpdatedAt: act.At}, events[0].Data)
}

func TestAnUpdateWithoutADifferenceIsNoChange(t *testing.T) {
	s := &Settings{}
	require.NoError(t, s.Update(Patch{Monitoring: func(m *Monitoring) { m.MetricsPollSeconds = 300 }}, Defaults(), act))
	_, changed, _ := s.Changes()
	require.False(t, changed)
	require.Nil(t, s.Monitoring)
}

func TestWhatAnUpdateIsRefusedFor(t *testing.T) {
	for reason, p := range map[string]Patch{
		"negative interval": {Idle: func(i *Idle) { i.CheckIntervalSeconds = -1 }},
		"no pause":          {Monitoring: func(m *Monitoring) { m.MetricsPollSeconds = 0 }},
		"no region":         {Provisioning: func(p *Provisioning) { p.AMIIDs = map[string]string{"somewhere": "ami-1"} }},
		"no image":          {Provisioning: func(p *Provisioning) { p.AMINames = map[string]string{"us-east-1": ""} }},
		"nowhere":           {Discovery: func(d *readmodel.Discovery) { d.Regions = nil }},
		"no grading time":   {Timing: func(t *Timing) { t.GradingTimeoutMinutes = 0 }},
	} {
		s := &Settings{}
		require.Equal(t, "bad_settings", failure.CodeOf(s.Update(p, Defaults(), act)), reason)
		require.Equal(t, &Settings{}, s, reason)
	}
}

func TestRegions(t *testing.T) {
	for _, good := range []string{"us-east-1", "us-gov-west-1", "ap-southeast-2"} {
		require.True(t, IsRegion(good), good)
	}
	for _, bad := range []string{"", "us", "us-east", "us--1", "US-EAST-1", "us-east-1/x"} {
		require.False(t, IsRegion(bad), bad)
	}
}
