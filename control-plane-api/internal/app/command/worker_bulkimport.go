package command

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
)

// BulkImport takes what a scan of a region found: each machine for itself, each in one write, so that it can be repeated.
// With a task only what that import asked for is taken, and the task is completed. Codes: bad_region, task_not_found,
// task_finished.
func (c *Commands) BulkImport(ctx context.Context, req api.BulkImport) (api.ImportResult, error) {
	ctx = call.Because(call.AtGeneration(unkeyed(ctx), 0), req.Body.Source)
	scan, err := c.scanOf(ctx, req.Body)
	if err != nil {
		return api.ImportResult{}, err
	}
	result := api.ImportResult{
		Imported: []api.ImportedWorker{}, Updated: []api.ImportedWorker{}, Skipped: []api.SkippedMachine{}, TotalFound: len(req.Body.Instances),
	}
	for _, machine := range req.Body.Instances {
		if err := c.takeMachine(ctx, scan, machine, &result); err != nil {
			return result, err
		}
	}
	result.TotalImported, result.TotalUpdated, result.TotalSkipped = len(result.Imported), len(result.Updated), len(result.Skipped)
	if scan.taskID == "" {
		return result, nil
	}
	return result, c.answerImport(ctx, scan, result)
}

// scan is what all machines of one call share.
type scan struct {
	region   string
	seenAt   time.Time
	taskID   string
	criteria readmodel.ImportCriteria
}

func (c *Commands) scanOf(ctx context.Context, body api.BulkImportBody) (scan, error) {
	region, err := c.region(body.AWSRegion)
	s := scan{region: region, seenAt: c.now(), taskID: body.TaskID}
	if body.ObservedAt != nil && body.ObservedAt.Before(s.seenAt) {
		s.seenAt = body.ObservedAt.UTC()
	}
	if err != nil || body.TaskID == "" {
		return s, err
	}
	t, _, err := c.d.Tasks.Get(ctx, body.TaskID)
	if err != nil {
		return s, err
	}
	if t.Finished() {
		return s, failure.New(failure.Conflict, "task_finished", "The task is %s already.", t.Status)
	}
	if t.Kind != readmodel.TaskImportWorkers || json.Unmarshal(t.Params, &s.criteria) != nil || s.criteria.AWSRegion != region {
		return s, failure.New(failure.NotFound, "task_not_found", "task %s is no import of %s", t.ID, region)
	}
	return s, nil
}

// asked reports whether the import behind a scan asked for a machine; a scan without one takes all. What an image name
// matches is EC2's to say, so that whoever scanned has judged it.
func (s scan) asked(m api.DiscoveredMachine) bool {
	switch {
	case s.taskID == "" || s.criteria.ImportAll:
		return true
	case s.criteria.AWSInstanceID != "":
		return m.InstanceID == s.criteria.AWSInstanceID
	case s.criteria.AMIID != "":
		return m.ImageID == s.criteria.AMIID
	default:
		return true
	}
}

func (s scan) name(m api.DiscoveredMachine) string {
	if s.criteria.Name != "" && m.InstanceID == s.criteria.AWSInstanceID {
		return s.criteria.Name
	}
	return m.Name
}

func (c *Commands) answerImport(ctx context.Context, s scan, result api.ImportResult) error {
	o := task.Outcome{Status: lifecycle.TaskCompleted}
	if s.criteria.AWSInstanceID != "" && result.TotalImported+result.TotalUpdated == 0 && !known(result, s.criteria.AWSInstanceID) {
		message := "The machine was not found, or cannot be imported."
		o = task.Outcome{Status: lifecycle.TaskFailed, Message: message, Error: &task.Failure{Code: "machine_not_imported", Message: message}}
	}
	var err error
	if o.Result, err = params(result); err != nil {
		return err
	}
	_, err = c.takeOutcome(ctx, s.taskID, o)
	return err
}

// known reports that a machine was left alone because it is a worker already, as it is.
func known(result api.ImportResult, instanceID string) bool {
	for _, skipped := range result.Skipped {
		if skipped.InstanceID == instanceID {
			return skipped.Reason == skipUnchanged
		}
	}
	return false
}

// machineID derives the id of an imported worker from its machine, so that two scans at once make one worker.
func machineID(region, instanceID string) string {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:lcm:machine"))
	return uuid.NewSHA1(space, []byte(region+"\x00"+instanceID)).String()
}
