package worker

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// unlicensed is a running worker whose CML is about to report for the first time.
func unlicensed(t *testing.T) *Worker {
	t.Helper()
	w := newWorker()
	require.NoError(t, w.PlanLaunch(launch, at(1)))
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerRunning}, at(2)))
	return fresh(w)
}

func unregistered() Report {
	return Report{Version: "2.9.0", Ready: true, License: &LicenseReport{Registration: "NOT_REGISTERED"}}
}

func TestAFirstReadyCMLWithoutLicenceIsRegistered(t *testing.T) {
	w := unlicensed(t)
	early := unregistered()
	early.Ready = false
	w.ReportCML(early, true, at(3))
	require.Empty(t, w.License.PendingOperation, "not ready yet")
	w.ReportCML(unregistered(), true, at(4))
	require.Equal(t, lifecycle.LicenseRegister, w.License.PendingOperation)
	require.Contains(t, types(w), "cml_worker.license.registration.requested.v1")
	w = fresh(w)
	w.ReportCML(unregistered(), true, at(5))
	_, changed, _ := w.Changes()
	require.False(t, changed, "a report without a difference is no change")

	off := unlicensed(t)
	off.ReportCML(unregistered(), false, at(4))
	require.Empty(t, off.License.PendingOperation, "the setting is off")

	licensed := unlicensed(t)
	licensed.ReportCML(Report{Ready: true, License: &LicenseReport{Registration: "COMPLETED", Authorization: "IN_COMPLIANCE"}}, true, at(4))
	require.Empty(t, licensed.License.PendingOperation)
}

func TestALateReportDoesNotMakeAStoppedWorkerReady(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerStopped}, at(5)))
	w.ReportCML(Report{Version: "2.9.0", Ready: true}, true, at(6))
	require.False(t, w.CML.Ready)
}

func TestCMLsWordsForALicence(t *testing.T) {
	for _, c := range []struct {
		registration, authorization string
		want                        lifecycle.LicenseStatus
	}{
		{"COMPLETED", "IN_COMPLIANCE", lifecycle.LicenseRegistered},
		{"REGISTERED", "AUTHORIZED", lifecycle.LicenseRegistered},
		{"COMPLETED", "OUT_OF_COMPLIANCE", lifecycle.LicenseInvalid},
		{"COMPLETED", "EXPIRED", lifecycle.LicenseExpired},
		{"EVALUATION", "", lifecycle.LicenseEvaluation},
		{"NOT_REGISTERED", "EVAL", lifecycle.LicenseEvaluation},
		{"NOT_REGISTERED", "", lifecycle.LicenseUnregistered},
		{"FAILED", "", lifecycle.LicenseUnregistered},
		{"IN_PROGRESS", "", ""},
	} {
		require.Equal(t, c.want, LicenseReport{Registration: c.registration, Authorization: c.authorization}.status(), c)
	}
}

func TestAPersonalLicenceAllowsTwentyNodes(t *testing.T) {
	w := unlicensed(t)
	w.ReportCML(Report{Ready: true, License: &LicenseReport{Registration: "COMPLETED", Product: "CML-Personal"}}, true, at(4))
	require.Equal(t, resource.LicensePersonal, w.License.Type)
	require.Equal(t, 20, *w.License.NodeLimit)
	require.Equal(t, 20, *w.Limits().NodeLimit)
}

// What CML says is kept in its words; words that decide nothing are told, but nobody has to act on them.
func TestWhatCMLSaysOfItsLicenceIsKept(t *testing.T) {
	w := unlicensed(t)
	until, nodes := at(1).At.AddDate(1, 0, 0), 200
	said := LicenseReport{
		Registration: "COMPLETED", Authorization: "IN_COMPLIANCE", Product: "CML_Enterprise", Enterprise: true, NodeLimit: &nodes,
		SmartAccount: "smart", VirtualAccount: "virtual", ExpiresAt: &until,
	}
	report := func(w *Worker) (changed, raised bool) {
		w.ReportCML(Report{Version: "2.9.0", Ready: true, License: &said}, true, at(4))
		_, changed, raised = w.Changes()
		return changed, raised
	}
	_, raised := report(w)
	require.True(t, raised)
	want := readmodel.CMLLicenseInfo{
		RegistrationStatus: "COMPLETED", AuthorizationStatus: "IN_COMPLIANCE", Product: "CML_Enterprise", IsEnterprise: true, NodeLimit: &nodes,
		SmartAccount: "smart", VirtualAccount: "virtual", ExpiresAt: &until,
	}
	require.Equal(t, want, *w.License.Info)
	require.Equal(t, want, *w.Model(1, 1).License.Info)

	w = fresh(w)
	changed, _ := report(w)
	require.False(t, changed, "the same again is no change")
	later, more := until.AddDate(1, 0, 0), nodes
	for reason, change := range map[string]func(){
		"renewed":           func() { said.ExpiresAt = &later },
		"never to end":      func() { said.ExpiresAt = nil },
		"another account":   func() { said.SmartAccount = "another" },
		"a copy of a limit": func() { said.NodeLimit = &more },
	} {
		w, before := fresh(w), said
		change()
		changed, raised := report(w)
		require.Equal(t, reason != "a copy of a limit", changed, reason)
		require.False(t, raised, reason)
		said = before
	}
	w.forgetMachine()
	require.Nil(t, w.License.Info, "another machine has told nothing yet")
}

func TestRegistration(t *testing.T) {
	w := unlicensed(t)
	require.Equal(t, "no_pending_operation", failure.CodeOf(w.StartLicense(lifecycle.LicenseRegister, at(3))))
	require.Equal(t, "no_pending_operation", failure.CodeOf(w.TakeSeat("pool", at(3))))
	require.Equal(t, "no_pending_operation", failure.CodeOf(w.FetchToken(at(3))))
	w.ReportCML(unregistered(), true, at(4))
	require.Equal(t, "license_busy", failure.CodeOf(w.RequestLicense(lifecycle.LicenseRegister, nil, false, at(5))))
	require.Equal(t, "no_pending_operation", failure.CodeOf(w.StartLicense(lifecycle.LicenseDeregister, at(5))))

	require.NoError(t, w.TakeSeat("pool", at(6)))
	require.NoError(t, w.FetchToken(at(6)))
	require.NoError(t, w.StartLicense(lifecycle.LicenseRegister, at(7)))
	require.True(t, w.License.InProgress)
	w = fresh(w)
	require.NoError(t, w.CompleteLicense(lifecycle.LicenseRegister, Completion{RegistrationStatus: "COMPLETED"}, at(8)))
	require.Equal(t, lifecycle.LicenseRegistered, w.License.Status)
	require.Empty(t, w.License.PendingOperation)
	require.Equal(t, "pool", w.License.Seat, "the seat stays taken")
	require.True(t, w.Placeable, w.NotPlaceable)
	require.Contains(t, types(w), "cml_worker.license.registration.completed.v1")
	w = fresh(w)
	require.NoError(t, w.CompleteLicense(lifecycle.LicenseRegister, Completion{}, at(9)))
	_, changed, _ := w.Changes()
	require.False(t, changed)

	require.NoError(t, w.Want(lifecycle.WorkerTerminated, false, boot, at(10)))
	require.NoError(t, w.StartLicense(lifecycle.LicenseDeregister, at(11)))
	require.NoError(t, w.CompleteLicense(lifecycle.LicenseDeregister, Completion{}, at(12)))
	require.Equal(t, lifecycle.LicenseUnregistered, w.License.Status)
	require.Empty(t, w.License.Seat, "the seat is given back")
}

func TestAFailedRegistrationDoesNotSpin(t *testing.T) {
	w := unlicensed(t)
	w.ReportCML(unregistered(), true, at(4))
	pause := time.Duration(0)
	for n := 1; n < MaxLicenseAttempts; n++ {
		require.NoError(t, w.StartLicense(lifecycle.LicenseRegister, at(5)))
		require.NoError(t, w.FailLicense(lifecycle.LicenseRegister, "bad token", "CML-1", at(6)))
		require.Equal(t, n, w.License.Attempts)
		require.False(t, w.License.InProgress)
		next := w.License.NextTry.Sub(noon.Add(6))
		require.Greater(t, next, pause, "each wait is longer")
		pause = next
	}
	require.NoError(t, w.FailLicense(lifecycle.LicenseRegister, "bad token", "", at(7)))
	require.Empty(t, w.License.PendingOperation, "given up")
	require.Equal(t, "bad token", w.License.LastError)
	condition, ok := readmodel.FindCondition(w.Conditions, ConditionLicensed)
	require.True(t, ok)
	require.Equal(t, "register_failed", condition.Reason)
	w = fresh(w)
	w.ReportCML(unregistered(), true, at(8))
	require.Empty(t, w.License.PendingOperation, "the API asks once per machine")
	require.Equal(t, "no_pending_operation", failure.CodeOf(w.FailLicense(lifecycle.LicenseRegister, "x", "", at(9))))
}

func TestNoSeat(t *testing.T) {
	w := unlicensed(t)
	w.ReportCML(unregistered(), true, at(4))
	require.NoError(t, w.TakeSeat("pool", at(5)))
	require.NoError(t, w.LoseSeat("all 1 seats are taken", at(6)))
	require.Empty(t, w.License.Seat)
	require.False(t, w.Placeable)
	condition, _ := readmodel.FindCondition(w.Conditions, ConditionLicensed)
	require.Equal(t, "no_seat", condition.Reason)
	require.NotNil(t, w.License.NextTry)
	require.Equal(t, lifecycle.LicenseRegister, w.License.PendingOperation, "it is tried again later")
}

func TestATokenIsNeitherInEventsNorInTheModel(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.RequestLicense(lifecycle.LicenseRegister, []byte("tok-secret"), true, at(5)))
	events, _, _ := w.Changes()
	text, err := json.Marshal(events)
	require.NoError(t, err)
	model, err := json.Marshal(w.Model(1, 1))
	require.NoError(t, err)
	for _, leaked := range []string{"tok-secret", "dG9rLXNlY3JldA"} {
		require.NotContains(t, string(text), leaked)
		require.NotContains(t, string(model), leaked)
	}
	require.NoError(t, w.CompleteLicense(lifecycle.LicenseRegister, Completion{}, at(6)))
	require.Nil(t, w.SealedToken, "it is forgotten when the operation is over")
}
