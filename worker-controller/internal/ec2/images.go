package ec2

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// NewestImage implements worker.Images. EC2 lists images in no order, so all pages are read.
func (c *Client) NewestImage(ctx context.Context, region, pattern string) (worker.Image, error) {
	images, err := c.images(ctx, region, &ec2.DescribeImagesInput{
		Owners:  []string{"self"},
		Filters: []types.Filter{{Name: aws.String("name"), Values: []string{pattern}}},
	})
	if err != nil {
		return worker.Image{}, err
	}
	images = slices.DeleteFunc(images, func(i types.Image) bool { return i.State != "" && i.State != types.ImageStateAvailable })
	if len(images) == 0 {
		return worker.Image{}, failure.New(failure.NotFound, worker.CodeEC2NotFound, "The account has no image %q in %s.", pattern, region)
	}
	// The times have one form, so their order is that of the texts; of two made at once the name decides, always the same.
	newest := slices.MaxFunc(images, func(a, b types.Image) int {
		return cmp.Or(cmp.Compare(aws.ToString(a.CreationDate), aws.ToString(b.CreationDate)), cmp.Compare(aws.ToString(a.Name), aws.ToString(b.Name)))
	})
	return imageOf(newest), nil
}

// Image implements worker.Images.
func (c *Client) Image(ctx context.Context, region, id string) (worker.Image, error) {
	image, err := c.image(ctx, region, id)
	if err != nil {
		return worker.Image{}, err
	}
	return imageOf(image), nil
}

func (c *Client) image(ctx context.Context, region, id string) (types.Image, error) {
	images, err := c.images(ctx, region, &ec2.DescribeImagesInput{ImageIds: []string{id}})
	if err != nil {
		return types.Image{}, err
	}
	if len(images) == 0 {
		return types.Image{}, failure.New(failure.NotFound, worker.CodeEC2NotFound, "There is no image %s in %s.", id, region)
	}
	return images[0], nil
}

func (c *Client) images(ctx context.Context, region string, in *ec2.DescribeImagesInput) ([]types.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var all []types.Image
	pages := ec2.NewDescribeImagesPaginator(c.of(region), in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, translate(ctx, "describe images", err)
		}
		all = append(all, page.Images...)
	}
	return all, nil
}

func imageOf(i types.Image) worker.Image {
	image := worker.Image{ID: aws.ToString(i.ImageId), Name: aws.ToString(i.Name)}
	for _, device := range i.BlockDeviceMappings {
		if device.Ebs != nil && aws.ToString(device.DeviceName) == aws.ToString(i.RootDeviceName) {
			image.RootDiskGB = int(aws.ToInt32(device.Ebs.VolumeSize))
		}
	}
	return image
}
