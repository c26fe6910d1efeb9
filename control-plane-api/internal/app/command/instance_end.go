package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// TerminateInstance ends an instance in whatever state it is, for its owner or one who manages. What was made outside is
// cleaned up afterwards. Codes: instance_not_found, instance_terminated.
func (c *Commands) TerminateInstance(ctx context.Context, id, reason string) (*instance.Instance, repo.Meta, error) {
	if reason == "" {
		reason = "requested"
	}
	ch, err := c.endAttempt(ctx, id, func(i *instance.Instance, act parts.Act) error {
		if err := checkOwner(ctx, i); err != nil {
			return err
		}
		return i.Terminate(act.Because(reason))
	})
	return ch.now, ch.meta, err
}
