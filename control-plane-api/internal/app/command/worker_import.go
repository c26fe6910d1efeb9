package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// ImportWorkers asks worker-controller, which alone talks to EC2, to look for machines; what it finds comes back by
// BulkImport, and the task tells what became of it. Codes: bad_region, import_criteria_required, worker_exists.
func (c *Commands) ImportWorkers(ctx context.Context, body api.ImportWorkersBody) (api.ImportAccepted, error) {
	region, err := c.region(body.AWSRegion)
	if err != nil {
		return api.ImportAccepted{}, err
	}
	wanted := readmodel.ImportCriteria{
		AWSRegion: region, Name: body.Name, AWSInstanceID: body.AWSInstanceID, AMIID: body.AMIID, AMIName: body.AMIName, ImportAll: body.ImportAll,
	}
	if err := c.checkCriteria(ctx, wanted); err != nil {
		return api.ImportAccepted{}, err
	}
	asked, err := params(wanted)
	if err != nil {
		return api.ImportAccepted{}, err
	}
	t, err := c.openTask(ctx, task.Spec{Kind: readmodel.TaskImportWorkers, Title: "Import machines of " + region, Params: asked})
	if err != nil {
		return api.ImportAccepted{}, err
	}
	return api.ImportAccepted{
		AWSRegion: region, Status: string(t.Status), Message: "worker-controller looks for the machines; the task tells what was imported.", TaskID: t.ID,
	}, nil
}

func (c *Commands) checkCriteria(ctx context.Context, wanted readmodel.ImportCriteria) error {
	if wanted.AWSInstanceID == "" && wanted.AMIID == "" && wanted.AMIName == "" && !wanted.ImportAll {
		return failure.New(failure.Invalid, "import_criteria_required", "Say what to import: aws_instance_id, ami_id, ami_name or import_all.")
	}
	if wanted.Name != "" && wanted.AWSInstanceID == "" {
		return failure.New(failure.Invalid, "import_criteria_required", "A name is for one machine: give its aws_instance_id.")
	}
	if wanted.AWSInstanceID == "" {
		return nil
	}
	known, err := c.workerOfMachine(ctx, wanted.AWSInstanceID)
	if err != nil || known == nil {
		return err
	}
	return failure.New(failure.Conflict, "worker_exists", "The machine is worker %s already.", known.ID)
}

// workerOfMachine finds the worker of a machine: the live one, else one that is terminated; nil where there is none.
func (c *Commands) workerOfMachine(ctx context.Context, instanceID string) (*worker.Worker, error) {
	found, err := c.d.Workers.Find(ctx, store.Query{Equal: map[string][]string{FieldMachine: {instanceID}}})
	if err != nil {
		return nil, err
	}
	var last *worker.Worker
	for _, w := range found {
		if w.Value.Status != lifecycle.WorkerTerminated {
			return w.Value, nil
		}
		last = w.Value
	}
	return last, nil
}
