package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// change is what an update of an instance did.
type change struct {
	now  *instance.Instance
	meta repo.Meta
	// The state before; on a repeat, when nothing was applied, the state now.
	status   lifecycle.InstanceStatus
	workerID string
	attempt  int
}

// ack is the answer of an internal command.
func (ch change) ack() api.Ack {
	return api.Ack{
		ID: ch.now.ID, PreviousStatus: string(ch.status), CurrentStatus: string(ch.now.Status), Version: ch.meta.Version,
		Generation: ch.meta.Generation, Attempt: ch.now.Attempt, AllocatedPorts: ch.now.Ports, Changed: ch.meta.Changed,
	}
}

// updateInstance applies verbs to an instance in one write.
func (c *Commands) updateInstance(ctx context.Context, id string, apply func(*instance.Instance, parts.Act) error) (change, error) {
	var ch change
	applied := false
	i, meta, err := c.d.Instances.Update(ctx, id, func(i *instance.Instance) error {
		applied = true
		ch.status, ch.workerID, ch.attempt = i.Status, i.WorkerID, i.Attempt
		return apply(i, c.act(ctx))
	})
	if err != nil {
		return change{}, err
	}
	ch.now, ch.meta = i, meta
	if !applied {
		ch.status, ch.workerID, ch.attempt = i.Status, i.WorkerID, i.Attempt
	}
	return ch, nil
}

// endAttempt applies verbs that may end the present attempt, and then releases its booking if its lab is gone.
func (c *Commands) endAttempt(ctx context.Context, id string, apply func(*instance.Instance, parts.Act) error) (change, error) {
	ch, err := c.updateInstance(ctx, id, apply)
	if err != nil {
		return ch, err
	}
	c.releaseOver(ctx, ch.now, ch.workerID, ch.attempt)
	return ch, nil
}

// updateWorker applies verbs to a worker in one write.
func (c *Commands) updateWorker(ctx context.Context, id string, apply func(*worker.Worker, parts.Act) error) (*worker.Worker, api.Ack, error) {
	var before lifecycle.WorkerStatus
	w, meta, err := c.d.Workers.Update(ctx, id, func(w *worker.Worker) error {
		before = w.Status
		return apply(w, c.act(ctx))
	})
	if err != nil {
		return nil, api.Ack{}, err
	}
	if before == "" {
		before = w.Status
	}
	return w, workerAck(w, meta, before), nil
}

func workerAck(w *worker.Worker, meta repo.Meta, before lifecycle.WorkerStatus) api.Ack {
	return api.Ack{
		ID: w.ID, PreviousStatus: string(before), CurrentStatus: string(w.Status), Version: meta.Version, Generation: meta.Generation,
		Changed: meta.Changed,
	}
}
