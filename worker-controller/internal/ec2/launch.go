package ec2

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// The tags that tell a machine's owner.
const (
	tagName     = "Name"
	tagWorker   = "lcm:worker_id"
	tagTemplate = "lcm:template_name"
	tagManager  = "lcm:managed_by"
	tagAttempt  = "lcm:attempt"

	manager = "lablet-cloud-manager"
	// rootDevice is where an image does not name its root device.
	rootDevice = "/dev/sda1"
)

// Launch implements worker.Power. Metadata is served to sessions only (IMDSv2), and the disk ends with the machine.
func (c *Client) Launch(ctx context.Context, order worker.LaunchOrder) (worker.Machine, error) {
	image, err := c.image(ctx, order.Region, order.Launch.AMIID)
	if failure.Is(err, failure.NotFound) {
		return worker.Machine{}, failure.Wrap(err, failure.Invalid, worker.CodeEC2BadRequest, "There is no image %s in %s any more.", order.Launch.AMIID, order.Region)
	}
	if err != nil {
		return worker.Machine{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	out, err := c.of(order.Region).RunInstances(ctx, input(order, cmp.Or(aws.ToString(image.RootDeviceName), rootDevice)))
	if err != nil {
		return worker.Machine{}, translate(ctx, "launch a machine of type "+order.Launch.InstanceType+" in "+order.Region, err)
	}
	if len(out.Instances) != 1 {
		return worker.Machine{}, failure.New(failure.Unavailable, worker.CodeEC2Unavailable, "EC2 answered a launch with %d machines.", len(out.Instances))
	}
	return machineOf(out.Instances[0]), nil
}

func input(order worker.LaunchOrder, device string) *ec2.RunInstancesInput {
	launch, tags := order.Launch, tagsOf(order)
	in := &ec2.RunInstancesInput{
		ClientToken: aws.String(launch.ClientToken), ImageId: aws.String(launch.AMIID), InstanceType: types.InstanceType(launch.InstanceType),
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: aws.String(launch.SubnetID), SecurityGroupIds: launch.SecurityGroupIDs,
		MetadataOptions: &types.InstanceMetadataOptionsRequest{
			HttpTokens: types.HttpTokensStateRequired, HttpEndpoint: types.InstanceMetadataEndpointStateEnabled,
		},
		BlockDeviceMappings: []types.BlockDeviceMapping{{
			DeviceName: aws.String(device),
			Ebs: &types.EbsBlockDevice{
				VolumeSize: aws.Int32(int32(launch.DiskGB)), VolumeType: types.VolumeTypeGp3, DeleteOnTermination: aws.Bool(true), //nolint:gosec // at most 16384
			},
		}},
		TagSpecifications: []types.TagSpecification{
			{ResourceType: types.ResourceTypeInstance, Tags: tags}, {ResourceType: types.ResourceTypeVolume, Tags: tags},
		},
	}
	if launch.KeyName != "" {
		in.KeyName = aws.String(launch.KeyName)
	}
	return in
}

// tagsOf are LCM's tags over the region's, in order, so that a repeat is the same request.
func tagsOf(order worker.LaunchOrder) []types.Tag {
	values := maps.Clone(order.Tags)
	if values == nil {
		values = map[string]string{}
	}
	values[tagName], values[tagWorker], values[tagManager] = "cml-worker-"+order.WorkerName, order.WorkerID, manager
	values[tagAttempt] = strconv.Itoa(order.Launch.Attempt)
	if order.TemplateName != "" {
		values[tagTemplate] = order.TemplateName
	}
	tags := make([]types.Tag, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(values[key])})
	}
	return tags
}
