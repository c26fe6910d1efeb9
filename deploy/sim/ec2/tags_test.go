package ec2_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
)

func tag(key, value string) types.Tag {
	return types.Tag{Key: aws.String(key), Value: aws.String(value)}
}

func (a *account) tags(filters ...types.Filter) map[string]string {
	a.t.Helper()
	out, err := a.ec2(east).DescribeTags(a.ctx(), &ec2.DescribeTagsInput{Filters: filters})
	require.NoError(a.t, err)
	got := map[string]string{}
	for _, d := range out.Tags {
		got[*d.Key] = *d.Value
	}
	return got
}

func TestTagsAreSetListedAndRemoved(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, sim.Config{})
	id := a.launch()
	client := a.ec2(east)
	ofID := []types.Filter{by("resource-id", id), by("resource-type", "instance")}
	_, err := client.CreateTags(a.ctx(), &ec2.CreateTagsInput{
		Resources: []string{id}, Tags: []types.Tag{tag("Name", "a"), tag("lcm:worker_id", "w2")},
	})
	require.NoError(t, err)
	a = open(t, dir, sim.Config{})
	require.Equal(t, map[string]string{"Name": "a", "lcm:worker_id": "w2"}, a.tags(ofID...))
	require.Equal(t, map[string]string{"Name": "a"}, a.tags(by("tag:Name", "a")))

	_, err = a.ec2(east).DeleteTags(a.ctx(), &ec2.DeleteTagsInput{
		Resources: []string{id}, Tags: []types.Tag{tag("Name", "b"), {Key: aws.String("lcm:worker_id")}},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"Name": "a"}, a.tags(ofID...), "another value is not removed")
}

func TestTagsOfVolumes(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.launch(func(in *ec2.RunInstancesInput) {
		in.TagSpecifications = append(in.TagSpecifications, types.TagSpecification{
			ResourceType: types.ResourceTypeVolume, Tags: []types.Tag{tag("Of", "volume")},
		})
	})
	require.Equal(t, map[string]string{"Of": "volume"}, a.tags(by("resource-type", "volume")))
	volume := *a.get(id).BlockDeviceMappings[0].Ebs.VolumeId
	_, err := a.ec2(east).CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{volume}, Tags: []types.Tag{tag("x", "y")}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"Of": "volume", "x": "y"}, a.tags(by("resource-id", volume)))
}

func TestTagLimits(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.launch()
	cases := map[string]types.Tag{
		"reserved": tag("aws:x", ""), "empty key": tag("", "x"),
		"long key": tag(strings.Repeat("k", 129), ""), "long value": tag("k", strings.Repeat("v", 257)),
	}
	for name, bad := range cases {
		_, err := a.ec2(east).CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{tag("ok", ""), bad}})
		require.Error(t, err, name)
		requireCode(t, err, "InvalidParameterValue")
	}
	_, err := a.ec2(east).CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{id, "i-0123456789abcdef0"}, Tags: []types.Tag{tag("ok", "")}})
	requireCode(t, err, "InvalidInstanceID.NotFound")
	require.NotContains(t, a.tags(), "ok", "a refused call sets nothing")
}
