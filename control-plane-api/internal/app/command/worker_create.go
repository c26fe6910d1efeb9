package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// CreateWorker makes a worker that somebody asks for. What is not given comes from the template, then from the settings.
// Codes: bad_region, bad_instance_type, template_not_found, template_disabled, image_required, region_full.
func (c *Commands) CreateWorker(ctx context.Context, body api.CreateWorkerBody) (*worker.Worker, repo.Meta, error) {
	region, err := c.region(body.AWSRegion)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	// The checks read the store and stand in build all the same: a repeat of a request that was done is not checked again.
	return c.d.Workers.CreateOnce(ctx, func(id string) (*worker.Worker, error) {
		spec, err := c.newSpec(ctx, region, body.NewWorker)
		if err != nil {
			return nil, err
		}
		if err := c.checkRegion(ctx, region); err != nil {
			return nil, err
		}
		return c.withPorts(worker.New(id, spec, c.act(ctx))), nil
	})
}

// region checks the name of a region; none stands for the default.
func (c *Commands) region(name string) (string, error) {
	if name == "" {
		name = c.d.Region
	}
	if !settings.IsRegion(name) {
		return "", failure.New(failure.Invalid, "bad_region", "%q is no AWS region, such as us-east-1.", name)
	}
	return name, nil
}

func (c *Commands) newSpec(ctx context.Context, region string, wanted api.NewWorker) (worker.Spec, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return worker.Spec{}, err
	}
	spec := worker.Spec{AWSRegion: region, Origin: worker.OriginUser}
	if wanted.TemplateName != "" {
		t, _, err := c.d.Templates.GetUnique(ctx, wanted.TemplateName)
		if err != nil {
			return spec, err
		}
		if err := t.Usable(); err != nil {
			return spec, err
		}
		spec = workerSpec(t, unnamed, region, "", c.act(ctx))
		spec.Origin = worker.OriginUser
	}
	spec.Name, spec.CMLVersion = wanted.Name, wanted.CMLVersion
	spec.InstanceType = firstOf(wanted.InstanceType, spec.InstanceType, s.Provisioning.InstanceType)
	if err := template.CheckInstanceType(spec.InstanceType); err != nil {
		return spec, err
	}
	return spec, chooseImage(&spec, region, wanted, s.Provisioning)
}

// unnamed stands for an id where the name made of it is not used.
const unnamed = "none"

// chooseImage takes the image that is asked for, else the template's, else that of the settings: by id, by name, by default.
func chooseImage(spec *worker.Spec, region string, wanted api.NewWorker, p settings.Provisioning) error {
	switch {
	case wanted.AMIID != "":
		spec.AMIID, spec.AMIName, spec.AMINamePattern = wanted.AMIID, wanted.AMIName, ""
	case wanted.AMIName != "":
		spec.AMINamePattern = wanted.AMIName
	case spec.AMINamePattern != "":
	case p.AMIIDs[region] != "":
		spec.AMIID, spec.AMIName = p.AMIIDs[region], p.AMINames[region]
	default:
		spec.AMINamePattern = firstOf(p.AMINames[region], p.AMINameDefault)
	}
	if spec.AMIID == "" && spec.AMINamePattern == "" {
		return failure.New(failure.Invalid, "image_required", "No image is given, and the settings have none for %s.", region)
	}
	return nil
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
