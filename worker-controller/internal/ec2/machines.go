package ec2

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// FindByWorker implements worker.Finder.
func (c *Client) FindByWorker(ctx context.Context, region, workerID string) ([]worker.Machine, error) {
	return c.machines(ctx, region, &ec2.DescribeInstancesInput{
		Filters: []types.Filter{{Name: aws.String("tag:" + tagWorker), Values: []string{workerID}}},
	})
}

// List implements worker.Lister.
func (c *Client) List(ctx context.Context, region string) ([]worker.Machine, error) {
	return c.machines(ctx, region, &ec2.DescribeInstancesInput{
		Filters: []types.Filter{{Name: aws.String("tag-key"), Values: []string{tagWorker}}}, MaxResults: aws.Int32(1000),
	})
}

// Describe implements worker.Finder.
func (c *Client) Describe(ctx context.Context, region, machineID string) (worker.Machine, bool, error) {
	machines, err := c.machines(ctx, region, &ec2.DescribeInstancesInput{InstanceIds: []string{machineID}})
	if failure.Is(err, failure.NotFound) {
		return worker.Machine{}, false, nil
	}
	if err != nil || len(machines) == 0 {
		return worker.Machine{}, false, err
	}
	return machines[0], true, nil
}

func (c *Client) machines(ctx context.Context, region string, in *ec2.DescribeInstancesInput) ([]worker.Machine, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var all []worker.Machine
	pages := ec2.NewDescribeInstancesPaginator(c.of(region), in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, translate(ctx, "describe machines", err)
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				all = append(all, machineOf(instance))
			}
		}
	}
	return all, nil
}

func machineOf(i types.Instance) worker.Machine {
	m := worker.Machine{
		ID: aws.ToString(i.InstanceId), PublicIP: aws.ToString(i.PublicIpAddress), PrivateIP: aws.ToString(i.PrivateIpAddress),
		InstanceType: string(i.InstanceType), ImageID: aws.ToString(i.ImageId), LaunchedAt: aws.ToTime(i.LaunchTime),
	}
	if i.State != nil {
		m.State = worker.MachineState(i.State.Name)
	}
	if i.StateReason != nil {
		m.ReasonCode, m.Reason = aws.ToString(i.StateReason.Code), aws.ToString(i.StateReason.Message)
	}
	for _, tag := range i.Tags {
		switch aws.ToString(tag.Key) {
		case tagWorker:
			m.WorkerID = aws.ToString(tag.Value)
		case tagAttempt:
			// A tag that someone has spoilt counts as none.
			m.Attempt, _ = strconv.Atoi(aws.ToString(tag.Value))
		}
	}
	return m
}
