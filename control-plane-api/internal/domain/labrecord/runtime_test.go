package labrecord

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

func TestALabHasThePortsOfTheInstanceThatItServes(t *testing.T) {
	l := inStatus(t, lifecycle.LabBooted)
	ports := map[string]int{"pc": 2000}
	l.AllocatePorts(ports, at(1))
	require.Empty(t, l.Ports, "it serves nobody")
	require.NoError(t, l.Bind("b1", "i1", "", nil, at(2)))
	l.AllocatePorts(nil, at(2))
	l.AllocatePorts(ports, at(2))
	require.Equal(t, []string{EventBound, EventPortsAllocated}, told(l))
	data := payload(t, l, EventPortsAllocated)
	require.Equal(t, map[string]any{"pc": 2000.0}, data["allocated_ports"])
	require.Equal(t, "lab1", data["lab_id"])
	require.NotEmpty(t, data["allocated_at"])

	l = stored(t, l)
	l.AllocatePorts(map[string]int{"pc": 2000}, at(3))
	require.Empty(t, told(l), "it has them")
	l.Observe(Facts{Title: "one", NodeCount: 2, State: "STOPPED"}, noon.Add(time.Hour), at(time.Hour))
	require.Equal(t, ports, l.Ports, "they outlive a stop")
	l.Unbind("i1", at(2*time.Hour))
	require.Empty(t, l.Ports, "the next one may have others")
}

func TestWhereALabIs(t *testing.T) {
	for _, status := range statuses() {
		l := inStatus(t, status)
		l.Facts.WorkerIP = "10.0.0.7"
		if lifecycle.LabRecords().Terminal(status) {
			require.Nil(t, l.Runtime(), "nothing is left of it")
			continue
		}
		require.Equal(t, &Runtime{Environment: EnvironmentCML, WorkerID: "w1", LabID: "lab1", WorkerIP: "10.0.0.7"}, l.Runtime())
	}
	require.Nil(t, Import("r1", "w1", "mine", Topology{Hash: "h1"}, at(0)).Runtime(), "it is not there yet")
}

func TestAScanTellsTheAddressOfTheWorker(t *testing.T) {
	l := Discover("r1", "w1", "lab1", Facts{Title: "one", WorkerIP: "10.0.0.7"}, at(0))
	require.Equal(t, "10.0.0.7", payload(t, l, EventDiscovered)["worker_ip"])
	l = stored(t, l)
	l.Observe(Facts{Title: "one"}, noon.Add(1), at(1))
	require.Empty(t, told(l), "an address that is not known changes nothing")
	l.Observe(Facts{Title: "one", WorkerIP: "10.0.0.8"}, noon.Add(2), at(2))
	require.Equal(t, "10.0.0.8", payload(t, l, EventUpdated)["worker_ip"])
}
