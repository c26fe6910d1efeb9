package command

import (
	"context"
	"encoding/json"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// TaskSync is the kind of the tasks that wait for a content sync.
const TaskSync = "definition.sync"

// SyncDefinition asks lablet-controller for a content sync and records the request as a task. Codes: definition_not_found,
// no_content_source, definition_deprecated.
func (c *Commands) SyncDefinition(ctx context.Context, id string) (*definition.Definition, repo.Meta, *task.Task, error) {
	d, meta, err := NewDefinitions(c.d.Definitions, c.d.Blobs, c.d.Now).RequestSync(ctx, id)
	if err != nil {
		return nil, repo.Meta{}, nil, err
	}
	t, err := c.openTask(ctx, task.Spec{
		Kind: TaskSync, Title: "Sync " + d.Name + " " + d.Version, Subject: task.Subject{Kind: readmodel.KindDefinition, ID: d.ID},
	})
	return d, meta, t, err
}

// syncOutcome reads off a definition how far its sync has come. A sync that fails is tried again, for a day.
func (c *Commands) syncOutcome(ctx context.Context, t *task.Task) (task.Outcome, error) {
	d, _, err := c.d.Definitions.Get(ctx, t.Subject.ID)
	if failure.Is(err, failure.NotFound) {
		return failed("definition_not_found", "The definition is gone."), nil
	}
	if err != nil {
		return task.Outcome{}, err
	}
	switch {
	case d.SyncStatus == definition.SyncSuccess:
		result, err := syncResult(d)
		return task.Outcome{Status: lifecycle.TaskCompleted, Message: "The content is synced.", Result: result}, err
	case d.Status == lifecycle.DefinitionDeprecated || d.Status == lifecycle.DefinitionArchived || d.Status == lifecycle.DefinitionDeleted:
		return failed("definition_deprecated", "The definition is "+string(d.Status)+"."), nil
	case d.SyncError != "" && c.now().Sub(t.CreatedAt) > taskSilence:
		return failed("sync_failed", d.SyncError), nil
	case d.SyncError != "":
		return task.Outcome{Status: lifecycle.TaskInProgress, Message: d.SyncError}, nil
	default:
		return task.Outcome{Status: lifecycle.TaskPending}, nil
	}
}

func syncResult(d *definition.Definition) (json.RawMessage, error) {
	return params(struct {
		DefinitionID string `json:"definition_id"`
		Hash         string `json:"lab_yaml_hash"`
		PackageHash  string `json:"content_package_hash,omitempty"`
	}{d.ID, d.Content.TopologyHash, d.Content.PackageHash})
}

func failed(code, message string) task.Outcome {
	return task.Outcome{Status: lifecycle.TaskFailed, Message: message, Error: &task.Failure{Code: code, Message: message}}
}

// SettleTasksOf writes down how far the tasks on a subject have come, after something happened to it. What it cannot write the sweep
// does.
func (c *Commands) SettleTasksOf(ctx context.Context, subject string) {
	after, cancel := aftermath(ctx)
	defer cancel()
	err := c.d.Tasks.Walk(after, store.Query{Equal: map[string][]string{FieldSubject: {subject}, FieldOpen: {Yes}}}, func(t *task.Task, _ repo.Meta) error {
		return c.SettleTask(after, t)
	})
	if err != nil {
		c.d.Log.WarnContext(after, "tasks not settled, left to the sweep", "subject", subject, "error", err)
	}
}
