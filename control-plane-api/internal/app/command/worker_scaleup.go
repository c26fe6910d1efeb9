package command

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// ScaleUp makes one more worker of a template. Its id derives from demand and template, so that a repeated request makes
// no second one. Codes: template_not_found, template_disabled, region_full.
func (c *Commands) ScaleUp(ctx context.Context, req api.ScaleUp) (api.Ack, error) {
	ctx = call.Because(call.AtGeneration(ctx, 0), req.Body.Reason)
	id := workerID(req.Body.Demand, req.Body.TemplateName)
	if w, meta, err := c.d.Workers.Get(ctx, id); err == nil {
		return workerAck(w, meta, w.Status), nil
	} else if !failure.Is(err, failure.NotFound) {
		return api.Ack{}, err
	}
	t, _, err := c.d.Templates.GetUnique(ctx, req.Body.TemplateName)
	if err != nil {
		return api.Ack{}, err
	}
	if err := t.Usable(); err != nil {
		return api.Ack{}, err
	}
	region := req.Body.AWSRegion
	if region == "" {
		region = c.d.Region
	}
	if err := c.checkRegion(ctx, region); err != nil {
		return api.Ack{}, err
	}
	act := c.act(ctx)
	if req.Body.RequestedBy != "" {
		act.By = req.Body.RequestedBy
	}
	return c.createWorker(ctx, c.withPorts(worker.New(id, workerSpec(t, id, region, req.Body.Demand, act), act)))
}

// withPorts gives a new worker the usual ports where its template says nothing.
func (c *Commands) withPorts(w *worker.Worker) *worker.Worker {
	if w.PortRange == (resource.PortRange{}) {
		w.PortRange = c.d.Ports
	}
	return w
}

func (c *Commands) createWorker(ctx context.Context, w *worker.Worker) (api.Ack, error) {
	meta, err := c.d.Workers.Create(ctx, w)
	if failure.CodeOf(err) == "worker_exists" {
		present, meta, err := c.d.Workers.Get(ctx, w.ID)
		if err != nil {
			return api.Ack{}, err
		}
		return workerAck(present, meta, present.Status), nil
	}
	if err != nil {
		return api.Ack{}, err
	}
	return workerAck(w, meta, w.Status), nil
}

func workerSpec(t *template.Template, id, region, demand string, act parts.Act) worker.Spec {
	return worker.Spec{
		// A part of the id tells workers apart that are asked for in the same second.
		Name:      fmt.Sprintf("cml-%s-%s-%s", t.Name, act.At.Format("20060102-150405"), id[:4]),
		AWSRegion: region, InstanceType: t.InstanceType, TemplateName: t.Name, AMINamePattern: t.AMINamePattern, Demand: demand,
		LicenseName: t.License, LicenseType: t.LicenseType, Capacity: t.Capacity, PortRange: t.PortRange,
		DrainTimeoutHours: t.DrainTimeoutHours, Origin: worker.OriginScaleUp,
	}
}

// checkRegion refuses a worker more than a region may have; what cannot be counted counts as full.
func (c *Commands) checkRegion(ctx context.Context, region string) error {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return err
	}
	n, err := c.d.Workers.Count(ctx, store.Query{Equal: map[string][]string{FieldRegion: {region}, FieldStatus: liveWorkers()}})
	if err != nil {
		return err
	}
	if n >= s.Provisioning.MaxWorkersPerRegion {
		return failure.New(failure.Conflict, "region_full", "region %s has %d of %d workers", region, n, s.Provisioning.MaxWorkersPerRegion)
	}
	return nil
}

func liveWorkers() []string {
	var live []string
	for _, status := range slices.DeleteFunc(lifecycle.Workers().Statuses(), lifecycle.Workers().Terminal) {
		live = append(live, string(status))
	}
	return live
}

// workerID derives the id of a worker from what it is for.
func workerID(demand, template string) string {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:lcm:worker"))
	return uuid.NewSHA1(space, []byte(demand+"\x00"+template)).String()
}
