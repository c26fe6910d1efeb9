package query

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Instance answers an instance with its version, to its owner and those who manage (instance_not_found for others).
func (q *Queries) Instance(ctx context.Context, id string) (api.Instance, int64, error) {
	i, meta, err := q.d.Instances.Get(ctx, id)
	return q.show(ctx, i, meta, err)
}

// InstanceByReservation answers an instance by the booking system's reference.
func (q *Queries) InstanceByReservation(ctx context.Context, reservation string) (api.Instance, int64, error) {
	i, meta, err := q.d.Instances.GetUnique(ctx, command.ReservationKey(reservation))
	if failure.Is(err, failure.NotFound) {
		err = failure.Wrap(err, failure.NotFound, "instance_not_found", "reservation %s has no instance", reservation)
	}
	return q.show(ctx, i, meta, err)
}

func (q *Queries) show(ctx context.Context, i *instance.Instance, meta repo.Meta, err error) (api.Instance, int64, error) {
	if err != nil {
		return api.Instance{}, 0, err
	}
	if !sees(call.From(ctx), i) {
		return api.Instance{}, 0, failure.New(failure.NotFound, "instance_not_found", "there is no instance %s", i.ID)
	}
	return q.ShowInstance(i, meta), meta.Version, nil
}

// ShowInstance gives an instance as its owner, or who manages, sees it now.
func (q *Queries) ShowInstance(i *instance.Instance, meta repo.Meta) api.Instance {
	return InstanceDTO(i, meta, q.now())
}

// Instances answers a page of instances, newest first unless another order is asked for: all of them to those who manage,
// their own to others.
func (q *Queries) Instances(ctx context.Context, f api.ListInstances) (page.Page[api.InstanceSummary], error) {
	if c := call.From(ctx); !manages(c) {
		if f.OwnerID != "" && f.OwnerID != c.Actor {
			return page.Page[api.InstanceSummary]{}, nil
		}
		f.OwnerID = c.Actor
	}
	return q.summaries(ctx, f)
}

// MyInstances answers a page of the caller's own instances, in the same order.
func (q *Queries) MyInstances(ctx context.Context, f api.ListInstances) (page.Page[api.InstanceSummary], error) {
	f.OwnerID = call.From(ctx).Actor
	return q.summaries(ctx, f)
}

func (q *Queries) summaries(ctx context.Context, f api.ListInstances) (page.Page[api.InstanceSummary], error) {
	filter, err := instanceFilter(f.Status, f.IncludeTerminated)
	if err != nil {
		return page.Page[api.InstanceSummary]{}, err
	}
	filter.Desc = true
	sorted(&filter, instanceSorts(), f.Sort, f.Order)
	only(&filter, command.FieldOwner, f.OwnerID)
	only(&filter, command.FieldWorker, f.WorkerID)
	only(&filter, command.FieldDefinition, f.DefinitionID)
	only(&filter, command.FieldGroup, f.GroupID)
	return list(ctx, q.d.Instances, filter, f.List, cursorBy(command.InstanceKind(), filter.Sort), func(l repo.Loaded[instance.Instance]) api.InstanceSummary {
		return InstanceSummary(l.Value)
	})
}

// InstanceModel answers an instance's read model, to services.
func (q *Queries) InstanceModel(ctx context.Context, id string) (readmodel.Instance, error) {
	i, meta, err := q.d.Instances.Get(ctx, id)
	if err != nil {
		return readmodel.Instance{}, err
	}
	return i.Model(meta.Version, meta.Generation), nil
}

// InstanceModels answers a page of read models, oldest first.
func (q *Queries) InstanceModels(ctx context.Context, f api.InstanceModelQuery) (page.Page[readmodel.Instance], error) {
	filter, err := instanceFilter(f.Status, f.IncludeTerminated)
	if err != nil {
		return page.Page[readmodel.Instance]{}, err
	}
	only(&filter, command.FieldWorker, f.WorkerID)
	only(&filter, command.FieldDefinition, f.DefinitionID)
	return list(ctx, q.d.Instances, filter, api.List(f.ModelList), instanceCursor, func(l repo.Loaded[instance.Instance]) readmodel.Instance {
		return l.Value.Model(l.Version, l.Generation)
	})
}

func instanceFilter(status string, terminated bool) (store.Query, error) {
	wanted, err := statuses(status, terminated, lifecycle.Instances(), lifecycle.Instances().Parse)
	filter := store.Query{Equal: map[string][]string{}}
	if wanted != nil {
		filter.Equal[command.FieldStatus] = wanted
	}
	return filter, err
}

func only(filter *store.Query, field, value string) {
	if value != "" {
		filter.Equal[field] = []string{value}
	}
}

// Ids are time-ordered, so that the order by id is the order of creation.
func instanceCursor(l repo.Loaded[instance.Instance]) store.Cursor {
	return store.Cursor{ID: l.Value.ID}
}

func instanceSorts() map[string]string {
	return map[string]string{
		"created_at": byID, "timeslot_start": command.FieldSlotStart, "timeslot_end": command.FieldSlotEnd, "status": command.FieldStatus,
	}
}

func manages(c call.Call) bool {
	return slices.Contains(c.Roles, api.Admin) || slices.Contains(c.Roles, api.Manager)
}

func sees(c call.Call, i *instance.Instance) bool { return manages(c) || c.Actor == i.OwnerID }
