package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// RequeueInstance gives an instance's place up at the wish of one who manages: it waits for another. Codes:
// instance_not_found, invalid_transition.
func (c *Commands) RequeueInstance(ctx context.Context, id, reason string) (*instance.Instance, repo.Meta, error) {
	message := orElse(reason, "the place was given up by hand")
	ch, err := c.endAttempt(ctx, id, func(i *instance.Instance, act parts.Act) error {
		return i.Requeue("requeued", message, act)
	})
	return ch.now, ch.meta, err
}

// BulkRequeue gives the places of several instances up. Each has its own outcome; one that fails does not keep the others.
func (c *Commands) BulkRequeue(ctx context.Context, req api.BulkRequeue) (api.BulkResult, error) {
	result := api.BulkResult{Outcomes: make([]api.BulkOutcome, 0, len(req.Body.InstanceIDs))}
	for _, id := range req.Body.InstanceIDs {
		// The key stands for the whole request; an instance that waits already is not changed by a repeat.
		i, _, err := c.RequeueInstance(unkeyed(call.AtVersion(ctx, 0)), id, req.Body.Reason)
		if failure.Is(err, failure.Unavailable) || failure.Is(err, failure.Internal) {
			return api.BulkResult{}, err
		}
		if err != nil {
			result.Failed++
			result.Outcomes = append(result.Outcomes, api.BulkOutcome{ID: id, Code: failure.CodeOf(err), Message: messageOf(err)})
			continue
		}
		result.Succeeded++
		result.Outcomes = append(result.Outcomes, api.BulkOutcome{ID: id, Status: string(i.Status)})
	}
	return result, nil
}
