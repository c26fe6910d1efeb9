package worker

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// held is a ready worker on which a lab of an instance is held.
func held(t *testing.T) *Worker {
	t.Helper()
	w := ready(t)
	require.Nil(t, w.BookEach([]booking.Request{request("i", 1, time.Minute, time.Hour)}, 0, at(4))[0])
	require.NoError(t, w.Hold(booking.Holder{InstanceID: "i", Attempt: 1}, 0, at(5)))
	return fresh(w)
}

// due is a ready worker on which a lab begins within the time that a worker takes to start.
func due(t *testing.T) *Worker {
	t.Helper()
	w := ready(t)
	require.Nil(t, w.BookEach([]booking.Request{request("i", 1, boot/2, time.Hour)}, 0, at(4))[0])
	return fresh(w)
}

// verbs are the verbs whose answer depends on where the worker stands, with the statuses in which each is taken.
func verbs() map[string]struct {
	do    func(*Worker) error
	taken []lifecycle.WorkerStatus
	code  string
} {
	type row = struct {
		do    func(*Worker) error
		taken []lifecycle.WorkerStatus
		code  string
	}
	living := func() (all []lifecycle.WorkerStatus) {
		for _, s := range lifecycle.Workers().Statuses() {
			if s != lifecycle.WorkerTerminated {
				all = append(all, s)
			}
		}
		return all
	}()
	running := []lifecycle.WorkerStatus{lifecycle.WorkerRunning}
	up := []lifecycle.WorkerStatus{lifecycle.WorkerRunning, lifecycle.WorkerDraining}
	return map[string]row{
		"start":            {func(w *Worker) error { return w.Start(false, at(9)) }, living, "worker_terminated"},
		"stop":             {func(w *Worker) error { return w.Stop(PauseManual, false, boot, at(9)) }, living, "worker_terminated"},
		"pause":            {func(w *Worker) error { return w.Pause(PauseManual, false, boot, at(9)) }, running, "worker_not_running"},
		"drain":            {func(w *Worker) error { return w.Drain(at(9)) }, up, "worker_not_running"},
		"cancel drain":     {func(w *Worker) error { return w.CancelDrain(at(9)) }, []lifecycle.WorkerStatus{lifecycle.WorkerDraining}, "worker_not_draining"},
		"end":              {func(w *Worker) error { return w.End(false, false, boot, at(9)) }, living, "worker_terminated"},
		"tags":             {func(w *Worker) error { return w.SetTags(map[string]string{"a": "b"}, at(9)) }, living, "worker_terminated"},
		"monitoring":       {func(w *Worker) error { return w.SetMonitoring(true, at(9)) }, living, "worker_terminated"},
		"idle detection":   {func(w *Worker) error { return w.SetIdleDetection(false, at(9)) }, living, "worker_terminated"},
		"reset of the pin": {func(w *Worker) error { return w.ResetCertificate(at(9)) }, living, "worker_terminated"},
		"details":          {func(w *Worker) error { return w.Describe(Observation{PublicIP: "203.0.113.9"}, at(9)) }, living, "worker_terminated"},
		"register":         {func(w *Worker) error { return w.RequestLicense(lifecycle.LicenseRegister, nil, true, at(9)) }, up, "worker_not_running"},
		"deregister":       {func(w *Worker) error { return w.RequestLicense(lifecycle.LicenseDeregister, nil, false, at(9)) }, up, "worker_not_running"},
	}
}

func TestEveryVerbInEveryStatus(t *testing.T) {
	for name, verb := range verbs() {
		for _, status := range lifecycle.Workers().Statuses() {
			t.Run(fmt.Sprintf("%s while %s", name, status), func(t *testing.T) {
				w := ready(t)
				w.Status, w.EC2InstanceID = status, "i-1"
				err := verb.do(w)
				taken := false
				for _, s := range verb.taken {
					taken = taken || s == status
				}
				if taken {
					require.NoError(t, err)
					return
				}
				want := verb.code
				if status == lifecycle.WorkerTerminated && name != "register" && name != "deregister" {
					want = "worker_terminated"
				}
				require.Equal(t, want, failure.CodeOf(err))
				require.Equal(t, failure.Conflict, failure.KindOf(err))
				_, changed, _ := w.Changes()
				require.False(t, changed, "what is refused changes nothing")
			})
		}
	}
}

func TestAWorkerOnItsWayOutIsNotTakenBack(t *testing.T) {
	for name, verb := range verbs() {
		if name == "end" || name == "register" || name == "deregister" {
			continue
		}
		w := ready(t)
		w.DesiredStatus = lifecycle.WorkerTerminated
		require.Equal(t, "worker_terminated", failure.CodeOf(verb.do(w)), name)
	}
}

func TestI7NobodysSessionIsDisturbed(t *testing.T) {
	for name, do := range map[string]func(*Worker, bool) error{
		"stop":  func(w *Worker, force bool) error { return w.Stop(PauseManual, force, boot, at(9)) },
		"pause": func(w *Worker, force bool) error { return w.Pause(PauseIdle, force, boot, at(9)) },
		"end":   func(w *Worker, force bool) error { return w.End(force, false, boot, at(9)) },
	} {
		for reason, make := range map[string]func(*testing.T) *Worker{"a lab is held": held, "a lab begins soon": due} {
			w := make(t)
			require.Equal(t, "worker_in_use", failure.CodeOf(do(w, false)), "%s while %s", name, reason)
			_, changed, _ := w.Changes()
			require.False(t, changed)
			require.NoError(t, do(w, true), "%s by force while %s", name, reason)
			require.True(t, w.Forced)
			events, _, _ := w.Changes()
			require.Equal(t, EventDesiredUpdated, events[0].Type)
			require.True(t, events[0].Data.(desiredUpdated).Forced, "the force is told of")
		}
	}
	w := held(t)
	require.NoError(t, w.Drain(at(9)), "a drain waits for the lab")
	require.Equal(t, "worker_in_use", failure.CodeOf(w.Observe(Observation{Status: lifecycle.WorkerStopping, Intent: true}, at(10))))
}

func TestPausesAreCounted(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.Pause(PauseIdle, false, boot, at(time.Minute)))
	require.Equal(t, []string{EventDesiredUpdated, EventPlaceableUpdated, EventPaused}, types(w))
	require.NoError(t, w.Pause(PauseIdle, false, boot, at(2*time.Minute)))
	require.Equal(t, 1, w.Pauses.AutoPaused, "once is enough")
	require.Equal(t, PauseIdle, w.Pauses.Reason)
	require.Equal(t, "tester", w.Pauses.PausedBy)
	w = fresh(w)
	require.NoError(t, w.Start(true, at(3*time.Minute)))
	require.Equal(t, []string{EventDesiredUpdated, EventPlaceableUpdated, EventResumed}, types(w))
	events, _, _ := w.Changes()
	require.True(t, events[2].Data.(resumed).WasAutoPaused)
	require.Equal(t, 1, w.Pauses.AutoResumed)
	require.Empty(t, w.Pauses.Reason)
	require.NoError(t, w.Stop(PauseManual, false, boot, at(4*time.Minute)))
	require.NoError(t, w.Start(false, at(5*time.Minute)))
	require.Equal(t, 1, w.Pauses.ManualPaused)
	require.Equal(t, 1, w.Pauses.ManualResumed)
	w = fresh(w)
	require.NoError(t, w.Start(false, at(6*time.Minute)))
	require.Empty(t, types(w), "it runs already")
}

func TestDrain(t *testing.T) {
	w := held(t)
	w.DrainTimeoutHours = 2
	require.NoError(t, w.Drain(at(time.Minute).Because("scale_down")))
	require.Equal(t, []string{EventStatusUpdated, EventDesiredUpdated, EventDrainStarted, EventPlaceableUpdated}, types(w))
	require.Equal(t, lifecycle.WorkerDraining, w.Status)
	require.Equal(t, lifecycle.WorkerStopped, w.DesiredStatus)
	require.Equal(t, noon.Add(2*time.Hour+time.Minute), *w.DrainUntil)
	require.False(t, w.Placeable)

	cancelled := fresh(w)
	require.NoError(t, cancelled.Start(false, at(time.Hour)), "starting cancels the drain")
	require.Equal(t, lifecycle.WorkerRunning, cancelled.Status)
	require.Equal(t, lifecycle.WorkerRunning, cancelled.DesiredStatus)
	require.Nil(t, cancelled.DrainUntil)
	require.True(t, cancelled.Placeable)
	require.Contains(t, types(cancelled), EventDrainCancelled)

	w = fresh(w)
	w.ForceDrain(at(2 * time.Hour))
	require.Empty(t, types(w), "not yet")
	require.False(t, w.DrainOverdue(noon.Add(2*time.Hour)))
	w.ForceDrain(at(2*time.Hour + time.Minute))
	require.Equal(t, []string{EventDrainForced}, types(w))
	require.True(t, w.Forced)
	require.Equal(t, "worker_not_draining", failure.CodeOf(w.CancelDrain(at(3*time.Hour))), "a forced one is over")
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerStopping, Intent: true}, at(3*time.Hour)), "now the labs are lost")
	require.Nil(t, w.DrainUntil)

	empty := ready(t)
	require.NoError(t, empty.Drain(at(0)))
	require.Equal(t, noon.Add(DefaultDrainTimeout), *empty.DrainUntil)
	empty = fresh(empty)
	empty.ForceDrain(at(5 * time.Hour))
	require.Empty(t, types(empty), "without labs there is nothing to force")
}

func TestEndOfAWorkerThatWasNeverMade(t *testing.T) {
	w := newWorker()
	require.NoError(t, w.End(false, true, boot, at(1)))
	require.Equal(t, lifecycle.WorkerTerminated, w.Status)
	require.True(t, w.Remove)
	require.True(t, w.Settled())
	require.NoError(t, w.End(false, true, boot, at(2)), "removing again is no fault")
	require.Equal(t, "worker_terminated", failure.CodeOf(w.End(false, false, boot, at(2))))
	w = fresh(w)
	require.NoError(t, w.Delete(at(3)))
	require.Equal(t, []string{EventDeleted}, types(w))

	launched := ready(t)
	require.NoError(t, launched.End(false, true, boot, at(1)))
	require.Equal(t, lifecycle.WorkerRunning, launched.Status, "worker-controller does the rest")
	require.Equal(t, "worker_not_gone", failure.CodeOf(launched.Delete(at(2))))
}

func TestMarkGone(t *testing.T) {
	w := ready(t)
	w.MarkGone(at(1).Because("orphan_detection"))
	require.Equal(t, lifecycle.WorkerTerminated, w.Status)
	require.Empty(t, w.Finalizers)
	w = fresh(w)
	w.MarkGone(at(2))
	require.Empty(t, types(w))
}

func TestTags(t *testing.T) {
	w := ready(t)
	require.NoError(t, w.SetTags(map[string]string{"b": "2", "a": "1"}, at(1)))
	require.Equal(t, "a", w.Tags[0].Key, "in order")
	require.Equal(t, []string{EventTagsUpdated}, types(w))
	w = fresh(w)
	require.NoError(t, w.SetTags(map[string]string{"a": "1", "b": "2"}, at(2)))
	require.Empty(t, types(w))
	many := map[string]string{}
	for i := range maxTags + 1 {
		many[fmt.Sprint("k", i)] = ""
	}
	for reason, tags := range map[string]map[string]string{
		"EC2's own": {"aws:x": ""}, "ours": {"lcm:worker_id": "x"}, "the name": {"Name": "x"}, "no key": {"": "x"}, "too many": many,
	} {
		require.Equal(t, "bad_tags", failure.CodeOf(w.SetTags(tags, at(3))), reason)
	}
	require.NoError(t, w.SetTags(nil, at(4)))
	require.Empty(t, w.Tags)
}

func TestUpkeepEvents(t *testing.T) {
	w := newWorker()
	require.Equal(t, "worker_not_launched", failure.CodeOf(w.SetMonitoring(true, at(1))))
	w = ready(t)
	w.TLSPin = "pin"
	require.NoError(t, w.SetMonitoring(true, at(1)))
	require.NoError(t, w.SetMonitoring(true, at(2)))
	w.SetChecks(Checks{Instance: "ok"}, at(3))
	w.SetChecks(Checks{System: "impaired"}, at(4))
	w.SetChecks(Checks{Instance: "ok", System: "impaired"}, at(5))
	require.NoError(t, w.ResetCertificate(at(6)))
	require.NoError(t, w.ResetCertificate(at(7)))
	require.NoError(t, w.SetIdleDetection(false, at(8)))
	require.NoError(t, w.SetIdleDetection(false, at(9)))
	require.NoError(t, w.Describe(Observation{AMIDescription: "CML", AMICreationDate: "2026-01-01"}, at(10)))
	require.NoError(t, w.Describe(Observation{}, at(11)), "what is not given stays")
	require.Equal(t, []string{
		EventMonitoringUpdated, EventChecksUpdated, EventChecksUpdated, EventCertificateReset, EventIdleDetection, EventEndpointUpdated,
	}, types(w))
	require.Equal(t, Checks{Instance: "ok", System: "impaired"}, w.Checks)
	require.Equal(t, "203.0.113.7", w.PublicIP)
	require.Equal(t, "CML", w.AMIDescription)
}

func TestCancelLicense(t *testing.T) {
	w := ready(t)
	require.Equal(t, "no_pending_operation", failure.CodeOf(w.CancelLicense(lifecycle.LicenseDeregister, at(1))))
	require.NoError(t, w.RequestLicense(lifecycle.LicenseDeregister, nil, false, at(1)))
	w = fresh(w)
	require.NoError(t, w.CancelLicense(lifecycle.LicenseDeregister, at(2)))
	require.Equal(t, []string{"cml_worker.license.deregistration.cancelled.v1"}, types(w))
	require.True(t, w.License.Done.Cancelled)
	require.NoError(t, w.RequestLicense(lifecycle.LicenseRegister, []byte("sealed"), true, at(3)))
	require.NoError(t, w.StartLicense(lifecycle.LicenseRegister, at(4)))
	require.Equal(t, "license_busy", failure.CodeOf(w.CancelLicense(lifecycle.LicenseRegister, at(5))), "what has begun goes on")
}

func TestStartAndStopAreTimed(t *testing.T) {
	w := newWorker()
	act := func(d time.Duration) parts.Act { return at(d) }
	require.NoError(t, w.PlanLaunch(launch, act(1)))
	require.Equal(t, noon.Add(1), *w.StartInitiatedAt)
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerStarting}, act(2)))
	require.Equal(t, noon.Add(1), *w.StartInitiatedAt, "the start began with the launch")
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerRunning}, act(3)))
	require.Nil(t, w.StartInitiatedAt)
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerStopping}, act(4)))
	require.Equal(t, noon.Add(4), *w.StopInitiatedAt)
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerStopped}, act(5)))
	require.Nil(t, w.StopInitiatedAt)
}
