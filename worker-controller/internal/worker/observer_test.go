package worker

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

type lister func(region string) ([]Machine, error)

func (l lister) List(_ context.Context, region string) ([]Machine, error) { return l(region) }

func TestObserverNudgesOnlyDifferences(t *testing.T) {
	rest := func(id string, s lifecycle.WorkerStatus) readmodel.Worker {
		return readmodel.Worker{ID: id, AWSRegion: "r1", Status: s, EC2InstanceID: "i-" + id, PublicIP: "1.1.1.1", PrivateIP: "10.0.0.1"}
	}
	workers := []readmodel.Worker{
		rest("same", lifecycle.WorkerRunning), rest("draining", lifecycle.WorkerDraining), rest("stopped", lifecycle.WorkerStopped),
		rest("ended", lifecycle.WorkerRunning), rest("moved", lifecycle.WorkerRunning), rest("absent", lifecycle.WorkerRunning),
		rest("started", lifecycle.WorkerStopped), rest("changing", lifecycle.WorkerStarting), {ID: "new", AWSRegion: "r1", Status: lifecycle.WorkerPending},
	}
	other := rest("elsewhere", lifecycle.WorkerRunning)
	other.AWSRegion = "r2"
	m := func(id string, s MachineState, ip string) Machine {
		return Machine{ID: "i-" + id, State: s, PublicIP: ip, PrivateIP: "10.0.0.1"}
	}
	var nudged []string
	observer := Observer{
		Workers: func() []readmodel.Worker { return append(workers, other) },
		Nudge:   func(id string) { nudged = append(nudged, id) }, Interval: 20 * time.Second, Log: slog.New(slog.DiscardHandler),
		Lister: lister(func(region string) ([]Machine, error) {
			if region == "r2" {
				return nil, failure.New(failure.Throttled, CodeEC2Throttled, "slow")
			}
			return []Machine{
				m("same", MachineRunning, "1.1.1.1"), m("draining", MachineRunning, "1.1.1.1"), m("stopped", MachineStopped, ""),
				m("ended", MachineShuttingDown, ""), m("moved", MachineRunning, "2.2.2.2"), m("started", MachineRunning, "1.1.1.1"), m("changing", MachineRunning, "1.1.1.1"),
			}, nil
		}),
	}
	observer.Look(t.Context())
	require.Equal(t, []string{"ended", "moved", "absent", "started"}, nudged)
}

func TestObserverLooksEachInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		observer := Observer{
			Workers: func() []readmodel.Worker { looks++; return nil }, Interval: 20 * time.Second, Log: slog.New(slog.DiscardHandler),
		}
		ctx, cancel := context.WithTimeout(t.Context(), 70*time.Second)
		defer cancel()
		require.NoError(t, observer.Run(ctx))
		require.Equal(t, 4, looks, "at once and three times more")
	})
}
