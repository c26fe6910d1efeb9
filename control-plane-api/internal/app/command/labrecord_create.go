package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
)

// ImportLab asks for a lab to be made of a lab file on a worker. Codes: worker_not_found, worker_terminated, bad_topology.
func (c *Commands) ImportLab(ctx context.Context, body api.ImportLabBody) (api.LabActionAccepted, error) {
	w, _, err := c.d.Workers.Get(ctx, body.WorkerID)
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	if w.Terminal() {
		return api.LabActionAccepted{}, failure.New(failure.Conflict, "worker_terminated", "The worker is %s.", w.Status)
	}
	file, read, err := c.labFile(ctx, body.TopologyYAML)
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	title := orElse(body.Title, orElse(read.Title, "Imported lab"))
	l, _, err := c.d.LabRecords.CreateOnce(ctx, func(id string) (*labrecord.LabRecord, error) {
		return labrecord.Import(id, w.ID, title, file, c.act(ctx)), nil
	})
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	return c.acceptedLab(ctx, l, labrecord.ActionImport)
}

// CloneLab asks for a lab with the topology of another, on the same worker. Codes: lab_record_not_found, lab_terminal,
// topology_unknown.
func (c *Commands) CloneLab(ctx context.Context, req api.CloneLab) (api.LabActionAccepted, error) {
	source, _, err := c.d.LabRecords.Get(ctx, req.ID)
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	title := ""
	if req.Body != nil {
		title = req.Body.Title
	}
	l, _, err := c.d.LabRecords.CreateOnce(ctx, func(id string) (*labrecord.LabRecord, error) { return source.Clone(id, title, c.act(ctx)) })
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	return c.acceptedLab(ctx, l, labrecord.ActionImport)
}

// ArchiveLab puts a lab's record away. Codes: lab_record_not_found, action_pending, lab_bound, invalid_transition.
func (c *Commands) ArchiveLab(ctx context.Context, req api.LabAction) (*labrecord.LabRecord, repo.Meta, error) {
	l, meta, _, err := c.updateLab(call.Because(ctx, whyOr(req.Body, "")), req.ID, (*labrecord.LabRecord).Archive)
	return l, meta, err
}
