package command_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func scaleUp(w *apptest.World, template, demand string) (api.Ack, error) {
	return w.Commands.ScaleUp(apptest.Service("resource-scheduler", ""), api.ScaleUp{Body: api.ScaleUpBody{TemplateName: template, Reason: "queue", Demand: demand}})
}

func TestScaleUpMakesOneWorkerPerDemand(t *testing.T) {
	w := apptest.New(t)
	w.Template("metal", 96)
	first, err := scaleUp(w, "metal", "plan-1/0")
	require.NoError(t, err)
	require.True(t, first.Changed)
	again, err := scaleUp(w, "metal", "plan-1/0")
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	require.False(t, again.Changed)
	other, err := scaleUp(w, "metal", "plan-1/1")
	require.NoError(t, err)
	require.NotEqual(t, first.ID, other.ID)
	made := w.Worker(first.ID)
	require.Equal(t, lifecycle.WorkerPending, made.Status)
	require.Equal(t, lifecycle.WorkerRunning, made.DesiredStatus)
	require.Equal(t, "us-east-1", made.AWSRegion)
	require.Equal(t, 96, made.DeclaredCapacity.CPUCores)
	require.NotEqual(t, made.Name, w.Worker(other.ID).Name, "two of one second have names of their own")
}

// Workers offer their template's ports; where it names none, those that are configured.
func TestWhichPortsANewWorkerOffers(t *testing.T) {
	w := apptest.New(t)
	usual, own := resource.PortRange{Min: 5000, Max: 5999}, resource.PortRange{Min: 3000, Max: 3009}
	w.Template("metal", 96)
	w.Template("narrow", 96)
	narrow, _, err := w.Templates.GetUnique(t.Context(), "narrow")
	require.NoError(t, err)
	_, _, err = w.Templates.Update(apptest.As("x"), narrow.ID, func(t *template.Template) error {
		return t.Update(template.Patch{PortRange: &own}, parts.Act{By: "x", At: w.Clock.Now()})
	})
	require.NoError(t, err)
	w.Commands = command.New(command.Deps{
		Workers: w.Workers, Templates: w.Templates, Settings: w.Settings, Region: "us-east-1", Ports: usual, Now: w.Clock.Now,
	})
	for name, want := range map[string]resource.PortRange{"metal": usual, "narrow": own} {
		made, err := scaleUp(w, name, "d-"+name)
		require.NoError(t, err)
		require.Equal(t, want, w.Worker(made.ID).PortRange, name)
		require.Equal(t, want, w.Worker(made.ID).Model(1, 1).PortRange, name)
	}
}

func TestScaleUpRefusals(t *testing.T) {
	w := apptest.New(t)
	_, err := scaleUp(w, "nobody", "d")
	require.Equal(t, "template_not_found", failure.CodeOf(err))
	w.Template("metal", 96)
	w.Settings.Value.Provisioning.MaxWorkersPerRegion = 1
	one, err := scaleUp(w, "metal", "d1")
	require.NoError(t, err)
	_, err = scaleUp(w, "metal", "d2")
	require.Equal(t, "region_full", failure.CodeOf(err))
	_, err = scaleUp(w, "metal", "d1")
	require.NoError(t, err, "a repeat needs no room")
	w.Observe(one.ID, "terminated")
	_, err = scaleUp(w, "metal", "d2")
	require.NoError(t, err, "a terminated worker does not count")
	w.Store.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}, storetest.Count))
	_, err = scaleUp(w, "metal", "d3")
	require.Equal(t, failure.Unavailable, failure.KindOf(err), "what cannot be counted is not made")
	w.Store.SetHook(nil)
	n, err := w.Workers.Count(apptest.As("x"), store.Query{})
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestALostWorkerTakesItsInstancesAlong(t *testing.T) {
	for _, c := range []struct {
		report            string
		scheduled, active lifecycle.InstanceStatus
		entries           int
	}{
		{"terminated", lifecycle.InstancePending, lifecycle.InstanceTerminated, 0},
		{"failed", lifecycle.InstancePending, lifecycle.InstanceTerminated, 1},
		{"stopped", lifecycle.InstanceScheduled, lifecycle.InstanceTerminated, 2},
	} {
		t.Run(c.report, func(t *testing.T) {
			w := apptest.New(t)
			machine := w.ReadyWorker(10)
			d := w.Definition(4)
			scheduled, running := w.Book(d.ID, time.Hour, 2*time.Hour), w.Running(machine.ID, d.ID)
			w.Place(machine.ID, scheduled.ID)
			w.Observe(machine.ID, c.report)
			i, _ := w.Instance(scheduled.ID)
			require.Equal(t, c.scheduled, i.Status)
			i, _ = w.Instance(running.ID)
			require.Equal(t, c.active, i.Status)
			require.Equal(t, "worker_lost", i.StateHistory[len(i.StateHistory)-1].Reason)
			require.Len(t, w.Worker(machine.ID).Book.Entries, c.entries, "a lab that may exist keeps its booking")
			require.Equal(t, c.report == "terminated", len(i.Finalizers) == 0, "a lab goes with its machine")
		})
	}
}

func TestReportStatusRefusals(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	report := func(status string, generation int64) error {
		_, err := w.Commands.ReportWorkerStatus(apptest.Service("worker-controller", ""), api.ReportWorkerStatus{
			ID: machine.ID, Body: api.ReportWorkerStatusBody{Status: status, Generation: generation},
		})
		return err
	}
	require.Equal(t, "bad_status", failure.CodeOf(report("nonsense", 0)))
	w.Running(machine.ID, w.Definition(4).ID)
	_, meta, err := w.Workers.Get(apptest.As("x"), machine.ID)
	require.NoError(t, err)
	require.Equal(t, "worker_in_use", failure.CodeOf(report("stopping", meta.Generation)))
	require.NoError(t, report("shutting-down", 0))
	require.Empty(t, w.Meter.Jumps)
	require.Equal(t, lifecycle.WorkerTerminating, w.Worker(machine.ID).Status, "the older word is read")
	require.NoError(t, report("starting", 0))
	require.Equal(t, []string{"terminating to starting"}, w.Meter.Jumps, "what the table does not have is counted")
}

func TestAWorkerInUseIsTerminatedByForceOnly(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	w.Running(machine.ID, w.Definition(4).ID)
	admin := apptest.As("root", api.Admin)
	_, _, err := w.Commands.TerminateWorker(admin, api.DeleteWorker{ID: machine.ID})
	require.Equal(t, "worker_in_use", failure.CodeOf(err))
	wanted, _, err := w.Commands.TerminateWorker(admin, api.DeleteWorker{ID: machine.ID, Force: true})
	require.NoError(t, err)
	require.Equal(t, lifecycle.WorkerTerminated, wanted.DesiredStatus)
	require.Equal(t, lifecycle.WorkerRunning, wanted.Status, "worker-controller does the rest")
}

func TestSeatsAreNeverSharedByMoreThanThereAre(t *testing.T) {
	w := apptest.New(t)
	w.Licenses["pool"] = apptest.Pool(1)
	ctx := apptest.Service("worker-controller", "")
	one, two := newUnlicensed(t, w, "one"), newUnlicensed(t, w, "two")
	_, err := w.Commands.LicenseToken(ctx, w.ReadyWorker(10).ID)
	require.Equal(t, "no_pending_operation", failure.CodeOf(err))
	token, err := w.Commands.LicenseToken(ctx, one)
	require.NoError(t, err)
	require.Equal(t, "token-of-the-pool", token.Token)
	_, err = w.Commands.PutWorkerFinalizer(ctx, api.PutFinalizer{ID: one, Body: api.PutFinalizerBody{Kind: readmodel.FinalizerLicense, Attempt: 1}})
	require.NoError(t, err, "the pending registration fences the intent")
	_, err = w.Commands.LicenseToken(ctx, one)
	require.NoError(t, err, "a seat is taken once")
	_, err = w.Commands.LicenseToken(ctx, two)
	require.Equal(t, "no_seat", failure.CodeOf(err))
	condition, _ := readmodel.FindCondition(w.Worker(two).Conditions, "Licensed")
	require.Equal(t, "no_seat", condition.Reason)
	require.Empty(t, w.Worker(two).License.Seat)

	w.Observe(one, "terminated")
	_, err = w.Commands.LicenseToken(ctx, two)
	require.NoError(t, err, "a terminated worker gives its seat back")
	_, err = w.Commands.StartLicense(ctx, lifecycle.LicenseRegister, api.LicenseStep{ID: two})
	require.NoError(t, err)
	_, err = w.Commands.CompleteLicense(ctx, lifecycle.LicenseRegister, api.LicenseStep{ID: two})
	require.NoError(t, err)
	require.True(t, w.Worker(two).Placeable)
	_, err = w.Commands.LicenseToken(ctx, two)
	require.Equal(t, "no_pending_operation", failure.CodeOf(err), "only while the registration is pending")
}

func TestATokenThatWasGivenForAWorkerTakesNoSeat(t *testing.T) {
	w := apptest.New(t)
	ctx := apptest.Service("worker-controller", "")
	machine := w.ReadyWorker(10)
	request := func(sealed []byte) {
		_, _, err := w.Workers.Update(ctx, machine.ID, func(m *worker.Worker) error {
			act := parts.Act{By: "root", At: w.Clock.Now()}
			return m.RequestLicense(lifecycle.LicenseRegister, sealed, true, act)
		})
		require.NoError(t, err)
	}
	sealed, err := apptest.Sealer{}.Seal(secret.New("given-token"))
	require.NoError(t, err)
	request(sealed)
	token, err := w.Commands.LicenseToken(ctx, machine.ID)
	require.NoError(t, err)
	require.Equal(t, "given-token", token.Token)
	require.Empty(t, w.Worker(machine.ID).License.Seat)
	stored, err := w.Store.Get(ctx, "cml_workers", machine.ID)
	require.NoError(t, err)
	for _, change := range stored.Changes {
		require.NotContains(t, string(change), base64.StdEncoding.EncodeToString(sealed), "not even sealed is it in the audit record")
	}
	_, err = w.Commands.FailLicense(ctx, lifecycle.LicenseRegister, api.LicenseStep{ID: machine.ID, Body: api.LicenseStepBody{ErrorMessage: "bad"}})
	require.NoError(t, err)
	require.Equal(t, 1, w.Worker(machine.ID).License.Attempts)
}

// newUnlicensed makes a running worker whose CML reports for the first time, without a licence.
func newUnlicensed(t *testing.T, w *apptest.World, name string) string {
	t.Helper()
	ctx := apptest.Service("worker-controller", "")
	w.Template(name, 10)
	made, err := scaleUp(w, name, name)
	require.NoError(t, err)
	_, err = w.Commands.PlanLaunch(ctx, api.PlanLaunch{ID: made.ID, Body: api.PlanLaunchBody{
		Generation: made.Generation, AMIID: "ami", InstanceType: "m5.metal", SubnetID: "s", SecurityGroupIDs: []string{"g"}, DiskGB: 1,
	}})
	require.NoError(t, err)
	w.Observe(made.ID, "running")
	_, err = w.Commands.ReportCMLData(ctx, api.ReportCMLData{ID: made.ID, Body: api.ReportCMLDataBody{
		Ready: true, License: &api.CMLLicenseInfo{RegistrationStatus: "NOT_REGISTERED"},
	}})
	require.NoError(t, err)
	require.Equal(t, lifecycle.LicenseRegister, w.Worker(made.ID).License.PendingOperation)
	return made.ID
}

func TestWorkerFinalizersAndPin(t *testing.T) {
	w := apptest.New(t)
	machine := w.ReadyWorker(10)
	ctx := apptest.Service("worker-controller", "")
	_, meta, err := w.Workers.Get(ctx, machine.ID)
	require.NoError(t, err)
	put := api.PutFinalizer{ID: machine.ID, Body: api.PutFinalizerBody{Kind: readmodel.FinalizerLicense}}
	_, err = w.Commands.PutWorkerFinalizer(ctx, put)
	require.Equal(t, "generation_required", failure.CodeOf(err))
	put.Body.Generation = meta.Generation
	_, err = w.Commands.PutWorkerFinalizer(ctx, put)
	require.NoError(t, err)
	_, err = w.Commands.DropWorkerFinalizer(ctx, api.DropFinalizer{ID: machine.ID, Kind: "license"})
	require.NoError(t, err)
	_, err = w.Commands.PinCertificate(ctx, api.PinCertificate{ID: machine.ID, Body: api.PinCertificateBody{Fingerprint: "a"}})
	require.NoError(t, err)
	_, err = w.Commands.PinCertificate(ctx, api.PinCertificate{ID: machine.ID, Body: api.PinCertificateBody{Fingerprint: "b"}})
	require.Equal(t, "certificate_pinned", failure.CodeOf(err))
	_, err = w.Commands.SetWorkerConditions(ctx, api.SetConditions{ID: machine.ID, Body: api.SetConditionsBody{Conditions: []readmodel.Condition{{Type: "EC2", Status: "True"}}}})
	require.NoError(t, err)
}
