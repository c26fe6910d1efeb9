package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
)

// BindInstanceLab is BindLab said from the instance's side. Codes: those of BindLab.
func (c *Commands) BindInstanceLab(ctx context.Context, req api.BindInstanceLab) (*labrecord.LabRecord, repo.Meta, error) {
	l, meta, _, err := c.BindLab(ctx, api.BindLab{ID: req.Body.LabRecordID, Body: api.BindLabBody{
		LabletInstanceID: req.ID, Role: req.Body.Role, Metadata: req.Body.Metadata,
	}})
	return l, meta, err
}

// UnbindInstanceLab is UnbindLab said from the instance's side. Codes: instance_not_found, lab_record_not_found.
func (c *Commands) UnbindInstanceLab(ctx context.Context, req api.UnbindInstanceLab) (*labrecord.LabRecord, repo.Meta, error) {
	if _, _, err := c.d.Instances.Get(ctx, req.ID); err != nil {
		return nil, repo.Meta{}, err
	}
	l, meta, _, err := c.UnbindLab(ctx, api.UnbindLab{ID: req.LabRecordID, Body: api.UnbindLabBody{LabletInstanceID: req.ID, Reason: req.Reason}})
	return l, meta, err
}
