package command

import (
	"context"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// BindLab lets a lab serve an instance that is placed on its worker. Codes: lab_record_not_found, instance_not_found,
// instance_terminated, other_worker, lab_terminal, lab_bound, action_pending, bad_role, invalid_transition.
func (c *Commands) BindLab(ctx context.Context, req api.BindLab) (*labrecord.LabRecord, repo.Meta, api.Ack, error) {
	i, _, err := c.d.Instances.Get(ctx, req.Body.LabletInstanceID)
	if err != nil {
		return nil, repo.Meta{}, api.Ack{}, err
	}
	if i.Terminal() {
		return nil, repo.Meta{}, api.Ack{}, failure.New(failure.Conflict, "instance_terminated", "The instance is terminated.")
	}
	id := uuid.NewString()
	return c.updateLab(call.AtGeneration(ctx, 0), req.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		if i.WorkerID != l.WorkerID {
			return failure.New(failure.Conflict, "other_worker", "The instance is not placed on the worker of the lab.")
		}
		if err := l.Bind(id, i.ID, req.Body.Role, req.Body.Metadata, act); err != nil {
			return err
		}
		l.AllocatePorts(portMap(i.Ports), act)
		return nil
	})
}

func portMap(ports []booking.Port) map[string]int {
	numbers := make(map[string]int, len(ports))
	for _, p := range ports {
		numbers[p.Name] = p.Number
	}
	return numbers
}

// UnbindLab lets a lab serve an instance no more. Codes: lab_record_not_found.
func (c *Commands) UnbindLab(ctx context.Context, req api.UnbindLab) (*labrecord.LabRecord, repo.Meta, api.Ack, error) {
	ctx = call.Because(call.AtGeneration(ctx, 0), req.Body.Reason)
	return c.updateLab(ctx, req.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		l.Unbind(req.Body.LabletInstanceID, act)
		return nil
	})
}

// RecordLabRun keeps a run of a lab. Codes: lab_record_not_found, bad_run.
func (c *Commands) RecordLabRun(ctx context.Context, req api.LabRunReport) (api.Ack, error) {
	run := labrecord.Run{
		ID: req.Body.RunID, InstanceID: req.Body.LabletInstanceID, StartedBy: req.Body.StartedBy, StartedAt: req.Body.StartedAt.UTC(),
		EndedAt: req.Body.EndedAt, Outcome: req.Body.Outcome, StopReason: req.Body.StopReason,
	}
	return c.reportLab(ctx, req.ID, func(l *labrecord.LabRecord, act parts.Act) error { return l.RecordRun(run, act) })
}

// RecordLabTopology takes a lab file that was read from CML. Codes: lab_record_not_found, bad_topology, lab_terminal.
func (c *Commands) RecordLabTopology(ctx context.Context, req api.LabTopologyReport) (api.Ack, error) {
	file, _, err := c.labFile(ctx, req.Body.TopologyData)
	if err != nil {
		return api.Ack{}, err
	}
	return c.reportLab(ctx, req.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		_, err := l.Revise(file, req.Body.ChangeSummary, act)
		return err
	})
}
