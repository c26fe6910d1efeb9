package command_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func storeQuery() store.Query { return store.Query{} }

// deleted tells of the end of an instance's document.
func deleted(i *instance.Instance) error {
	i.Note("test.deleted.v1", nil)
	return nil
}

func TestAWorkerIsMadeOfTemplateAndSettings(t *testing.T) {
	w := apptest.New(t)
	w.Template("metal", 96)
	p := &w.Settings.Value.Provisioning
	p.InstanceType, p.AMIIDs, p.AMINames, p.AMINameDefault = "t3.small", map[string]string{"us-east-1": "ami-s"}, map[string]string{"eu-west-1": "cml-eu"}, "cml-any"
	admin := apptest.As("root", api.Admin)
	for _, c := range []struct {
		reason                           string
		region                           string
		wanted                           api.NewWorker
		kind, ami, pattern, templateName string
	}{
		{"of the template", "", api.NewWorker{TemplateName: "metal"}, "m5.metal", "", "cisco-cml2.9*", "metal"},
		{"another machine for it", "", api.NewWorker{TemplateName: "metal", InstanceType: "m5zn.metal"}, "m5zn.metal", "", "cisco-cml2.9*", "metal"},
		{"an image for it", "", api.NewWorker{TemplateName: "metal", AMIID: "ami-1"}, "m5.metal", "ami-1", "", "metal"},
		{"by name without an id", "", api.NewWorker{AMIName: "mine*"}, "t3.small", "", "mine*", ""},
		{"the settings' image of the region", "us-east-1", api.NewWorker{}, "t3.small", "ami-s", "", ""},
		{"the settings' image name of the region", "eu-west-1", api.NewWorker{}, "t3.small", "", "cml-eu", ""},
		{"the settings' default", "eu-west-2", api.NewWorker{}, "t3.small", "", "cml-any", ""},
	} {
		c.wanted.Name = "one"
		made, meta, err := w.Commands.CreateWorker(admin, api.CreateWorkerBody{AWSRegion: c.region, NewWorker: c.wanted})
		require.NoError(t, err, c.reason)
		require.Equal(t, int64(1), meta.Version)
		require.Equal(t, "one", made.Name)
		require.Equal(t, c.kind, made.InstanceType, c.reason)
		require.Equal(t, c.ami, made.AMIID, c.reason)
		require.Equal(t, c.pattern, made.AMINamePattern, c.reason)
		require.Equal(t, c.templateName, made.TemplateName, c.reason)
		require.Equal(t, worker.OriginUser, made.Origin)
		require.Equal(t, lifecycle.WorkerPending, made.Status)
		require.Equal(t, c.templateName == "", made.Derived, "without a template CML tells what it can carry")
	}
}

func TestWhatNoWorkerIsMadeOf(t *testing.T) {
	w := apptest.New(t)
	w.Settings.Value.Provisioning.InstanceType = "t3.small"
	off := w.Template("off", 1)
	_, _, err := w.Templates.Update(apptest.As("root"), off.ID, disable)
	require.NoError(t, err)
	admin := apptest.As("root", api.Admin)
	for code, body := range map[string]api.CreateWorkerBody{
		"bad_region":         {AWSRegion: "nowhere"},
		"template_not_found": {NewWorker: api.NewWorker{TemplateName: "none"}},
		"template_disabled":  {NewWorker: api.NewWorker{TemplateName: "off"}},
		"bad_instance_type":  {NewWorker: api.NewWorker{InstanceType: "huge", AMIID: "ami"}},
		"image_required":     {},
	} {
		_, _, err := w.Commands.CreateWorker(admin, body)
		require.Equal(t, code, failure.CodeOf(err))
	}
	w.Settings.Value.Provisioning.MaxWorkersPerRegion = 1
	keyed := apptest.Service("root", "key-1")
	body := api.CreateWorkerBody{NewWorker: api.NewWorker{Name: "n", AMIID: "ami"}}
	first, _, err := w.Commands.CreateWorker(keyed, body)
	require.NoError(t, err)
	_, _, err = w.Commands.CreateWorker(admin, body)
	require.Equal(t, "region_full", failure.CodeOf(err))
	again, meta, err := w.Commands.CreateWorker(keyed, body)
	require.NoError(t, err, "a repeat needs no room")
	require.Equal(t, first.ID, again.ID)
	require.True(t, meta.Repeated)
}

func TestImportAsksAndBulkImportAnswers(t *testing.T) {
	w := apptest.New(t)
	admin, finder := apptest.As("root", api.Admin), apptest.Service("worker-controller", "")
	_, err := w.Commands.ImportWorkers(admin, api.ImportWorkersBody{})
	require.Equal(t, "import_criteria_required", failure.CodeOf(err))
	_, err = w.Commands.ImportWorkers(admin, api.ImportWorkersBody{ImportBody: api.ImportBody{Name: "n", ImportAll: true}})
	require.Equal(t, "import_criteria_required", failure.CodeOf(err))
	_, err = w.Commands.ImportWorkers(admin, api.ImportWorkersBody{AWSRegion: "x", ImportBody: api.ImportBody{ImportAll: true}})
	require.Equal(t, "bad_region", failure.CodeOf(err))

	asked, err := w.Commands.ImportWorkers(admin, api.ImportWorkersBody{ImportBody: api.ImportBody{AWSInstanceID: "i-1", Name: "mine"}})
	require.NoError(t, err)
	scan := api.BulkImport{Body: api.BulkImportBody{AWSRegion: "us-east-1", TaskID: asked.TaskID, Instances: []api.DiscoveredMachine{
		{InstanceID: "i-1", State: "running", InstanceType: "m5.metal", ImageID: "ami-1"},
		{InstanceID: "i-2", State: "running", InstanceType: "m5.metal", ImageID: "ami-1"},
	}}}
	wrong := scan
	wrong.Body.AWSRegion = "eu-west-1"
	_, err = w.Commands.BulkImport(finder, wrong)
	require.Equal(t, "task_not_found", failure.CodeOf(err))
	result, err := w.Commands.BulkImport(finder, scan)
	require.NoError(t, err)
	require.Equal(t, 1, result.TotalImported)
	require.Equal(t, "mine", result.Imported[0].Name)
	require.Equal(t, []api.SkippedMachine{{InstanceID: "i-2", Reason: "not_asked_for"}}, result.Skipped)
	task, _, err := w.Tasks.Get(admin, asked.TaskID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskCompleted, task.Status)
	var told api.ImportResult
	require.NoError(t, json.Unmarshal(task.Result, &told))
	require.Equal(t, result, told)
	_, err = w.Commands.BulkImport(finder, scan)
	require.Equal(t, "task_finished", failure.CodeOf(err))
	_, err = w.Commands.ImportWorkers(admin, api.ImportWorkersBody{ImportBody: api.ImportBody{AWSInstanceID: "i-1"}})
	require.Equal(t, "worker_exists", failure.CodeOf(err))

	asked, err = w.Commands.ImportWorkers(admin, api.ImportWorkersBody{ImportBody: api.ImportBody{AWSInstanceID: "i-9"}})
	require.NoError(t, err)
	_, err = w.Commands.BulkImport(finder, api.BulkImport{Body: api.BulkImportBody{AWSRegion: "us-east-1", TaskID: asked.TaskID}})
	require.NoError(t, err)
	task, _, err = w.Tasks.Get(admin, asked.TaskID)
	require.NoError(t, err)
	require.Equal(t, lifecycle.TaskFailed, task.Status)
	require.Equal(t, "machine_not_imported", task.Error.Code)
}

func TestDiscoveryMakesNoSecondWorkerOfAMachine(t *testing.T) {
	w := apptest.New(t)
	finder := apptest.Service("worker-controller", "")
	ours := w.ReadyWorker(10)
	w.Clock.Move(time.Hour)
	machine := func(id, state string) api.DiscoveredMachine {
		return api.DiscoveredMachine{InstanceID: id, State: state, InstanceType: "m5.metal", ImageID: "ami-1"}
	}
	tagged := machine("i-ours", "running")
	tagged.WorkerID = ours.ID
	stray := machine("i-stray", "running")
	stray.WorkerID = "somebody-else"
	scan := func(machines ...api.DiscoveredMachine) api.ImportResult {
		result, err := w.Commands.BulkImport(finder, api.BulkImport{Body: api.BulkImportBody{AWSRegion: "us-east-1", Instances: machines}})
		require.NoError(t, err)
		return result
	}
	first := scan(tagged, stray, machine("i-new", "running"), machine("i-old", "terminated"), machine("i-end", "shutting-down"))
	require.Equal(t, 1, first.TotalImported)
	require.Equal(t, "worker-i-new", first.Imported[0].Name, "a machine without a name gets one")
	require.Equal(t, []api.SkippedMachine{
		{InstanceID: "i-ours", Reason: "unchanged"}, {InstanceID: "i-stray", Reason: "tagged_for_unknown_worker"},
		{InstanceID: "i-old", Reason: "terminated"}, {InstanceID: "i-end", Reason: "terminated"},
	}, first.Skipped)
	id := first.Imported[0].WorkerID
	w.Clock.Move(time.Minute)
	named := machine("i-new", "stopped")
	named.Name, named.PublicIP = "real", "203.0.113.4"
	second := scan(named)
	require.Equal(t, 1, second.TotalUpdated)
	now := w.Worker(id)
	require.Equal(t, "real", now.Name)
	require.Equal(t, lifecycle.WorkerStopped, now.Status)
	require.Equal(t, lifecycle.WorkerStopped, now.DesiredStatus)
	require.Zero(t, scan(named).TotalUpdated, "nothing new")
	w.Clock.Move(time.Minute)
	scan(machine("i-new", "terminated"))
	require.Equal(t, lifecycle.WorkerTerminated, w.Worker(id).Status)
	require.Equal(t, "worker_terminated", scan(machine("i-new", "terminated")).Skipped[0].Reason)

	elsewhere, err := w.Commands.BulkImport(finder, api.BulkImport{Body: api.BulkImportBody{AWSRegion: "eu-west-1", Instances: []api.DiscoveredMachine{tagged}}})
	require.NoError(t, err)
	require.Equal(t, "worker_in_other_region", elsewhere.Skipped[0].Reason)
	n, err := w.Workers.Count(finder, store.Query{})
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestAMachineThatVanishedUnderALabLosesIt(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	running := w.Running(machine.ID, w.Definition(4).ID)
	w.Clock.Move(time.Minute)
	_, err := w.Commands.BulkImport(apptest.Service("worker-controller", ""), api.BulkImport{Body: api.BulkImportBody{
		AWSRegion: "us-east-1", Instances: []api.DiscoveredMachine{{InstanceID: "i-x", WorkerID: machine.ID, State: "terminated", InstanceType: "m5.metal"}},
	}})
	require.NoError(t, err)
	i, _ := w.Instance(running.ID)
	require.Equal(t, lifecycle.InstanceTerminated, i.Status)
}

func TestAChangeIsMadeAtTheVersionThatWasSeenOnly(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	admin := apptest.As("root", api.Admin)
	_, meta, err := w.Workers.Get(admin, machine.ID)
	require.NoError(t, err)
	_, _, err = w.Commands.SetWorkerTags(call.AtVersion(admin, meta.Version-1), machine.ID, map[string]string{"a": "b"})
	require.Equal(t, "version_changed", failure.CodeOf(err))
	require.Equal(t, failure.Precondition, failure.KindOf(err))
	_, _, err = w.Commands.SetWorkerTags(call.AtVersion(admin, meta.Version), machine.ID, map[string]string{"a": "b"})
	require.NoError(t, err)
	drained, _, err := w.Commands.DrainWorker(call.AtVersion(admin, meta.Version+1), machine.ID, "", "")
	require.NoError(t, err, "the version is the worker's, not the task's")
	require.NotEmpty(t, drained.TaskID)
}
