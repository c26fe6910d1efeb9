package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

const boot = 20 * time.Minute

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) parts.Act { return parts.Act{By: "tester", At: noon.Add(d)} }

// fresh is a worker as it is after it was stored: nothing is told.
func fresh(w *Worker) *Worker {
	copied := *w
	copied.Root = aggregate.Root{ID: w.ID}
	copied.Book = w.Book.Clone()
	return &copied
}

func newWorker() *Worker {
	return fresh(New("0198c5f0-0000-7000-8000-000000000001", Spec{
		Name: "cml-metal", AWSRegion: "us-east-1", InstanceType: "m5.metal", TemplateName: "metal",
		LicenseName: "pool", LicenseType: resource.LicenseEnterprise,
		Capacity: resource.Capacity{CPUCores: 10, MemoryGB: 40, StorageGB: 400},
	}, at(0)))
}

var launch = readmodel.Launch{AMIID: "ami-1", InstanceType: "m5.metal", SubnetID: "subnet-1", SecurityGroupIDs: []string{"sg-1"}, DiskGB: 400}

// ready is a worker on which labs may be placed.
func ready(t *testing.T) *Worker {
	t.Helper()
	w := newWorker()
	require.NoError(t, w.PlanLaunch(launch, at(1)))
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerRunning, EC2InstanceID: "i-1", PublicIP: "203.0.113.7"}, at(2)))
	w.ReportCML(Report{Version: "2.9.0", Ready: true, License: &LicenseReport{Registration: "COMPLETED", Authorization: "IN_COMPLIANCE", Enterprise: true}}, true, at(3))
	require.True(t, w.Placeable, w.NotPlaceable)
	return fresh(w)
}

func request(id string, cpu int, from, until time.Duration) booking.Request {
	return booking.Request{
		Holder: booking.Holder{InstanceID: id, Attempt: 1}, Requirements: resource.Requirements{CPUCores: cpu, MemoryGB: 1, StorageGB: 1},
		PortNames: []string{"a"}, Window: resource.Window{From: noon.Add(from), Until: noon.Add(until)},
	}
}

func types(w *Worker) []string {
	events, _, _ := w.Changes()
	names := make([]string, 0, len(events))
	for _, event := range events {
		names = append(names, event.Type)
	}
	return names
}

func TestObservedStateWins(t *testing.T) {
	for _, from := range lifecycle.Workers().Statuses() {
		for _, to := range lifecycle.Workers().Statuses() {
			w := newWorker()
			w.Status = from
			err := w.Observe(Observation{Status: to}, at(5))
			switch {
			case from == to:
				require.NoError(t, err)
				_, changed, _ := w.Changes()
				require.False(t, changed, "%s again is no change", from)
			case from == lifecycle.WorkerTerminated:
				require.Error(t, err, "nothing comes back from the dead")
			default:
				require.NoError(t, err)
				require.Equal(t, to, w.Status, "%s to %s", from, to)
				unexpected := !lifecycle.Workers().Allows(from, to)
				require.Equal(t, unexpected, w.Jumps == 1, "%s to %s", from, to)
				require.Equal(t, unexpected, w.StateHistory[len(w.StateHistory)-1].Unexpected)
				require.Contains(t, types(w), EventStatusUpdated)
				_, _, raises := w.Changes()
				require.True(t, raises)
			}
		}
	}
}

func TestObservationLeavesWhatIsNotGiven(t *testing.T) {
	w := ready(t)
	require.Equal(t, "https://203.0.113.7", w.HTTPSEndpoint)
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerRunning, PrivateIP: "10.0.0.7"}, at(5)))
	require.Equal(t, "203.0.113.7", w.PublicIP)
	require.Equal(t, "i-1", w.EC2InstanceID)
	require.Equal(t, "10.0.0.7", w.PrivateIP)
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerStopped, PublicIP: "203.0.113.9"}, at(6)))
	require.Empty(t, w.PublicIP, "a machine that is off has no address")
	require.Empty(t, w.HTTPSEndpoint)
	require.False(t, w.CML.Ready)
	require.Equal(t, lifecycle.ServiceUnavailable, w.ServiceStatus)
	require.Equal(t, "i-1", w.EC2InstanceID)
}

func TestTerminatedWorkerIsOver(t *testing.T) {
	w := ready(t)
	w.License.Seat = "pool"
	require.NoError(t, w.Observe(Observation{Status: lifecycle.WorkerTerminated}, at(5)))
	require.Equal(t, lifecycle.WorkerTerminated, w.DesiredStatus)
	require.NotNil(t, w.TerminatedAt)
	require.Empty(t, w.License.Seat)
	require.False(t, w.Placeable)
	require.Contains(t, types(w), EventTerminated)
	require.False(t, w.Settled(), "the ec2 finalizer is still there")
	require.NoError(t, w.DropFinalizer(readmodel.FinalizerEC2, 1, at(6)))
	require.True(t, w.Settled())
}

func TestPlaceableIsDecidedInOnePlace(t *testing.T) {
	for reason, change := range map[string]func(*Worker){
		"not running":         func(w *Worker) { w.Status = lifecycle.WorkerStarting },
		"draining":            func(w *Worker) { w.Status = lifecycle.WorkerDraining },
		"wanted stopped":      func(w *Worker) { w.DesiredStatus = lifecycle.WorkerStopped },
		"CML not ready":       func(w *Worker) { w.CML.Ready = false },
		"no licence":          func(w *Worker) { w.License.Status = lifecycle.LicenseUnregistered },
		"licence expired":     func(w *Worker) { w.License.Status = lifecycle.LicenseExpired },
		"capacity unknown":    func(w *Worker) { w.DeclaredCapacity = resource.Capacity{} },
		"capacity has shrunk": func(w *Worker) { w.DeclaredCapacity.CPUCores = 3 },
	} {
		t.Run(reason, func(t *testing.T) {
			w := ready(t)
			require.Nil(t, w.BookEach([]booking.Request{request("i", 4, time.Hour, 2*time.Hour)}, 0, at(4))[0])
			w = fresh(w)
			change(w)
			require.True(t, w.Stale(noon.Add(5)))
			w.Refresh(at(5))
			require.False(t, w.Placeable)
			require.NotEmpty(t, w.NotPlaceable)
			require.Equal(t, []string{EventPlaceableUpdated}, types(w))
			require.Error(t, w.CheckPlaceable(noon.Add(5)))
			require.Error(t, w.Hold(booking.Holder{InstanceID: "i", Attempt: 1}, 0, at(6)), "what may not be placed is not held")
		})
	}
}

func TestDerivedCapacity(t *testing.T) {
	declared := newWorker()
	declared.Status = lifecycle.WorkerRunning
	seen := resource.Capacity{CPUCores: 96, MemoryGB: 384, StorageGB: 1000}
	declared.ReportCML(Report{Ready: true, Capacity: &seen}, false, at(5))
	require.Equal(t, 10, declared.DeclaredCapacity.CPUCores, "what a template declares holds")
	derived := New("w", Spec{Name: "found"}, at(0))
	derived.Status = lifecycle.WorkerRunning
	derived.ReportCML(Report{Ready: true, Capacity: &seen}, false, at(5))
	require.Equal(t, seen, derived.DeclaredCapacity)
}
