package query

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

// InstanceSnapshots answers a page of instances in full but without launch URLs, newest first: all that are not over to those
// who manage, their own to others.
func (q *Queries) InstanceSnapshots(ctx context.Context, f api.ListInstances) (page.Page[api.Instance], error) {
	if c := call.From(ctx); !manages(c) {
		f.OwnerID = c.Actor
	}
	filter, err := instanceFilter(f.Status, f.IncludeTerminated)
	if err != nil {
		return page.Page[api.Instance]{}, err
	}
	filter.Desc = true
	only(&filter, command.FieldOwner, f.OwnerID)
	now := q.now()
	return list(ctx, q.d.Instances, filter, f.List, instanceCursor, func(l repo.Loaded[instance.Instance]) api.Instance {
		dto := InstanceDTO(l.Value, l.Meta, now)
		dto.LDSLoginURL = ""
		return dto
	})
}
