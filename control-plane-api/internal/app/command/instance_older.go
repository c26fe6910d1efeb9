package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// ScheduleOne places one instance on a worker. Codes: those of Schedule, of its whole and of its one outcome.
func (c *Commands) ScheduleOne(ctx context.Context, req api.ScheduleOne) (api.Ack, error) {
	item := api.ScheduleItem{InstanceID: req.ID, Generation: req.Body.Generation}
	if item.Generation == 0 {
		_, meta, err := c.d.Instances.Get(ctx, req.ID)
		if err != nil {
			return api.Ack{}, err
		}
		item.Generation = meta.Generation
	}
	placed, err := c.schedule(ctx, api.Schedule{
		WorkerID: req.Body.WorkerID, Body: api.ScheduleBody{ScheduledBy: req.Body.ScheduledBy, Instances: []api.ScheduleItem{item}},
	})
	if err != nil {
		return api.Ack{}, err
	}
	if placed[0].err != nil {
		return api.Ack{}, placed[0].err
	}
	return *placed[0].outcome.Ack, nil
}

// AllocatedPorts tells which ports an instance has. They are booked together with its capacity, in one write on the worker, so that
// there is nothing left to allocate. Codes: instance_not_found, not_placed.
func (c *Commands) AllocatedPorts(ctx context.Context, req api.AllocatePorts) (api.AllocatedPorts, error) {
	i, _, err := c.d.Instances.Get(ctx, req.ID)
	if err != nil {
		return api.AllocatedPorts{}, err
	}
	if i.WorkerID == "" || i.Terminal() {
		return api.AllocatedPorts{}, failure.New(failure.Invalid, "not_placed", "The instance has no place on a worker.")
	}
	return api.AllocatedPorts{InstanceID: i.ID, WorkerID: i.WorkerID, AllocatedPorts: i.Ports}, nil
}
