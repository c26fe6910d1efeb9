package ec2_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
)

func TestRunInstancesCarriesAllThatWasAsked(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.booted(func(in *ec2.RunInstancesInput) {
		in.KeyName = aws.String("ops")
		in.UserData = aws.String("I2Nsb3VkLWNvbmZpZw==")
		in.ClientToken = aws.String("worker-1-attempt-1")
		in.Monitoring = &types.RunInstancesMonitoringEnabled{Enabled: aws.Bool(true)}
		in.MetadataOptions = &types.InstanceMetadataOptionsRequest{
			HttpTokens: types.HttpTokensStateRequired, HttpPutResponseHopLimit: aws.Int32(2),
		}
		in.BlockDeviceMappings = []types.BlockDeviceMapping{{
			DeviceName: aws.String("/dev/sda1"),
			Ebs:        &types.EbsBlockDevice{VolumeSize: aws.Int32(200), VolumeType: types.VolumeTypeGp3, DeleteOnTermination: aws.Bool(true)},
		}}
		in.IamInstanceProfile = &types.IamInstanceProfileSpecification{Name: aws.String("worker")}
	})
	i := a.get(id)
	require.Equal(t, types.InstanceStateNameRunning, i.State.Name)
	require.EqualValues(t, 16, *i.State.Code)
	require.Equal(t, cmlImage, *i.ImageId)
	require.Equal(t, types.InstanceTypeM5znMetal, i.InstanceType)
	require.Equal(t, "us-east-1a", *i.Placement.AvailabilityZone)
	require.True(t, strings.HasPrefix(*i.PrivateIpAddress, "10.20."), *i.PrivateIpAddress)
	require.NotEmpty(t, *i.PublicIpAddress)
	require.Equal(t, "ops", *i.KeyName)
	require.Equal(t, "subnet-1", *i.SubnetId)
	require.Equal(t, "sg-1", *i.SecurityGroups[0].GroupId)
	require.Equal(t, "worker-1-attempt-1", *i.ClientToken)
	require.Equal(t, types.MonitoringStateEnabled, i.Monitoring.State)
	require.Equal(t, types.HttpTokensStateRequired, i.MetadataOptions.HttpTokens)
	require.EqualValues(t, 2, *i.MetadataOptions.HttpPutResponseHopLimit)
	require.Len(t, i.BlockDeviceMappings, 1)
	require.True(t, *i.BlockDeviceMappings[0].Ebs.DeleteOnTermination)
	require.Contains(t, *i.IamInstanceProfile.Arn, "instance-profile/worker")
	require.Equal(t, []types.Tag{{Key: aws.String("lcm:worker_id"), Value: aws.String("w1")}}, i.Tags)
	require.WithinDuration(t, time.Now(), *i.LaunchTime, 10*time.Second)
}

func TestRunInstancesRefusesWhatDoesNotExist(t *testing.T) {
	a := open(t, "", sim.Config{
		Subnets:        []sim.Subnet{{ID: "subnet-1", Region: east}, {ID: "subnet-2", Region: west}},
		SecurityGroups: []string{"sg-1"},
	})
	cases := []struct {
		code string
		edit func(*ec2.RunInstancesInput)
	}{
		{"InvalidAMIID.NotFound", func(in *ec2.RunInstancesInput) { in.ImageId = aws.String("ami-00000000000000001") }},
		{"InvalidAMIID.NotFound", func(in *ec2.RunInstancesInput) { in.ImageId = aws.String("ami-0c29100000000017d") }}, // of us-west-2
		{"InvalidAMIID.Malformed", func(in *ec2.RunInstancesInput) { in.ImageId = aws.String("cisco-cml2.9") }},
		{"InvalidSubnetID.NotFound", func(in *ec2.RunInstancesInput) { in.SubnetId = aws.String("subnet-2") }},
		{"InvalidGroup.NotFound", func(in *ec2.RunInstancesInput) { in.SecurityGroupIds = []string{"sg-9"} }},
		{"InvalidGroupId.Malformed", func(in *ec2.RunInstancesInput) { in.SecurityGroupIds = []string{"default"} }},
		{"InvalidParameterValue", func(in *ec2.RunInstancesInput) { in.InstanceType = "m9.huge" }},
		{"InvalidParameterValue", func(in *ec2.RunInstancesInput) { in.MinCount = aws.Int32(2) }},
		{"InvalidParameterValue", func(in *ec2.RunInstancesInput) { in.ClientToken = aws.String(strings.Repeat("x", 65)) }},
		{"InvalidUserData.Malformed", func(in *ec2.RunInstancesInput) { in.UserData = aws.String("%%%") }},
		{"InvalidBlockDeviceMapping", func(in *ec2.RunInstancesInput) {
			in.BlockDeviceMappings = []types.BlockDeviceMapping{{
				DeviceName: aws.String("/dev/sda1"), Ebs: &types.EbsBlockDevice{VolumeSize: aws.Int32(8)},
			}}
		}},
		{"UnknownParameter", func(in *ec2.RunInstancesInput) { in.EbsOptimized = aws.Bool(true) }},
		{"DryRunOperation", func(in *ec2.RunInstancesInput) { in.DryRun = aws.Bool(true) }},
	}
	for _, c := range cases {
		_, err := a.ec2(east).RunInstances(a.ctx(), order(c.edit))
		requireCode(t, err, c.code)
	}
	out, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{})
	require.NoError(t, err)
	require.Empty(t, out.Reservations, "a refused call launches nothing")
}

func TestClientTokenIsIdempotent(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, sim.Config{})
	withToken := func(in *ec2.RunInstancesInput) { in.ClientToken = aws.String("tok") }
	id := a.launch(withToken)
	require.Equal(t, id, a.launch(withToken), "same token, same parameters")
	require.Equal(t, id, open(t, dir, sim.Config{}).launch(withToken), "also after a restart")

	_, err := a.ec2(east).RunInstances(a.ctx(), order(withToken, func(in *ec2.RunInstancesInput) {
		in.SubnetId = aws.String("subnet-2")
	}))
	requireCode(t, err, "IdempotentParameterMismatch")
	require.NotEqual(t, id, a.launch(), "another token is another instance")

	_, err = a.ec2(east).TerminateInstances(a.ctx(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	a.kit.Clock.Advance(2 * time.Minute)
	a.get(id) // settles
	a.kit.Clock.Advance(2 * time.Hour)
	require.Equal(t, id, a.launch(withToken), "the token outlives the listing of a terminated instance")
	a.kit.Clock.Advance(24 * time.Hour)
	require.NotEqual(t, id, a.launch(withToken), "and is forgotten a day later")
}

func TestRunInstancesLaunchesAsManyAsFit(t *testing.T) {
	a := open(t, "", sim.Config{Limits: sim.Limits{VCPUs: 3 * 48}})
	out, err := a.ec2(east).RunInstances(a.ctx(), order(func(in *ec2.RunInstancesInput) { in.MaxCount = aws.Int32(5) }))
	require.NoError(t, err)
	require.Len(t, out.Instances, 3)
	seen := map[string]bool{}
	for _, i := range out.Instances {
		seen[*i.PrivateIpAddress] = true
		seen[*i.PublicIpAddress] = true
		seen[*i.InstanceId] = true
	}
	require.Len(t, seen, 9, "ids and addresses are unique")
	_, err = a.ec2(east).RunInstances(a.ctx(), order())
	requireCode(t, err, "InstanceLimitExceeded")
}

func TestAddressesRunOut(t *testing.T) {
	a := open(t, "", sim.Config{PrivateCIDR: "10.9.0.0/28"})
	_, err := a.ec2(east).RunInstances(a.ctx(), order(func(in *ec2.RunInstancesInput) {
		in.MinCount, in.MaxCount = aws.Int32(12), aws.Int32(12)
	}))
	requireCode(t, err, "InsufficientFreeAddressesInSubnet")
	for range 11 {
		a.launch()
	}
}
