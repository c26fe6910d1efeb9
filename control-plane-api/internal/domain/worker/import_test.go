package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func found(state string) Found {
	return Found{
		Name: "by hand", AWSRegion: "us-east-1", EC2InstanceID: "i-9", InstanceType: "m5.metal", AMIID: "ami-9", State: state, PublicIP: "203.0.113.9",
	}
}

func TestImportTakesAMachineAsItIs(t *testing.T) {
	for state, want := range map[string][2]lifecycle.WorkerStatus{
		"running": {lifecycle.WorkerRunning, lifecycle.WorkerRunning}, "stopped": {lifecycle.WorkerStopped, lifecycle.WorkerStopped},
		"stopping": {lifecycle.WorkerStopping, lifecycle.WorkerStopped}, "pending": {lifecycle.WorkerPending, lifecycle.WorkerRunning},
		"odd": {lifecycle.WorkerUnknown, lifecycle.WorkerRunning},
	} {
		w := Import("w9", found(state), at(0))
		require.Equal(t, want, [2]lifecycle.WorkerStatus{w.Status, w.DesiredStatus}, state)
		require.Equal(t, []string{EventImported}, types(w))
		require.Equal(t, "https://203.0.113.9", w.HTTPSEndpoint)
		require.Equal(t, OriginDiscovery, w.Origin)
		finalizer, ok := readmodel.FindFinalizer(w.Finalizers, readmodel.FinalizerEC2, 0)
		require.True(t, ok, "it is LCM's to end from now on")
		require.Equal(t, "i-9", finalizer.Ref)
		require.False(t, w.Placeable)
	}
	w := fresh(Import("w9", found("running"), at(0)))
	w.ReportCML(Report{
		Ready: true, Capacity: &resource.Capacity{CPUCores: 8, MemoryGB: 8, StorageGB: 8},
		License: &LicenseReport{Registration: "COMPLETED", Enterprise: true},
	}, false, at(1))
	require.True(t, w.Placeable, w.NotPlaceable)
}

func TestRediscover(t *testing.T) {
	later := noon.Add(time.Hour)
	for _, c := range []struct {
		reason, state   string
		from            lifecycle.WorkerStatus
		desired         lifecycle.WorkerStatus
		seen            time.Time
		status, wanted  lifecycle.WorkerStatus
		changed, paused bool
	}{
		{"stopped by hand", "stopped", "running", "running", later, "stopped", "stopped", true, true},
		{"being stopped by hand", "stopping", "running", "running", later, "stopping", "stopped", true, true},
		{"started by us since: not seen yet", "stopped", "stopped", "running", later, "stopped", "running", false, false},
		{"ended by hand", "terminated", "running", "running", later, "terminated", "terminated", true, false},
		{"being ended by hand", "shutting-down", "running", "running", later, "terminating", "running", true, false},
		{"as it was", "running", "running", "running", later, "running", "running", false, false},
		{"drained all the same", "running", "draining", "stopped", later, "draining", "stopped", false, false},
		{"up at last", "running", "starting", "running", later, "running", "running", true, false},
		{"seen before it began to run", "stopped", "running", "running", noon.Add(-time.Hour), "running", "running", false, false},
		{"over", "running", "terminated", "terminated", later, "terminated", "terminated", false, false},
	} {
		w := ready(t)
		w.Status, w.DesiredStatus, w.StatusSince = c.from, c.desired, noon
		changed, err := w.Rediscover(Found{State: c.state}, c.seen, at(2*time.Hour))
		require.NoError(t, err, c.reason)
		require.Equal(t, c.changed, changed, c.reason)
		require.Equal(t, c.status, w.Status, c.reason)
		require.Equal(t, c.wanted, w.DesiredStatus, c.reason)
		require.Equal(t, c.paused, w.Pauses.Reason == PauseExternal, c.reason)
	}
}

func TestANameIsFilledInOnce(t *testing.T) {
	w := ready(t)
	w.Name = GivenNamePrefix + "i-1"
	_, err := w.Rediscover(Found{State: "running", Name: "real"}, noon.Add(time.Hour), at(time.Hour))
	require.NoError(t, err)
	require.Equal(t, "real", w.Name)
	require.Equal(t, []string{EventRenamed}, types(w))
	_, err = w.Rediscover(Found{State: "running", Name: "other"}, noon.Add(time.Hour), at(time.Hour))
	require.NoError(t, err)
	require.Equal(t, "real", w.Name, "a name that somebody gave stays")
}

func TestRefresh(t *testing.T) {
	least := 10 * time.Second
	w := newWorker()
	require.Equal(t, SkipNotRunning, w.RequestRefresh(least, least, nil, at(1)))
	require.Equal(t, []string{EventRefreshSkipped}, types(w))

	w = ready(t)
	w.CML.SeenAt = &noon
	require.Equal(t, SkipRateLimited, w.RequestRefresh(least, least, nil, at(5*time.Second)), "CML was heard of just now")
	soon := noon.Add(61 * time.Second)
	require.Equal(t, SkipImminent, w.RequestRefresh(least, least, &soon, at(time.Minute)))
	w = fresh(w)
	require.Empty(t, w.RequestRefresh(least, least, nil, at(time.Minute)))
	require.Equal(t, []string{EventRefreshRequested}, types(w))
	_, _, raises := w.Changes()
	require.True(t, raises, "a controller has to act on it")
	require.Equal(t, SkipAlreadyScheduled, w.RequestRefresh(least, least, nil, at(2*time.Minute)))
	w = fresh(w)
	w.Refreshed(noon, at(3*time.Minute))
	require.Empty(t, types(w), "older data do not answer it")
	w.Refreshed(noon.Add(2*time.Minute), at(3*time.Minute))
	require.Equal(t, []string{EventRefreshCompleted}, types(w))
	require.Nil(t, w.RefreshRequestedAt)

	require.Empty(t, w.RequestRefresh(least, least, nil, at(4*time.Minute)))
	require.Empty(t, w.RequestRefresh(least, least, nil, at(10*time.Minute)), "a request that nobody answers does not stand for ever")
	w = fresh(w)
	w.ReportCML(Report{Version: "2.9.0", Ready: true, CollectedAt: noon.Add(11 * time.Minute)}, false, at(11*time.Minute))
	require.Equal(t, []string{EventRefreshCompleted}, types(w), "CML's data answer it too")
}

func TestRecalculate(t *testing.T) {
	w := held(t)
	require.Nil(t, w.BookEach([]booking.Request{request("gone", 1, time.Hour, 2*time.Hour)}, 0, at(6))[0])
	w = fresh(w)
	gone := booking.Holder{InstanceID: "gone", Attempt: 1}
	w.Recalculate([]booking.Holder{gone}, noon, 0, at(7))
	require.Len(t, w.Book.Entries, 2, "what was booked just now is left to whoever is at work on it")
	w = fresh(w)
	w.Recalculate([]booking.Holder{gone, {InstanceID: "never"}}, noon.Add(time.Minute), 0, at(time.Minute))
	require.Len(t, w.Book.Entries, 1)
	require.Equal(t, []string{EventInstanceRemoved, EventPortsReleased, EventCapacityRecalculated}, types(w))
	events, _, _ := w.Changes()
	told := events[2].Data.(capacityRecalculated)
	require.Equal(t, []string{"gone"}, told.StaleIDs)
	require.Equal(t, []string{"i"}, told.ActiveIDs)
}
