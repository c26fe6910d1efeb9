package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// Why a scan leaves a machine alone.
const (
	skipUnchanged  = "unchanged"
	skipEnding     = "terminated"
	skipEnded      = "worker_terminated"
	skipElsewhere  = "tagged_for_unknown_worker"
	skipNotAsked   = "not_asked_for"
	skipOtherPlace = "worker_in_other_region"
)

// takeMachine makes a worker of a machine that is unknown, or brings the known one up to date.
func (c *Commands) takeMachine(ctx context.Context, s scan, m api.DiscoveredMachine, result *api.ImportResult) error {
	skip := func(reason string) error {
		result.Skipped = append(result.Skipped, api.SkippedMachine{InstanceID: m.InstanceID, Reason: reason})
		return nil
	}
	if !s.asked(m) {
		return skip(skipNotAsked)
	}
	w, err := c.knownWorker(ctx, m)
	switch {
	case err != nil:
		return err
	case w == nil && m.WorkerID != "":
		// Another installation's, or one whose record was lost: never taken over by itself.
		return skip(skipElsewhere)
	case w == nil && (m.State == "terminated" || m.State == "shutting-down"):
		return skip(skipEnding)
	case w == nil:
		made, err := c.importMachine(ctx, s, m)
		if err == nil {
			result.Imported = append(result.Imported, shown(made))
		}
		if failure.CodeOf(err) != "worker_exists" {
			return err
		}
		return skip(skipUnchanged)
	case w.AWSRegion != s.region:
		return skip(skipOtherPlace)
	case w.Terminal():
		return skip(skipEnded)
	}
	w, changed, err := c.followMachine(ctx, s, m, w.ID)
	if err != nil || !changed {
		if err != nil {
			return err
		}
		return skip(skipUnchanged)
	}
	result.Updated = append(result.Updated, shown(w))
	return nil
}

// knownWorker finds the worker of a machine, by its tag too: between a launch and the word of it only the tag tells.
func (c *Commands) knownWorker(ctx context.Context, m api.DiscoveredMachine) (*worker.Worker, error) {
	if m.WorkerID != "" {
		w, _, err := c.d.Workers.Get(ctx, m.WorkerID)
		if err == nil || !failure.Is(err, failure.NotFound) {
			return w, err
		}
	}
	return c.workerOfMachine(ctx, m.InstanceID)
}

func (c *Commands) importMachine(ctx context.Context, s scan, m api.DiscoveredMachine) (*worker.Worker, error) {
	f := foundOf(s, m)
	if f.Name == "" {
		f.Name = worker.GivenNamePrefix + m.InstanceID
	}
	w := c.withPorts(worker.Import(machineID(s.region, m.InstanceID), f, c.act(ctx)))
	_, err := c.d.Workers.Create(ctx, w)
	return w, err
}

// followMachine brings a worker up to date. A worker that is lost thereby loses its instances.
func (c *Commands) followMachine(ctx context.Context, s scan, m api.DiscoveredMachine, id string) (*worker.Worker, bool, error) {
	w, ack, err := c.updateWorker(ctx, id, func(w *worker.Worker, act parts.Act) error {
		_, err := w.Rediscover(foundOf(s, m), s.seenAt, act)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	c.forgetFigures(ctx, w)
	if ack.Changed && w.LosesHeld() && len(w.Book.Entries) > 0 {
		after, cancel := aftermath(ctx)
		defer cancel()
		if err := c.LoseInstances(after, w); err != nil {
			c.d.Log.WarnContext(after, "instances of a lost worker not all moved, left to the sweep", "worker", w.ID, "error", err)
		}
	}
	return w, ack.Changed, nil
}

func foundOf(s scan, m api.DiscoveredMachine) worker.Found {
	return worker.Found{
		Name: s.name(m), AWSRegion: s.region, EC2InstanceID: m.InstanceID, InstanceType: m.InstanceType, AMIID: m.ImageID, AMIName: m.ImageName,
		AMIDescription: m.ImageDescription, AMICreationDate: m.ImageCreated, State: m.State, PublicIP: m.PublicIP, PrivateIP: m.PrivateIP,
	}
}

func shown(w *worker.Worker) api.ImportedWorker {
	return api.ImportedWorker{WorkerID: w.ID, InstanceID: w.EC2InstanceID, Name: w.Name, Status: string(w.Status)}
}
