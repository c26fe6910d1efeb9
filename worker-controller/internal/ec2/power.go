package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Start implements worker.Power. A machine that runs or is on its way there is no error.
func (c *Client) Start(ctx context.Context, region, machineID string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.of(region).StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{machineID}})
	return translate(ctx, "start the machine", err)
}

// Stop implements worker.Power. A machine that is stopped or on its way there is no error.
func (c *Client) Stop(ctx context.Context, region, machineID string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.of(region).StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{machineID}})
	return translate(ctx, "stop the machine", err)
}

// Terminate implements worker.Power. A machine that EC2 does not know is no error.
func (c *Client) Terminate(ctx context.Context, region, machineID string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.of(region).TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{machineID}})
	if err = translate(ctx, "end the machine", err); failure.Is(err, failure.NotFound) {
		return nil
	}
	return err
}
