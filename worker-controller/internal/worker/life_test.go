package worker

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestWholeLife(t *testing.T) {
	w := newWorld(t)
	w.untilLicensed()
	model := w.api.w
	require.Equal(t, "i-1", model.EC2InstanceID)
	require.Equal(t, "198.51.100.1", model.PublicIP)
	require.Equal(t, "pin-of-i-1", model.TLSPin)
	require.Equal(t, []string{"iosv"}, model.CML.NodeDefinitions)
	require.Equal(t, "2.9.1+build.3", model.CML.Version)
	ec2, ok := readmodel.FindFinalizer(model.Finalizers, readmodel.FinalizerEC2, 1)
	require.True(t, ok)
	require.Equal(t, "i-1", ec2.Ref)
	require.Len(t, finalizersOf(model, readmodel.FinalizerLicense), 1, "stored before CML got the token")
	require.Equal(t, map[string]bool{"i-1": true}, w.cml.seats)

	order := w.ec2.orders[0]
	require.Equal(t, "w1-1", order.Launch.ClientToken)
	require.Equal(t, "ami-2", order.Launch.AMIID)
	require.Equal(t, 1000, order.Launch.DiskGB, "the template's storage")
	require.Equal(t, "subnet-1", order.Launch.SubnetID)
	require.Equal(t, map[string]string{"Environment": "test"}, order.Tags)

	w.api.want(lifecycle.WorkerTerminated)
	w.untilGone()
	require.Empty(t, w.cml.seats, "the licence went back before the machine")
	require.Equal(t, MachineTerminated, w.machine().State)
	require.Equal(t, lifecycle.LicenseUnregistered, w.api.w.License.Status)
	require.Equal(t, []lifecycle.WorkerStatus{"provisioning", "running", "terminating", "terminated"}, w.api.history)
	require.NotContains(t, w.logs.String(), goodToken)

	calls := len(w.fuse.names)
	w.run(time.Hour)
	require.Len(t, w.fuse.names, calls, "nobody asks about a worker that is gone")
}

// TestCrashAnywhere ends the process, or loses an answer, at every single call to the outside of a whole life.
func TestCrashAnywhere(t *testing.T) {
	dry := newWorld(t)
	wholeLife(dry)
	calls := len(dry.fuse.names)
	require.Greater(t, calls, 40)
	for _, mode := range []struct {
		name        string
		after, kill bool
	}{{"killed before", false, true}, {"killed after", true, true}, {"refused", false, false}, {"answer lost", true, false}} {
		for n := 1; n <= calls; n++ {
			t.Run(fmt.Sprintf("%s %d %s", mode.name, n, dry.fuse.names[n-1]), func(t *testing.T) {
				w := newWorld(t)
				w.fuse.at, w.fuse.after, w.fuse.kill = n, mode.after, mode.kill
				wholeLife(w)
				require.Len(t, w.ec2.machines, 1, "one machine, made once")
				require.Zero(t, w.ec2.living())
				require.Equal(t, 1, w.cml.taken, "one seat, taken once")
				require.Empty(t, w.cml.seats)
				require.Equal(t, dry.api.w.Status, w.api.w.Status)
				require.Empty(t, w.api.w.Finalizers)
				require.Equal(t, dry.api.w.License.Status, w.api.w.License.Status)
				require.Equal(t, dry.api.history, w.api.history, "the same way, without detours")
				require.NotEqual(t, reasonSeatLost, reasonOf(w.api.w, ConditionLicenseReturned))
			})
		}
	}
}

// wholeLife brings a worker up, into use, down, up again and to its end.
func wholeLife(w *world) {
	w.t.Helper()
	w.ec2.hidden = 10 * time.Second
	w.untilLicensed()
	w.api.want(lifecycle.WorkerStopped)
	w.untilStatus(lifecycle.WorkerStopped)
	w.api.want(lifecycle.WorkerRunning)
	w.until("ready again", w.licensed)
	w.api.want(lifecycle.WorkerTerminated)
	w.untilGone()
}
