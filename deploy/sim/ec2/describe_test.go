package ec2_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
)

func by(name string, values ...string) types.Filter {
	return types.Filter{Name: aws.String(name), Values: values}
}

func found(out *ec2.DescribeInstancesOutput) []string {
	var ids []string
	for _, r := range out.Reservations {
		for _, i := range r.Instances {
			ids = append(ids, *i.InstanceId)
		}
	}
	return ids
}

func TestDescribeInstancesFilters(t *testing.T) {
	a := open(t, "", sim.Config{})
	metal := a.booted()
	small := a.launch(func(in *ec2.RunInstancesInput) {
		in.InstanceType = types.InstanceTypeT3Small
		in.TagSpecifications = []types.TagSpecification{{
			ResourceType: types.ResourceTypeInstance,
			Tags:         []types.Tag{{Key: aws.String("Name"), Value: aws.String("cml-worker-b")}},
		}}
	})
	cases := []struct {
		filters []types.Filter
		want    []string
	}{
		{nil, []string{metal, small}},
		{[]types.Filter{by("image-id", cmlImage)}, []string{metal, small}},
		{[]types.Filter{by("image-id", "ami-other")}, nil},
		{[]types.Filter{by("instance-state-name", "running", "stopped")}, []string{metal}},
		{[]types.Filter{by("instance-type", "t3.*")}, []string{small}},
		{[]types.Filter{by("tag:lcm:worker_id", "w1")}, []string{metal}},
		{[]types.Filter{by("tag:Name", "cml-worker-?")}, []string{small}},
		{[]types.Filter{by("tag-key", "Name")}, []string{small}},
		{[]types.Filter{by("tag-key", "Name"), by("instance-state-name", "running")}, nil},
	}
	for _, c := range cases {
		out, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{Filters: c.filters})
		require.NoError(t, err)
		require.Equal(t, c.want, found(out), "%v", c.filters)
	}
	_, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{Filters: []types.Filter{by("colour", "red")}})
	requireCode(t, err, "InvalidParameterValue")
	other, err := a.ec2(west).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{})
	require.NoError(t, err)
	require.Empty(t, other.Reservations, "regions are apart")
	_, err = a.ec2(west).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{InstanceIds: []string{metal}})
	requireCode(t, err, "InvalidInstanceID.NotFound")
}

func TestDescribeInstancesPages(t *testing.T) {
	a := open(t, "", sim.Config{})
	out, err := a.ec2(east).RunInstances(a.ctx(), order(func(in *ec2.RunInstancesInput) { in.MaxCount = aws.Int32(12) }))
	require.NoError(t, err)
	var want, got, sizes []any
	for _, i := range out.Instances {
		want = append(want, *i.InstanceId)
	}
	pages := ec2.NewDescribeInstancesPaginator(a.ec2(east), &ec2.DescribeInstancesInput{MaxResults: aws.Int32(5)})
	for pages.HasMorePages() {
		p, err := pages.NextPage(a.ctx())
		require.NoError(t, err)
		ids := found(p)
		sizes = append(sizes, len(ids))
		for _, id := range ids {
			got = append(got, id)
		}
	}
	require.Equal(t, want, got)
	require.Equal(t, []any{5, 5, 2}, sizes)

	_, err = a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{
		InstanceIds: []string{*out.Instances[0].InstanceId}, MaxResults: aws.Int32(5),
	})
	requireCode(t, err, "InvalidParameterCombination")
	_, err = a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{NextToken: aws.String("?")})
	requireCode(t, err, "InvalidParameterValue")
}

func TestDescribeImages(t *testing.T) {
	a := open(t, "", sim.Config{})
	names := func(region string, in *ec2.DescribeImagesInput) (out []string) {
		got, err := a.ec2(region).DescribeImages(a.ctx(), in)
		require.NoError(t, err)
		for _, img := range got.Images {
			out = append(out, *img.Name)
		}
		return out
	}
	pattern := []types.Filter{by("name", "cisco-cml2.9*")}
	own := names(east, &ec2.DescribeImagesInput{Filters: pattern, Owners: []string{"self"}})
	require.Equal(t, []string{"cisco-cml2.9-lablet-v0.1.6", "cisco-cml2.9.1-lablet-v0.1.7"}, own)
	require.Len(t, names(east, &ec2.DescribeImagesInput{Filters: pattern}), 3, "a stranger's public image matches too")
	require.Equal(t, []string{"cisco-cml2.9.1-lablet-v0.1.7"}, names(west, &ec2.DescribeImagesInput{Owners: []string{"self"}}))
	require.Equal(t, []string{"cisco-cml2.9.1-lablet-v0.1.7"}, names(east, &ec2.DescribeImagesInput{ImageIds: []string{cmlImage}}))

	one, err := a.ec2(east).DescribeImages(a.ctx(), &ec2.DescribeImagesInput{ImageIds: []string{cmlImage}})
	require.NoError(t, err)
	_, err = time.Parse(time.RFC3339, *one.Images[0].CreationDate)
	require.NoError(t, err)
	_, err = a.ec2(east).DescribeImages(a.ctx(), &ec2.DescribeImagesInput{ImageIds: []string{"ami-1"}})
	requireCode(t, err, "InvalidAMIID.NotFound")
}

func TestDescribeInstanceStatus(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.launch()
	status := func(all bool) []types.InstanceStatus {
		out, err := a.ec2(east).DescribeInstanceStatus(a.ctx(), &ec2.DescribeInstanceStatusInput{
			InstanceIds: []string{id}, IncludeAllInstances: aws.Bool(all),
		})
		require.NoError(t, err)
		return out.InstanceStatuses
	}
	require.Empty(t, status(false), "only running ones")
	require.Equal(t, types.SummaryStatusNotApplicable, status(true)[0].InstanceStatus.Status)
	a.kit.Clock.Advance(30 * time.Second)
	require.Equal(t, types.SummaryStatusInitializing, status(false)[0].SystemStatus.Status)
	a.kit.Clock.Advance(time.Minute)
	require.Equal(t, types.SummaryStatusOk, status(false)[0].InstanceStatus.Status)
	code, _ := a.control("POST", "/_sim/instances/"+id+"/status-check", nil)
	require.Equal(t, 200, code)
	require.Equal(t, types.SummaryStatusImpaired, status(false)[0].InstanceStatus.Status)
	require.Equal(t, types.StatusTypeFailed, status(false)[0].InstanceStatus.Details[0].Status)
	require.Equal(t, types.SummaryStatusOk, status(false)[0].SystemStatus.Status)
}

func TestDescribeRegions(t *testing.T) {
	a := open(t, "", sim.Config{})
	out, err := a.ec2(east).DescribeRegions(a.ctx(), &ec2.DescribeRegionsInput{})
	require.NoError(t, err)
	require.Len(t, out.Regions, 2)
	require.Equal(t, east, *out.Regions[0].RegionName)
	_, err = a.ec2(east).DescribeRegions(a.ctx(), &ec2.DescribeRegionsInput{RegionNames: []string{"mars-1"}})
	requireCode(t, err, "InvalidParameterValue")
}
