package command

import (
	"context"
	"encoding/json"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// The kinds of tasks on workers; readmodel.TaskImportWorkers is the one that a controller does.
const (
	TaskDrain      = "worker.drain"
	TaskRegister   = "worker.license.register"
	TaskDeregister = "worker.license.deregister"
)

// openTask records a request that goes on. A repeat under the caller's idempotency key gets the same task, and so does
// whoever asks for what is under way already.
func (c *Commands) openTask(ctx context.Context, spec task.Spec) (*task.Task, error) {
	if c.d.Tasks == nil {
		return nil, failure.New(failure.Internal, "tasks_not_wired", "Tasks cannot be recorded here.")
	}
	ctx = call.AtVersion(call.AtGeneration(ctx, 0), 0)
	if spec.Subject.ID != "" {
		if open, err := c.openTaskOf(ctx, spec.Kind, spec.Subject.ID); err != nil || open != nil {
			return open, err
		}
	}
	t, _, err := c.d.Tasks.CreateOnce(ctx, func(id string) (*task.Task, error) { return task.New(id, spec, c.act(ctx)), nil })
	return t, err
}

// openTaskOf finds the unfinished task of a kind on a subject; nil where there is none.
func (c *Commands) openTaskOf(ctx context.Context, kind, subject string) (*task.Task, error) {
	found, err := c.d.Tasks.Find(ctx, store.Query{
		Equal: map[string][]string{FieldTaskKind: {kind}, FieldSubject: {subject}, FieldOpen: {Yes}}, Limit: 1,
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0].Value, nil
}

func workerTask(kind, title, workerID string) task.Spec {
	return task.Spec{Kind: kind, Title: title, Subject: task.Subject{Kind: readmodel.KindWorker, ID: workerID}}
}

func params(value any) (json.RawMessage, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "params_unwritable", "The request cannot be recorded.")
	}
	return text, nil
}
