package command

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

// manages reports whether the caller may see and change the instances of all.
func manages(c call.Call) bool {
	return slices.Contains(c.Roles, api.Admin) || slices.Contains(c.Roles, api.Manager)
}

// checkOwner hides an instance from a person whose it is not.
func checkOwner(ctx context.Context, i *instance.Instance) error {
	c := call.From(ctx)
	if manages(c) || c.Actor == i.OwnerID || c.Actor == call.Self {
		return nil
	}
	return failure.New(failure.NotFound, "instance_not_found", "there is no instance %s", i.ID)
}
