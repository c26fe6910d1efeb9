package ec2_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
)

func TestLifeCycleOverRestarts(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, sim.Config{})
	id := a.launch()
	a.requireState(id, types.InstanceStateNamePending)
	a = open(t, dir, sim.Config{})
	a.kit.Clock.Advance(30 * time.Second)
	a.requireState(id, types.InstanceStateNameRunning)
	first := a.get(id)

	stop, err := a.ec2(east).StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	require.Equal(t, types.InstanceStateNameRunning, stop.StoppingInstances[0].PreviousState.Name)
	require.Equal(t, types.InstanceStateNameStopping, stop.StoppingInstances[0].CurrentState.Name)
	a = open(t, dir, sim.Config{})
	a.kit.Clock.Advance(20 * time.Second)
	stopped := a.get(id)
	require.Equal(t, types.InstanceStateNameStopped, stopped.State.Name)
	require.Nil(t, stopped.PublicIpAddress)
	require.Equal(t, "Client.UserInitiatedShutdown", *stopped.StateReason.Code)

	_, err = a.ec2(east).StartInstances(a.ctx(), &ec2.StartInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	a.kit.Clock.Advance(30 * time.Second)
	again := a.get(id)
	require.Equal(t, types.InstanceStateNameRunning, again.State.Name)
	require.Equal(t, *first.PrivateIpAddress, *again.PrivateIpAddress)
	require.NotEqual(t, *first.PublicIpAddress, *again.PublicIpAddress, "each start brings a new public address")
	require.True(t, again.LaunchTime.After(*first.LaunchTime))

	_, err = a.ec2(east).TerminateInstances(a.ctx(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	a.requireState(id, types.InstanceStateNameShuttingDown)
	a.kit.Clock.Advance(20 * time.Second)
	a = open(t, dir, sim.Config{})
	a.requireState(id, types.InstanceStateNameTerminated)
	a.kit.Clock.Advance(time.Hour)
	_, err = a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	requireCode(t, err, "InvalidInstanceID.NotFound")
}

func TestStateOnceReachedStays(t *testing.T) {
	a := open(t, "", sim.Config{})
	a.kit.Clock.SetRate(1000)
	id := a.launch()
	require.Eventually(t, func() bool {
		return a.get(id).State.Name == types.InstanceStateNameRunning
	}, 10*time.Second, 5*time.Millisecond)
	a.kit.Clock.SetRate(1)
	status, _ := a.control("PUT", "/_sim/timings", map[string]any{"boot_ms": 3_600_000})
	require.Equal(t, 200, status)
	a.requireState(id, types.InstanceStateNameRunning)
}

func TestCallsThatTheStateForbids(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.launch()
	ids := []string{id}
	client := a.ec2(east)
	_, err := client.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: ids})
	requireCode(t, err, "IncorrectInstanceState") // pending
	a.kit.Clock.Advance(time.Minute)
	_, err = client.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: ids})
	require.NoError(t, err)
	_, err = client.StartInstances(a.ctx(), &ec2.StartInstancesInput{InstanceIds: ids})
	requireCode(t, err, "IncorrectInstanceState") // stopping
	_, err = client.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: ids})
	require.NoError(t, err, "a second stop does nothing")
	for range 2 {
		_, err = client.TerminateInstances(a.ctx(), &ec2.TerminateInstancesInput{InstanceIds: ids})
		require.NoError(t, err)
	}
	_, err = client.StartInstances(a.ctx(), &ec2.StartInstancesInput{InstanceIds: ids})
	requireCode(t, err, "IncorrectInstanceState")
	_, err = client.MonitorInstances(a.ctx(), &ec2.MonitorInstancesInput{InstanceIds: ids})
	requireCode(t, err, "IncorrectState")
	_, err = client.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: []string{"i-0123456789abcdef0"}})
	requireCode(t, err, "InvalidInstanceID.NotFound")
	_, err = client.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: []string{"worker"}})
	requireCode(t, err, "InvalidInstanceID.Malformed")
}

func TestStartOfSeveralIsAllOrNone(t *testing.T) {
	a := open(t, "", sim.Config{})
	ids := []string{a.launch(), a.launch()}
	a.kit.Clock.Advance(time.Minute)
	_, err := a.ec2(east).StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: ids})
	require.NoError(t, err)
	a.kit.Clock.Advance(time.Minute)
	a.control("PUT", "/_sim/limits", sim.Limits{Instances: 1})
	_, err = a.ec2(east).StartInstances(a.ctx(), &ec2.StartInstancesInput{InstanceIds: ids})
	requireCode(t, err, "InstanceLimitExceeded")
	for _, id := range ids {
		a.requireState(id, types.InstanceStateNameStopped)
	}
}

func TestNewInstanceIsNotFoundUntilConsistent(t *testing.T) {
	timings := sim.DefaultTimings()
	timings.Visible = time.Minute
	a := open(t, "", sim.Config{Timings: &timings})
	id := a.launch()
	_, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	requireCode(t, err, "InvalidInstanceID.NotFound")
	all, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{})
	require.NoError(t, err)
	require.Empty(t, all.Reservations)
	a.kit.Clock.Advance(time.Minute)
	a.requireState(id, types.InstanceStateNameRunning)
}

func TestMachineByAddress(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.launch()
	private := *a.get(id).PrivateIpAddress
	_, ok := a.sim.MachineByAddress(private)
	require.False(t, ok, "not before it runs")
	a.kit.Clock.Advance(40 * time.Second)
	i := a.get(id)
	for _, host := range []string{private, *i.PublicIpAddress, *i.PublicIpAddress + ":443"} {
		m, ok := a.sim.MachineByAddress(host)
		require.True(t, ok, host)
		require.Equal(t, id, m.ID)
		require.Equal(t, "w1", m.Tags["lcm:worker_id"])
		require.InDelta(t, 10, a.kit.Clock.Elapsed(m.BootedAt).Seconds(), 5, "booted when the boot time had passed")
	}
	a.control("POST", "/_sim/instances/"+id+"/terminate", nil)
	_, ok = a.sim.MachineByAddress(private)
	require.False(t, ok)
	_, ok = a.sim.MachineByAddress("")
	require.False(t, ok)
}
